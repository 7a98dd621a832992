"""A matter of administrative litigation as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.codes import SECRECY_LABELS
from core.life.matterlife import MATTER

STATES = {state.value: label for state, label in MATTER.state_labels.items()}
ACTS = {act.value: label for act, label in MATTER.act_labels.items()}
LINES = {
    "number": "案号", "kind_word": "案件类型", "state": "状态", "light_word": "灯色", "unit_name": "被诉单位",
    "parties": "共同被诉", "forum": "法院、机关", "cause": "案由", "plaintiff": "原告类别", "claim": "请求",
    "item": "事项", "received_on": "收到日期", "result": "结果", "decided_on": "作出日", "served_on": "送达日",
    "handler": "承办人", "agent": "代理人", "attendee": "出庭负责人", "previous": "前一审级", "note": "备注",
    "registered_on": "登记日", "closed_on": "办结日", "next_due_on": "下次查看", "set_aside": "搁置",
}  # fmt: skip
TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "clocks": ("期限", {"name": "日期", "on": "届满", "period": "长度", "law": "依据"}),
    "assessments": (
        "评分",
        {"number": "序号", "on": "日期", "points": "分值", "factors": "因子", "by": "评分人"},
    ),
    "facts": ("事实", {"code": "代码", "fact": "事实", "since": "自", "basis": "凭据"}),
    "events": ("事件", {"code": "代码", "event": "事件", "on": "日期", "basis": "依据"}),
    "sheets": ("预警单", {"name": "文书", "on": "拟制", "number": "文号", "document": "编号"}),
    "papers": ("材料", {"paper": "材料", "on": "日期", "text": "内容", "fault": "责任", "copied_to": "抄送"}),
    "cases": ("关联整改事项", {"case": "问题编号", "reason": "理由"}),
}
ONES = {
    "leader": "包案领导",
    "post": "职务",
    "members": "化解小组",
    "plan": "化解方案",
    "set_for": "对应灯色",
}


def say_matter(data: dict[str, Any]) -> None:
    """Print a matter: its facts in lines, everything that was registered in tables, what can be done now."""
    from cli.tables import print_value

    print_value({label: _word(key, data.get(key)) for key, label in LINES.items() if data.get(key)})
    if data["ones"]:
        print_value({label: data["ones"][key] for key, label in ONES.items()})
    elif data["ones_missing"]:
        print("“三个一”：尚未明确")
    for key, (title, columns) in TABLES.items():
        rows = data.get(key) or []
        if rows:
            print(f"{title}：")
            print_value([{label: _cell(row, name) for name, label in columns.items()} for row in rows])
    acts = "、".join(ACTS[act] for act in data["acts"])
    print_value({"密级": SECRECY_LABELS[data["secrecy"]], "现在可办": acts or "无"})
    if "timeline" in data:
        print("办理过程：")
        print_value([_entry(entry) for entry in data["timeline"]])


def _word(key: str, value: Any) -> Any:
    return STATES[value] if key == "state" else value


def _cell(row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name)
    return f"{value}（暂定）" if name == "on" and row.get("provisional") else value


NOTED = {
    "open": "登记", "date": "登记日期", "fact": "登记事实", "event": "登记事件", "light": "灯色变化",
    "reassign": "改由承接单位应诉",
    "ones": "登记“三个一”", "describe": "修改登记内容", "occasion": "登记办理情况",
    "link": "关联整改事项", "set_aside": "巡看搁置", "void_event": "撤销事件", "void_fact": "撤销事实",
    "void_assessment": "撤销评分", "paper_progress": "报送化解进展", "paper_loss_report": "败诉报告",
    "paper_appeal_opinion": "上诉意见", "paper_recap": "复盘报告", "paper_self_correction": "自我纠错情况",
    "paper_rectification_plan": "整改（履行）方案",
}  # fmt: skip


def _entry(entry: Mapping[str, str]) -> dict[str, str]:
    before, after = (STATES.get(entry[end], "") for end in ("from", "to"))
    return {
        "日期": entry["on"],
        "经办": entry["actor"],
        "操作": ACTS.get(entry["act"]) or NOTED.get(entry["act"], entry["act"]),
        "状态": after if before in ("", after) else f"{before}→{after}",
    }


def say_list(rows: list[dict[str, Any]]) -> None:
    """Print matters as a table."""
    from cli.tables import print_value

    columns = ("light_word", "number", "kind_word", "unit_name", "cause", "state", "result", "next_due_on")
    print_value([{LINES[key]: _word(key, row[key]) for key in columns} for row in rows])


def say_explanation(data: dict[str, Any]) -> None:
    """Print why a matter shows its light."""
    meaning = f"（{data['meaning']}）" if data["meaning"] else ""
    print(f"{data['number']}：{data['light_word']}{meaning}")
    for turn in data["turns"]:
        print(f"  {turn['why']}")
    for one in data["factors"]:
        print(f"  系统推定 {one['code']}：{'成立' if one['holds'] else '不成立'}，{one['why']}")
    for clock in data["clocks"]:
        unsure = "（暂定）" if clock["provisional"] else ""
        print(f"  {clock['name']}{clock['on']}{unsure}：{'；'.join(clock['steps'])}")
    print(f"  下一次因日期可能变色：{data['next_on'] or '无'}")
    if data["ones_missing"]:
        print("  “三个一”尚未明确")
    if not data["agrees"]:
        print("  所存灯色与重算不一致：到期的由每日巡看更新；未到期的请运行 ducha doctor")
    print(f"  所依规则：{data['rules']}（冻结的规则集 {data['rules_sha256'][:12]}）；日历 {data['calendar']}")


def say_clocks(rows: list[dict[str, Any]]) -> None:
    """Print the dates of a matter with their derivation and law."""
    for row in rows:
        left = row["left_workdays"]
        rest = "" if left is None else f"，还有{left}个工作日" if left >= 0 else f"，已过{-left}个工作日"
        print(f"{row['name']}：{row['on']}{'（暂定）' if row['provisional'] else ''}{rest}")
        for step in row["steps"]:
            print(f"  {step}")
        if row["law"]:
            print(f"  依据：{row['law']}")
    if not rows:
        print("（无）")


def say_board(data: dict[str, Any]) -> None:
    """Print the rates of lost lawsuits by unit."""
    shown = "—" if data["rate"] is None else f"{data['rate']}%"
    print(f"{data['from']}至{data['to']}：审结{data['closed']}件，败诉{data['lost']}件，败诉率{shown}")
    for one in data["units"]:
        print(f"  {one['unit']} {one['unit_name']} {one['light_word']}：{'；'.join(one['why'])}")
        for matter in one.get("matters", ()):
            print(f"    {matter['decided_on']} {matter['number']} {matter['cause']} {matter['result']}")
