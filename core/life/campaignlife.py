"""The lives around a campaign: a change of its scope, an occurrence of a recurring plan, a list asked of a unit."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class ScopeState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ScopeAct(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


SCOPE_CHANGE = Machine(
    code="scope_change",
    thing="范围变更",
    moves={
        (ScopeState.REQUESTED, ScopeAct.APPROVE): ScopeState.APPROVED,
        (ScopeState.REQUESTED, ScopeAct.REFUSE): ScopeState.REFUSED,
        (ScopeState.REQUESTED, ScopeAct.WITHDRAW): ScopeState.WITHDRAWN,
    },
    state_labels={
        ScopeState.REQUESTED: "待批准",
        ScopeState.APPROVED: "已批准",
        ScopeState.REFUSED: "未批准",
        ScopeState.WITHDRAWN: "已撤回",
    },
    act_labels={
        ScopeAct.APPROVE: "批准范围变更",
        ScopeAct.REFUSE: "不批准范围变更",
        ScopeAct.WITHDRAW: "撤回范围变更",
    },
    actors={
        ScopeAct.APPROVE: frozenset({"director"}),
        ScopeAct.REFUSE: frozenset({"director"}),
        ScopeAct.WITHDRAW: frozenset({"officer", "leader", "director"}),
    },
)


class OccurrenceState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"


class OccurrenceAct(StrEnum):
    FINISH = "finish"
    SKIP = "skip"


OCCURRENCE = Machine(
    code="occurrence",
    thing="周期计划的一期",
    moves={
        (OccurrenceState.PLANNED, OccurrenceAct.FINISH): OccurrenceState.DONE,
        (OccurrenceState.PLANNED, OccurrenceAct.SKIP): OccurrenceState.SKIPPED,
    },
    state_labels={
        OccurrenceState.PLANNED: "已编制",
        OccurrenceState.DONE: "已完成",
        OccurrenceState.SKIPPED: "不开展",
    },
    act_labels={OccurrenceAct.FINISH: "登记完成", OccurrenceAct.SKIP: "决定本期不开展"},
    actors={
        OccurrenceAct.FINISH: frozenset({"officer", "director"}),
        OccurrenceAct.SKIP: frozenset({"director"}),
    },
)


class InquiryState(StrEnum):
    ASKED = "asked"
    PARTLY = "partly"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class InquiryAct(StrEnum):
    RETURN_PART = "return_part"
    RETURN_ALL = "return_all"
    WITHDRAW = "withdraw"


_I, _R = InquiryState, InquiryAct
_RECEIVERS = frozenset({"officer", "inspector", "leader", "director", "unit"})
INQUIRY = Machine(
    code="request_list",
    thing="清单",
    moves={
        (_I.ASKED, _R.RETURN_PART): _I.PARTLY,
        (_I.ASKED, _R.RETURN_ALL): _I.RETURNED,
        (_I.ASKED, _R.WITHDRAW): _I.WITHDRAWN,
        (_I.PARTLY, _R.RETURN_PART): _I.PARTLY,
        (_I.PARTLY, _R.RETURN_ALL): _I.RETURNED,
        (_I.PARTLY, _R.WITHDRAW): _I.WITHDRAWN,
    },
    state_labels={_I.ASKED: "已提出", _I.PARTLY: "部分交回", _I.RETURNED: "已交齐", _I.WITHDRAWN: "已撤回"},
    act_labels={_R.RETURN_PART: "登记部分交回", _R.RETURN_ALL: "登记交齐", _R.WITHDRAW: "撤回清单"},
    actors={
        _R.RETURN_PART: _RECEIVERS,
        _R.RETURN_ALL: _RECEIVERS,
        _R.WITHDRAW: frozenset({"officer", "leader", "director"}),
    },
)


class Counted(StrEnum):
    """What fieldwork is counted in, each in its own unit."""

    TALKS = "talks"
    QUESTIONNAIRES_SENT = "questionnaires_sent"
    QUESTIONNAIRES_RETURNED = "questionnaires_returned"
    SEMINARS = "seminars"
    MATERIAL_ITEMS = "material_items"
    FIELD_VISITS = "field_visits"
    TEST_TAKERS = "test_takers"


COUNTED_LABELS = {
    Counted.TALKS: "个别谈话",
    Counted.QUESTIONNAIRES_SENT: "发放问卷",
    Counted.QUESTIONNAIRES_RETURNED: "收回问卷",
    Counted.SEMINARS: "座谈会",
    Counted.MATERIAL_ITEMS: "调阅资料",
    Counted.FIELD_VISITS: "实地走访",
    Counted.TEST_TAKERS: "参加测试",
}
COUNTED_UNITS = {
    Counted.TALKS: "人次",
    Counted.QUESTIONNAIRES_SENT: "份",
    Counted.QUESTIONNAIRES_RETURNED: "份",
    Counted.SEMINARS: "场",
    Counted.MATERIAL_ITEMS: "份",
    Counted.FIELD_VISITS: "处",
    Counted.TEST_TAKERS: "人",
}
ASKED_LABELS = {
    "self_report": "自查报告",
    "materials": "调阅资料清单",
    "interviews": "访谈名单",
    "questionnaire": "调查问卷",
}
"""What is asked of a unit; an office's own words for it are in its rules."""
