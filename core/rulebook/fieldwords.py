"""What the fields and codes of rule files are called in Chinese, for everything that prints rules.

A field that is not listed is called what its own docstring begins with, so that a new one prints without being named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel

from core.codes import CAMPAIGN_KIND_LABELS, LIGHT_LABELS, LINE_LABELS, SECRECY_LABELS, SEVERITY_LABELS
from core.rulebook.fielddocs import field_docs
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS

FIELD_TITLES: Mapping[str, str] = {
    "form": "算法", "part": "分子", "whole": "分母", "full_percent": "满分线（%）", "zero_percent": "零分线（%）",
    "below_sample": "样本不足时", "ScoreItem.min_sample": "最少样本", "ScoreItem.count": "按何事实计",
    "each": "每一个的分值", "ScoreItem.points": "分值", "tie_break": "同分时依次比较", "grades": "等次",
    "unranked": "不参加排名", "fact": "单位事实", "fewer_than": "少于", "groups": "分组排名", "reporting": "统计和报告",
    "periods": "结账的统计期", "close_workdays": "结账期限（工作日）", "annual": "年度报告时间表",
    "remind_workdays": "提前提醒（工作日）", "filing": "逐家登记", "focus": "多发问题", "top": "最多列出",
    "min_units": "至少涉及单位", "grave_weight": "严重问题加权", "repeat_weight": "再次发生加权", "total": "满分",
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
    "derived": "由系统推定", "done_by": "何事完成即办结", "cc_roles": "邮件抄送岗位",
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
    "look_back_percent": "其余抽查（%）", "allowed_domains": "允许的域名", "hours": "发信时段",
    "opens": "何时提出", "MailHours.opens": "几点起", "MailHours.closes": "几点止",
    "MailHours.days_off": "休息日也发", "digest_above": "合并（超过几封）", "daily_limit": "一日额度（封）",
    "answer_period": "答复期限",
    "answer_unit": "答复期限单位", "phases": "阶段", "statistics": "统计表", "guardrails": "红线",
    "review": "核稿", "after_unobeyed": "前提（未落实的文书）", "counted": "逐条计数", "upward": "上行文",
    "CampaignRules.kinds": "督察方式", "milestones": "节点", "asks": "报送要求", "team_minimum": "每组至少（人）",
    "warn_workdays": "提前亮灯（工作日）", "who": "由谁办", "reached": "何事发生即为完成", "shared": "列入共同节点",
    "open_notices": "未办结的整改通知（份）", "open_items": "未销号的事项（项）",
    "inspections": "同期督察（次）", "within_days": "前后各（日）", "plans": "周期计划", "mode": "起算方式",
    "exceptions": "个别期次的变动", "each_unit": "每个单位各为一期", "themes": "主题", "catalogs": "事项目录",
    "team_size": "每组（人）", "period_workdays": "督察期间（工作日）", "visit_workdays": "每个单位（工作日）",
    "campaign_code": "批次编码开头", "lead_workdays": "提前提醒（工作日）", "codes": "单位编码", "skip": "本期不开展",
    "move_to": "改到", "RecurringPlan.workdays": "间隔工作日", "RecurringPlan.anchor": "第一期",
    "PlanUnits.kinds": "单位类别", "RecurringPlan.units": "单位", "units_at_a_time": "每期轮到（个）",
    "RecurringPlan.until": "最后一期不晚于", "MilestoneRule.anchor": "起算日", "AskRule.anchor": "起算日",
    "plan_reference": "列入年度计划", "BurdenLimits.reason": "启动理由",
    "half_month": "半月报", "repeat_findings": "屡查屡犯", "HalfMonthRule.from_light": "自何色起",
    "due_workdays": "期满后几个工作日内", "HalfMonthRule.cc": "抄送领导", "progress_counts": "报送的进展算作半月报",
    "window_years": "几年之内", "RepeatRule.event": "登记为事件",
    "serves": "用于", "entry": "入库条件", "recommended": "单位推荐", "political_check": "政治审查",
    "conditions": "其他条件", "term_years": "每届年数", "max_terms": "最多届数",
    "ending_notice_days": "届满前提醒（日）",
    "training_hours": "每年学时", "PoolRules.core_specialties": "核心专业", "composition": "组成规则",
    "each_of": "核心专业各一席", "plus_by_functions": "按单位职能选配（席）", "at_least": "最少人数",
    "recusal": "回避", "former_years": "曾任单位回避（年）", "last_time": "上次督察同一单位的",
    "declaration": "回避申报", "exit_reasons": "退出情形",
    "superior": "上级转办", "route": "登记分办", "reply": "答复", "reply_required": "须答复",
    "confidential": "来源保密", "compartment": "整件限知", "give_back": "退回期限", "check": "初核",
    "answer": "承办单位反馈", "transfer": "移送有权机关", "number_word": "编号用词", "reply_document": "答复用文书",
    "LeadOrigin.extend": "可延长", "LeadRules.documents": "转办函", "after_block_workdays": "原因消除后移送（工作日）",
    "reroute_workdays": "改送（工作日）", "consult_workdays": "会商（工作日）", "study": "集体研究",
    "participants": "至少人数", "minutes": "附会议纪要", "sanctions": "处理结果", "Sanction.group": "归入",
    "incoming": "联动来件", "IncomingKind.items": "逐项落实", "IncomingKind.clock": "法定期限",
    "Contacts.linkage": "联动联络员", "Choices.leads": "线索规则",
    "AnnualReport.month": "几月", "AnnualReport.day": "几日", "transfer_years": "满多少年移交（档案馆）",
    "lead": "牵头单位", "leads": "牵头单位", "responsible": "责任单位", "aspect": "方面",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    **{code.value: label for code, label in SEVERITY_LABELS.items()},
    **{code.value: f"{label}灯" if code.value != "none" else "无灯" for code, label in LIGHT_LABELS.items()},
    **{code.value: label for code, label in LINE_LABELS.items()},
    **{code.value: label for code, label in SECRECY_LABELS.items()},
    **{f"serves.{code.value}": label for code, label in CAMPAIGN_KIND_LABELS.items()},
    **{code.value: label for code, label in LEADER_ROLE_LABELS.items()},
    **{code.value: label for code, label in UNIT_ROLE_LABELS.items()},
    "direction.within": "期限之内", "direction.at_least": "不短于", "counting.forward": "向后",
    "counting.back": "向前", "unit.date": "固定日期", "half_month": "每半月", "every.workdays": "每若干工作日",
    "last_time.avoid": "尽量不派", "last_time.ignore": "不考虑", "last_time.forbid": "不派",
    "declaration.required": "全员申报后启动", "declaration.asked": "启动后催办",
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
    "hours": "小时", "review.none": "不要求", "review.review": "核稿", "review.legal": "核稿并法制审核",
    "anchor.approved": "方案批准", "anchor.opened": "批次启动", "anchor.period_from": "督察期间首日",
    "anchor.visit_from": "进驻", "anchor.visit_to": "离开", "anchor.period_to": "督察期间末日",
    "anchor.feedback": "反馈意见签发", "anchor.closed": "批次办结", "reached.approved": "方案批准",
    "reached.opened": "批次启动", "reached.feedback": "反馈意见签发", "reached.closed": "批次办结",
    "reached.arrived": "首次有检查记录", "reached.returned": "检查表全部交回",
    "reached.confirmed": "底稿全部认定或撤销",
    "plan_reference.asked": "没有依据的提醒", "plan_reference.required": "没有依据不得启动", "reason.asked": "可以写明",
    "reason.required": "必须写明", "opening": "批次启动时", "by_hand": "由经办人提出", "quarter": "每季度",
    "every.month": "每月", "every.half_year": "每半年", "every.year": "每年", "grid": "固定日期",
    "after_completion": "自上次办结起",
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
