"""What the fields and codes of rule files are called in Chinese, for everything that prints rules.

A field that is not listed is called what its own docstring begins with, so that a new one prints without being named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel

from core.codes import LIGHT_LABELS, LINE_LABELS, SECRECY_LABELS, SEVERITY_LABELS
from core.rulebook.fielddocs import field_docs
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS

FIELD_TITLES: Mapping[str, str] = {
    "classes": "类别", "maps_to": "对应事项", "monitoring_forms": "监督方式", "calendar": "计日",
    "timezone": "时区", "anchors": "日期锚点", "clocks": "法定期限", "registration": "登记与评分",
    "register_workdays": "登记（工作日）", "assess_workdays": "评分（工作日）",
    "reassess_workdays": "重评（工作日）", "scoring": "计分", "fatal": "致命因子",
    "fatal_floor": "致命因子成立时不低于", "factor": "风险因子", "points": "分值", "min_score": "最低分",
    "max_score": "最高分", "deadline_workdays": "办理期限（工作日）", "actions": "措施", "action": "措施",
    "report": "报告", "leader": "包案领导", "then": "其后", "after_workdays": "再过（工作日）", "tasks": "应办",
    "task": "应办", "within_workdays": "限（工作日，0为即时）", "clock": "不得超过的法定期限",
    "ends": "发生后不再计算的日期", "trigger": "由日期推定", "unit_rate": "单位败诉率", "levels": "档次",
    "rate_gt": "败诉率大于（%）", "rate_lte": "败诉率不大于（%）", "override": "同因败诉", "same_cause": "同因件数",
    "months": "滚动期间（月）", "min_sample": "用比率档的最少件数", "reference": "参照", "three_ones": "“三个一”",
    "half_month_report": "半月报告", "from_light": "自何色起", "contents": "内容", "grounds": "可以移送的情形",
    "otherwise": "其他情形", "indicator_operator": "指标比较", "linkage_targets": "联动对象", "kinds": "相当于",
    "variants": "另有期限的情形", "variant": "情形", "start": "起算", "start_event": "起算事件", "extend": "可延长",
    "extended": "已依法延长", "including": "含当日", "rolls": "末日顺延", "StatutoryClock.count": "期限",
    "StatutoryClock.unit": "期限单位", "Variant.count": "期限", "Variant.unit": "期限单位", "aliases": "别称",
    "overlay": "本地调整", "units": "牵头、责任单位", "maps_to_catalog": "对应的目录",
    "core_specialties": "“4+N”中的4", "statutory": "法定期限", "holiday_source": "节假日来源", "every": "频次",
    "at_key_nodes": "关键节点即时报告", "government": "本级政府", "reassess_after": "重评情形",
    "litigation": "败诉风险预警", "Item.code": "显示编号", "Item.document": "文书",
    "StatutoryClock.document": "文件", "Source.address": "出处", "StatutoryClock.rolls": "末日顺延",
    "Variant.rolls": "末日顺延", "StatutoryClock.month": "月", "StatutoryClock.day": "日",
    "Colour.word": "并列文字", "Selection.items": "类别或事项", "acknowledge_workdays": "未签收即列入催收的工作日",
    "address": "出处", "aggregation": "单位灯色", "anchor": "锚点", "applicable": "是否适用", "applies_to": "适用",
    "approver": "批准级别", "article": "条款", "ask_before_workdays": "最迟申请（到期前工作日）",
    "authorisations": "常设授权", "authority": "批准依据", "basis": "依据", "basis_note": "编制依据说明",
    "burden": "减负", "by": "授权人", "case": "情形", "category": "类别", "cc": "抄送", "channel": "送交方式",
    "checked": "核验方式", "choices": "选用", "class_count": "类别数", "clearing": "销号",
    "closure_applied": "已申请销号", "code": "代码", "code_text": "代字", "colours": "灯色", "condition": "条件",
    "contacts": "联系方式", "count": "数量", "counting": "计算口径", "counts_as": "按何色对待",
    "content": "内容种类", "date": "日期", "day_unit": "天数口径", "days": "哪些日子", "decided_by": "由谁决定",
    "definition": "含义", "definitions": "用语", "direction": "方向", "document": "文书", "door": "受理部门",
    "due_on": "到期日", "effect": "效果", "effective_from": "起用", "effective_until": "停用", "email": "邮箱",
    "event": "事件", "events": "事件", "every_minutes": "间隔分钟", "evidence": "佐证材料", "examples": "用例",
    "except_severities": "不适用的程度", "expect": "应得结果", "extension": "延期",
    "extension_granted": "延期已获批", "facts": "事实", "factors": "因素", "bands": "分档",
    "feedback_workdays": "反馈期限（工作日）", "formula": "算法", "from_on": "自",
    "grave_approver": "严重问题批准级别", "grave_light": "严重问题的灯",
    "grave_max_workdays": "严重问题最长延期（工作日）", "group": "归类", "id": "编号", "id_scheme": "编号规则",
    "in_force_from": "施行", "in_force_until": "失效", "indicator": "指标", "issue": "发出方式",
    "issuer": "发文机关", "item_conditions": "事项联动条件成立时筛查", "item_count": "事项数", "items": "事项",
    "key": "文件", "kind": "种类", "label": "名称", "ladder": "预警督办等级", "layout": "版式",
    "leaders": "签发岗位", "legal_basis": "依据", "level": "程度", "light": "灯", "lights": "灯", "limit": "限制",
    "line": "条线", "lines": "条线", "linkage": "贯通联动", "mail": "邮件", "mailed": "电子邮件发送",
    "matter": "受理事项", "max": "上限", "max_count": "最多次数", "max_share_percent": "不超过原期限（%）",
    "meaning": "含义", "merge": "合并发出", "methods": "检查方法", "min": "下限",
    "min_gap_workdays": "距上一级至少（工作日）", "name": "名称", "new_severity": "改按程度", "note": "说明",
    "numbered": "编文号", "objection": "异议", "observation_workdays": "观察期（工作日）", "of": "何色",
    "off": "放假", "offset": "偏移", "on": "日期", "opened_from": "启动于（含）以后",
    "opened_until": "启动于（含）以前", "operator": "比较", "package": "材料清单", "params": "参数",
    "percent": "完成率", "period": "期限", "period_unit": "期限单位", "phone": "电话", "plan_submitted": "已报方案",
    "plan_workdays": "报送方案期限（工作日）", "postcode": "邮编", "profiles": "各程度", "reason": "理由",
    "receivers": "受移送机关", "recipients": "收件人", "rectify_days": "整改期限（工作日）",
    "rectify_workdays": "缺省整改期限（工作日）", "region": "地区", "reopen": "反弹",
    "reopen_event": "反弹按何事件", "repeats": "再次发生", "replaced_by": "由何事项接替", "reply_to": "回信地址",
    "reply_workdays": "书面回复（工作日）", "requirement": "检查要求", "result": "检查结果", "retired": "停用",
    "returns": "退回次数", "review_note": "核验说明", "review_workdays": "复核间隔（工作日）",
    "reviews": "核验与审签", "role": "级别", "rule": "规则", "rules": "减负规则", "rungs": "级次",
    "same_kind_gap_workdays": "同种单间隔（工作日）", "scope": "范围", "screening": "启动线索筛查",
    "screening_workdays": "筛查期限（工作日）", "seal_name": "印章", "sealed": "用印",
    "secrecy": "密级（工作层面）", "secrecy_note": "保密要求", "seeds": "素材编号",
    "self_report_workdays": "自查报告期限（工作日）", "series": "文号系列", "served_on": "送达日",
    "severity": "程度", "signer": "签发级别", "source": "来源", "sources": "来源", "specialties": "专业",
    "spot_check_note": "抽查", "starts_on": "期限起算", "status": "状态", "submit": "申请",
    "suspends": "期间中止计时", "target": "联动对象", "targets": "联动对象",
    "team_reminder_workdays": "提醒督察组（工作日）", "term": "用语", "threshold": "门槛",
    "threshold_origin": "门槛来历", "time": "时刻", "times": "次数", "title": "标题", "total_weight": "分值合计",
    "transfer_workdays": "移送期限（工作日）", "triggers": "筛查的启动", "type": "类型",
    "typical_problems": "常见问题", "unit": "单位", "until_on": "至", "used_for": "用于", "value": "取值",
    "verb": "做什么", "verified": "已核验", "verifiers": "核查人数", "verify_workdays": "核查期限（工作日）",
    "version": "版本", "vocabularies": "词表", "weight": "分值", "when": "触发条件",
    "window_months": "计次期间（月）", "work": "调休上班", "workdays": "工作日", "year": "年度",
    "number": "显示编号", "display": "显示编号", "look_back_lights": "全部回头看的灯",
    "look_back_percent": "其余抽查（%）", "allowed_domains": "允许的域名", "answer_period": "答复期限",
    "answer_unit": "答复期限单位", "phases": "阶段", "statistics": "统计表", "guardrails": "红线",
    "lead": "牵头单位", "leads": "牵头单位", "responsible": "责任单位", "aspect": "方面",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    **{code.value: label for code, label in SEVERITY_LABELS.items()},
    **{code.value: f"{label}灯" if code.value != "none" else "无灯" for code, label in LIGHT_LABELS.items()},
    **{code.value: label for code, label in LINE_LABELS.items()},
    **{code.value: label for code, label in SECRECY_LABELS.items()},
    **{code.value: label for code, label in LEADER_ROLE_LABELS.items()},
    **{code.value: label for code, label in UNIT_ROLE_LABELS.items()},
    "direction.within": "期限之内", "direction.at_least": "不短于", "counting.forward": "向后",
    "counting.back": "向前", "unit.date": "固定日期", "half_month": "每半月", "every.workdays": "每若干工作日",
    "line.both": "两线通用", "layout.notice": "普通公文", "kind.referral": "移送", "kind.region": "地区",
    "correction": "期限更正", "both": "两线通用", "due": "到期日", "served": "送达日", "signed": "签发日",
    "received": "收到申请之日", "workday": "工作日", "day": "自然日", "automatic": "自动提醒（不编号）",
    "authorised": "有常设授权可自动签发", "on_signature": "逐件签发", "notice": "普通公文", "letter": "信函",
    "form": "表格", "referral": "移送", "hand_over": "移交", "hand": "专人送达", "confidential_post": "机要",
    "set": "直接置色", "at_least": "不低于该色", "raise_one": "上调一级", "lower_one": "下调一级", "clear": "熄灯",
    "pause": "暂停计时", "keep": "保持", "recalculate_due": "重算到期日", "official": "已公布",
    "provisional": "暂定", "office": "本单位", "government": "本级政府", "whole": "整数", "word": "词",
    "passed": "合格", "failed": "不合格", "not_applicable": "不适用", "not_checked": "未检查",
    "announcement": "督察通知", "findings": "开立问题的通知", "sheet": "级次文书", "extension_reply": "延期答复",
    "objection_reply": "异议答复", "closure": "销号", "free": "逐件填写", "month_half": "每半月", "daily": "每天",
    "every": "每隔若干分钟", "month": "月", "year": "年", "hour": "小时", "months": "月", "years": "年",
    "hours": "小时",
}  # fmt: skip

# Fields whose words are codes of rules, conditions or places: they print as they were written.
VERBATIM = frozenset({"code", "id", "key", "source", "series", "when", "address", "email", "verb", "version"})
SEVERITY_WORDS = {code.value: label for code, label in SEVERITY_LABELS.items()}
_CLAUSE = re.compile(r"[，。；：（]")
_SHORT = 14


def title_of(model: type[BaseModel], field: str) -> str:
    """Return what a field of a rule is called: by the list, by its docstring's first clause, else its own name."""
    known = FIELD_TITLES.get(f"{model.__name__}.{field}") or FIELD_TITLES.get(field)
    if known is not None:
        return known
    said = _CLAUSE.split(field_docs(model).get(field, ""))[0].strip()
    return said if 0 < len(said) <= _SHORT else field


def word_of(field: str, value: str, names: Mapping[str, str]) -> str:
    """Return a code in Chinese: a name of a rule (`names`), a word of its field, a known word, else the text itself."""
    if field in VERBATIM:
        return value
    if value.startswith("not ") and value[4:] in names:
        return f"并非“{names[value[4:]]}”"
    return names.get(value) or WORDS.get(f"{field}.{value}") or WORDS.get(value) or value
