"""How keys and codes of results are written for people; JSON keeps the keys and codes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.codes import LIGHT_LABELS, SEVERITY_LABELS, UNIT_OPINION_LABELS

Words = Mapping[Any, str]  # an enum of codes is as good a key as its text

LABELS: Words = {
    "accepted": "已投递", "actor": "经办", "acts": "现在可办", "added": "新增", "addressee": "主送",
    "after": "现为", "approved_by": "批准人", "attempts": "次数", "before": "原为", "broken": "异常",
    "bytes": "字节", "calendars": "工作日历", "campaign": "批次", "campaigns": "批次数", "case": "问题编号",
    "cases": "问题数", "catalogs": "事项目录", "checked": "核对", "classes": "类", "closed": "已销号",
    "code": "编码", "confirm": "确认办法", "count": "期限", "counts": "行数", "criminal": "移送司法人数",
    "database": "数据库",
    "decided_on": "决定日", "decision_note": "决定说明", "deferred": "稍后再发", "description": "说明",
    "disciplinary": "处分人数", "document": "文书", "document_id": "移送函", "documents": "文书种类",
    "drafted": "起草", "drafted_on": "拟稿日", "due": "到期事项", "due_on": "到期日", "due_version": "期限版次",
    "facts": "事实与证据", "feedback_due_on": "反馈期限", "file": "文件", "files": "文件",
    "first_due_on": "原到期日", "folder": "文件夹", "from": "起", "held": "暂停原因",
    "highest_light": "曾亮最高", "hold": "暂停原因", "id": "编号", "issued": "发出", "issued_on": "发出日",
    "item": "事项", "items": "项", "kept": "不变", "kind": "种类", "ladders": "级次", "left": "仍待发",
    "liaison": "联络员", "light": "灯", "made_at": "备份时间", "moved": "顺延", "name": "设置",
    "next_due_on": "下次巡检", "number": "文号", "office": "督察单位", "offices": "督察单位", "ok": "正常",
    "on": "日期", "open": "未销号", "opened_on": "启动日", "opinion": "初核意见", "opinion_by": "初核人",
    "opinion_on": "初核日", "organisational": "组织处理人数", "papers": "底稿", "path": "位置",
    "percent": "完成率", "plan": "整改措施", "problem": "问题", "problems": "未能生成",
    "proposal": "第几次提出", "rebounds": "反弹次数",
    "receipt_number": "对方编号", "receipt_on": "回执日", "receiver": "接收机关", "recipient": "收件人",
    "rejected": "被拒收", "released": "已解除暂停", "reply": "服务器应答", "restored": "已恢复",
    "result_note": "办理结果", "result_on": "结果日", "revision": "结构版本", "round": "轮次",
    "screen_by_on": "筛查期限", "self_report_on": "自查报告", "sent_on": "移送日", "served_on": "送达日",
    "set_aside": "搁置", "severity": "程度", "sha256": "校验值", "signed_on": "签发日", "source": "来源",
    "state": "状态", "status": "状态", "studied_on": "研究日", "study_note": "集体研究", "title": "标题",
    "today": "日期", "trigger": "启动原因", "unit": "单位", "unit_name": "单位名称", "unit_opinion": "单位意见",
    "unknown": "结果不明", "updated": "更新", "value": "现值", "variable": "环境变量", "version": "版本",
    "visit": "督察任务", "visits": "检查表", "waiting_workdays": "已等工作日", "weight": "分值", "year": "年度",
    "basis": "依据", "by": "登记人", "carried_on_by": "现由何单位承接", "carries_on_for": "承接的单位数",
    "changes": "沿革", "closed_on": "销号日", "copied_on": "抄送日", "delegate": "被授权人",
    "effective_on": "生效日", "exists": "当日是否存在", "follow_up_on": "跟进日", "formers": "变动前",
    "from_on": "起", "late": "逾期", "look_back_on": "回头看日期", "name_after": "新名称",
    "name_before": "原名称", "period": "期间", "picked": "抽中", "population": "范围个数", "principal": "授权人",
    "provisional": "暂定", "purpose": "用途", "reason": "理由", "repeat_count": "此前次数", "seed": "随机种子",
    "sent_by": "报送人", "successors": "承接单位", "text": "内容", "until_on": "止", "valid_from": "设立日",
    "valid_until": "止于", "with": "对方",
    "about": "所涉", "approvals": "审核记录", "plan_due_on": "方案期限", "repeat": "重复情况", "replied_on": "回复日",
    "reply_due_on": "回复期限", "step": "步骤", "warnings": "提醒",
}  # fmt: skip

# What a list leaves out: machines need it, people look it up with `show` or --json.
NOT_IN_LISTS = frozenset({"message_id", "highest_light", "drafted_on", "round", "name", "attempts", "title"})

TRIGGERS: Words = {code.value: f"{label}灯" for code, label in LIGHT_LABELS.items()}
MAIL_KINDS: Words = {
    "document": "文书",
    "reminder": "提示提醒",
    "task": "督察任务",
    "team_reminder": "行前提醒",
    "late_reports": "迟报清单",
    "notice_collect": "领取通知",
    "staff": "待签提醒",
    "half_owed": "半月报提醒",
    "portal_code": "门户验证码",
    "half_report": "半月报抄送",
}
CAMPAIGN_STATES: Words = {
    "planned": "已编制",
    "approved": "已批准",
    "open": "进行中",
    "closed": "已办结",
    "called_off": "已取消",
}
FINDING_STATES: Words = {"paper": "底稿", "confirmed": "已认定", "withdrawn": "已撤销"}

# key of a value -> the words of its codes; the words of `state` depend on what is listed
VALUES: Mapping[str, Words] = {
    "kind": MAIL_KINDS,
    "light": {code.value: label for code, label in LIGHT_LABELS.items()},
    "severity": {code.value: label for code, label in SEVERITY_LABELS.items()},
    "unit_opinion": {code.value: label for code, label in UNIT_OPINION_LABELS.items()},
    "trigger": TRIGGERS,
    "status": {"official": "正式", "provisional": "暂定"},
}
