"""The words of a timeline: what each entry of the audit chain is called, and how its details are introduced."""

from __future__ import annotations

from core.life.lives import DocumentAct
from core.life.rectification import CASE_ACT_LABELS

CASE_ACTS = {act.value: label for act, label in CASE_ACT_LABELS.items()} | {
    "open": "立项",
    "import": "由旧台账导入",
    "set_due": "确定整改期限",
    "light": "亮灯",
    "set_aside": "巡检搁置",
    "reassign": "变更责任单位",
    "note": "联系记录",
}
FINDING_ACTS = {
    "write": "形成督察底稿",
    "confirm": "认定问题",
    "withdraw": "撤销问题",
    "import": "由旧台账导入",
    "repeat": "认定为屡查屡犯",
}
DOCUMENT_ACTS = {
    "draft": "拟稿",
    "readdress": "改送承接单位",
    "divide": "分出部分事项另拟",
    DocumentAct.SHEET.value: "送核",
    DocumentAct.APPROVE.value: "核稿通过",
    DocumentAct.RETURN.value: "退回修改",
    DocumentAct.EDIT.value: "修改文稿",
    "reply": "登记答复",
    "answer": "登记逐条落实情况",
    "download": "下载",
    "view": "查阅",
    DocumentAct.SIGN.value: "签发",
    DocumentAct.SEAL.value: "用印",
    DocumentAct.ISSUE.value: "发出",
    DocumentAct.SERVE.value: "送达",
    DocumentAct.VOID.value: "作废",
}
CHANNEL_LABELS = {
    "acknowledgement": "签收",
    "hand": "当面送达",
    "telephone": "电话告知",
    "post": "邮寄",
    "portal": "网上签收",
    "left": "留置送达",
}
VERDICT_LABELS = {
    "passed": "通过",
    "failed": "未通过",
    "held": "未反弹",
    "rebounded": "反弹",
    "granted": "同意",
    "refused": "不同意",
    "upheld": "异议成立",
    "rejected": "异议不成立",
    "changed": "变更原认定",
    "agreed": "同意上报",
    "declined": "不同意上报",
    "met": "达到阶段目标",
    "missed": "未达到阶段目标",
    "founded": "反映属实",
    "unfounded": "反映不属实",
}
DAY_WORDS = {"until": "至", "on": "定于", "due_on": "到期日", "follow_up_on": "跟进日"}
# key of an entry's detail -> how it is introduced; keys that are not here are for machines
DETAIL_WORDS = {
    "measures": "措施：",
    "owner": "责任人：",
    "text": "",
    "note": "",
    "reason": "理由：",
    "event": "事件",
    "signed_for": "代签：",
    "contact": "",
    "with_whom": "对方：",
    "repeat_of": "此前的问题：",
}
