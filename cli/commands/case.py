"""Rectification cases, answers of the units, counts and reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.errors import InvalidInput
from core.life.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, KEYS, CaseAct

cases = typer.Typer(help="整改事项：台账、办理、亮灯说明", no_args_is_help=True)
replies = typer.Typer(help="单位的整改情况报告表", no_args_is_help=True)
ledgers = typer.Typer(help="整改台账", no_args_is_help=True)
ACT_HELP = " ".join(f"{act}（{label}）" for act, label in CASE_ACT_LABELS.items())
SET_HELP = "键=值，可多次，*必填： " + " ".join(f"{act}（{'、'.join(keys)}）" for act, keys in KEYS.items())
CaseCode = Annotated[str, typer.Argument(metavar="CASE", help="问题编号，如 2026-ZH-01-D001-03")]
# Keys that may be given several times, and how their values are joined
JOINED = {"measures": "；", "stages": "；", "evidence": "、", "second": "、"}
# What people look up with `case show`, so that a line of the list keeps its numbers and its days whole; the number of
# a case begins with that of its campaign
ON_ITS_OWN_PAGE = frozenset({"campaign", "repeat_count"})
# What lies beside a case, in the order in which it is told
PARTS = {
    "frozen": "锁定", "plans": "整改方案", "requests": "申请", "verifications": "核查验收", "complaints": "公示反映",
}  # fmt: skip
# What happens to a case beside the acts of people, and what is told of an entry of its history
OTHER_ACTS = {
    "open": "立项",
    "import": "由旧台账导入",
    "set_due": "确定整改期限",
    "light": "亮灯",
    "set_aside": "巡检搁置",
}
DETAILS = {
    "light": "", "due_on": "到期日", "percent": "完成率", "verdict": "结论", "until": "至", "event": "事件",
    "measures": "", "text": "", "note": "", "error": "", "basis": "事由", "stages": "", "request": "第几次申请",
    "version": "方案版本", "number": "第几件", "severity": "程度",
}  # fmt: skip


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(cases, name="case")
    app.add_typer(replies, name="reply")
    app.add_typer(ledgers, name="ledger")


@cases.command("list", help="列出整改事项")
def list_(
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
    unit: Annotated[str | None, typer.Option(help="单位编码")] = None,
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    light: Annotated[str | None, typer.Option(help="灯色：none、blue、yellow、orange、red、black")] = None,
) -> None:
    from casework.rectification.caselist import list_cases

    with reading() as desk:
        result = list_cases(desk, campaign=campaign, unit=unit, state=state, light=light)
    emit(result, _say_cases)


def _say_cases(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value(
        [{key: value for key, value in _worded(row).items() if key not in ON_ITS_OWN_PAGE} for row in rows],
        CASE_STATE_LABELS,
    )


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a case with the words of its ladder in the place of the codes of its lights."""
    words = row.get("light_words", {})
    said = {key: value for key, value in row.items() if key not in ("light_word", "light_words")}
    highest = words.get(row["highest_light"], row["highest_light"])
    return {**said, "light": row["light_word"], "highest_light": highest}


@cases.command("show", help="查看一个整改事项及其办理过程")
def show(code: CaseCode) -> None:
    from casework.rectification.caselist import show_case

    with reading() as desk:
        result = show_case(desk, code)
    emit(result, _say_case)


def _say_case(data: dict[str, Any]) -> None:
    from cli.tables import print_value

    acts = "、".join(f"{name} {CASE_ACT_LABELS[CaseAct(name)]}" for name in data["acts"])
    facts = {key: value for key, value in _worded(data).items() if key not in ("timeline", *PARTS)}
    print_value({**facts, "acts": acts or "无"}, CASE_STATE_LABELS)
    for key, title in PARTS.items():
        if data.get(key):
            print(f"{title}：")
            print_value([_part(row) for row in data[key]])
    if "timeline" in data:
        print("办理过程：")
        print_value([_entry(entry, data["light_words"]) for entry in data["timeline"]])


def _part(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of what lies beside a case with only what it says; measures and stages in one line each."""
    lines = {"measures": "text", "stages": "goal"}
    said = {key: value for key, value in row.items() if value not in (None, "", []) and key != "state_word"}
    for key, words in lines.items():
        if key in said:
            said[key] = "；".join(
                f"{one['number']} {one[words]}" + ("（已完成）" if _is_done(one) else "") for one in said[key]
            )
    return said


def _is_done(one: dict[str, Any]) -> bool:
    return bool(one.get("done_on")) or one.get("verdict") == "met"


def _entry(entry: dict[str, Any], light_words: dict[str, str]) -> dict[str, str]:
    said = json.loads(entry["detail"]) if entry["detail"] else {}
    words = [
        f"{label}{light_words[said[key]] if key == 'light' else said[key]}"
        for key, label in DETAILS.items()
        if key in said
    ]
    before, after = (CASE_STATE_LABELS.get(entry[end], "") for end in ("from", "to"))
    return {
        "日期": str(entry["on"]) + ("（补录）" if entry.get("late") else ""),
        "经办": entry["actor"],
        "操作": CASE_ACT_LABELS.get(entry["act"]) or OTHER_ACTS.get(entry["act"], entry["act"]),
        "状态": after if before in ("", after) else f"{before}→{after}",
        "内容": "；".join(words),
    }


@cases.command("explain", help="为什么是这个灯：事实、规则、日历的推算")
def explain(code: CaseCode) -> None:
    from casework.lights.explaining import explain_case
    from cli.explanations import say_explanation

    with reading() as desk:
        result = explain_case(desk, code).as_dict()
    emit(result, say_explanation)


@cases.command("act", help="办理一个操作，如 submit_plan、verify、close")
def act(
    code: CaseCode,
    name: Annotated[str, typer.Argument(metavar="ACT", help=ACT_HELP)],
    on: Annotated[str | None, typer.Option(help="办理日期，默认今天")] = None,
    note: Annotated[str, typer.Option(help="说明或理由")] = "",
    file: Annotated[list[Path] | None, typer.Option(help="佐证材料，可多次")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
) -> None:
    from casework.rectification.caselist import show_case
    from casework.rectification.cases import act_on_case

    with writing() as desk:
        act_on_case(
            desk,
            code,
            name,
            on=day(on, "--on"),
            note=note,
            files=[existing(path) for path in file or ()],
            values=_pairs(set_ or []),
        )
        result = show_case(desk, code, timeline=False)
    emit(result, _say_case)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InvalidInput(
                "--set 的写法不正确", found=text, expected="键=值", remedy="例如 --set percent=60"
            )
        # A key given again adds to what it said before: measures, and the kinds of several files.
        pairs[key] = f"{pairs[key]}{JOINED[key]}{value}" if key in pairs and key in JOINED else value
    return pairs


@replies.command("import", help="导入单位填报的整改情况报告表")
def import_(
    file: Annotated[Path, typer.Argument(help="报告表（.xlsx）")],
    evidence: Annotated[Path | None, typer.Option(help="佐证材料文件夹")] = None,
) -> None:
    from casework.paperwork.replies import import_reply

    with writing() as desk:
        result = import_reply(desk, existing(file), evidence)
    emit(result)


@ledgers.command("export", help="导出整改台账（.xlsx）")
def export(
    file: Annotated[Path, typer.Argument(help="输出文件")],
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
) -> None:
    from casework.ledgers.ledger import export_ledger

    with reading() as desk:
        content = export_ledger(desk, campaign=campaign)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    emit({"file": str(file), "bytes": len(content)})
