"""What lives beside a case: its requests, the versions of its plan, the complaints during a public notice.

Their history is told by the case: each move is one act on it.
"""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine
from core.life.rectification import REQUEST_STATE_LABELS, RequestState


class RequestAct(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class PlanState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REPLACED = "replaced"


class PlanAct(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REPLACE = "replace"


class ComplaintState(StrEnum):
    OPEN = "open"
    FOUNDED = "founded"
    UNFOUNDED = "unfounded"


class ComplaintAct(StrEnum):
    UPHOLD = "uphold"
    DISMISS = "dismiss"


class Horizon(StrEnum):
    """How long a measure takes (整改类型)."""

    AT_ONCE = "at_once"
    DATED = "dated"
    LONG_TERM = "long_term"


class Manner(StrEnum):
    """How a closure is verified."""

    ON_SITE = "on_site"
    DOCUMENTS = "documents"


HORIZON_LABELS = {Horizon.AT_ONCE: "立行立改", Horizon.DATED: "限期", Horizon.LONG_TERM: "长期"}
MANNER_LABELS = {Manner.ON_SITE: "现场核查", Manner.DOCUMENTS: "书面核查"}
_DIRECTOR = frozenset({"director"})
_REVIEW = frozenset({"officer", "director", "leader", "reviewer"})
_R, _P, _C = RequestState, PlanState, ComplaintState
REQUEST = Machine(
    code="request",
    thing="整改事项的申请",
    moves={
        (_R.REQUESTED, RequestAct.GRANT): _R.GRANTED,
        (_R.REQUESTED, RequestAct.REFUSE): _R.REFUSED,
        (_R.REQUESTED, RequestAct.WITHDRAW): _R.WITHDRAWN,
    },
    state_labels=REQUEST_STATE_LABELS,
    act_labels={RequestAct.GRANT: "同意", RequestAct.REFUSE: "不同意", RequestAct.WITHDRAW: "撤回"},
    actors={
        RequestAct.GRANT: _DIRECTOR | {"reviewer"},
        RequestAct.REFUSE: _DIRECTOR | {"reviewer", "unit"},
        RequestAct.WITHDRAW: frozenset({"unit", "officer"}),
    },
)
PLAN = Machine(
    code="rectification_plan",
    thing="整改方案",
    moves={
        (_P.SUBMITTED, PlanAct.APPROVE): _P.APPROVED,
        (_P.SUBMITTED, PlanAct.RETURN): _P.RETURNED,
        (_P.SUBMITTED, PlanAct.REPLACE): _P.REPLACED,
        (_P.APPROVED, PlanAct.REPLACE): _P.REPLACED,
    },
    state_labels={
        _P.SUBMITTED: "待审核",
        _P.APPROVED: "已同意",
        _P.RETURNED: "已退回",
        _P.REPLACED: "已被新版替换",
    },
    act_labels={PlanAct.APPROVE: "审核同意", PlanAct.RETURN: "退回", PlanAct.REPLACE: "被新版替换"},
    actors={PlanAct.APPROVE: _REVIEW, PlanAct.RETURN: _REVIEW},
)
COMPLAINT = Machine(
    code="complaint",
    thing="公示期间的反映",
    moves={
        (_C.OPEN, ComplaintAct.UPHOLD): _C.FOUNDED,
        (_C.OPEN, ComplaintAct.DISMISS): _C.UNFOUNDED,
    },
    state_labels={_C.OPEN: "待核", _C.FOUNDED: "属实", _C.UNFOUNDED: "不属实"},
    act_labels={ComplaintAct.UPHOLD: "核实属实", ComplaintAct.DISMISS: "核实不属实"},
    actors={
        ComplaintAct.UPHOLD: frozenset({"officer", "director"}),
        ComplaintAct.DISMISS: frozenset({"officer", "director"}),
    },
)
