"""The life of a lead (线索) that came in: registered, checked; then transferred, established or not handled."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class LeadState(StrEnum):
    REGISTERED = "registered"
    CHECKING = "checking"
    TRANSFERRED = "transferred"
    ESTABLISHED = "established"
    NOT_HANDLED = "not_handled"
    REPLIED = "replied"
    CLOSED = "closed"
    RETURNED = "returned"
    MERGED = "merged"


class LeadAct(StrEnum):
    CHECK = "check"
    CONCLUDE = "conclude"
    TRANSFER = "transfer"
    ANSWER = "answer"
    TAKE_BACK = "take_back"
    ESTABLISH = "establish"
    DECLINE = "decline"
    REPLY = "reply"
    CLOSE = "close"
    RETURN = "return"
    MERGE = "merge"


class LeadClock(StrEnum):
    """The clocks of a lead that may be extended."""

    CHECK = "check"
    ANSWER = "answer"
    REPLY = "reply"


class ExtensionState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


class ExtensionAct(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"


class Dispute(StrEnum):
    """Whether the matter is already before another body; then it is not supervised a second time."""

    NONE = "none"
    REVIEW = "review"
    LITIGATION = "litigation"
    FILED = "filed"


_S, _A = LeadState, LeadAct
LEAD_MOVES = {
    (_S.REGISTERED, _A.CHECK): _S.CHECKING,
    (_S.REGISTERED, _A.TRANSFER): _S.TRANSFERRED,
    (_S.REGISTERED, _A.RETURN): _S.RETURNED,
    (_S.REGISTERED, _A.MERGE): _S.MERGED,
    (_S.CHECKING, _A.CHECK): _S.CHECKING,
    (_S.CHECKING, _A.CONCLUDE): _S.CHECKING,
    (_S.CHECKING, _A.TRANSFER): _S.TRANSFERRED,
    (_S.CHECKING, _A.ESTABLISH): _S.ESTABLISHED,
    (_S.CHECKING, _A.DECLINE): _S.NOT_HANDLED,
    (_S.CHECKING, _A.RETURN): _S.RETURNED,
    (_S.CHECKING, _A.MERGE): _S.MERGED,
    (_S.TRANSFERRED, _A.ANSWER): _S.TRANSFERRED,
    (_S.TRANSFERRED, _A.CONCLUDE): _S.TRANSFERRED,
    (_S.TRANSFERRED, _A.TAKE_BACK): _S.CHECKING,
    (_S.TRANSFERRED, _A.ESTABLISH): _S.ESTABLISHED,
    (_S.TRANSFERRED, _A.REPLY): _S.REPLIED,
    (_S.ESTABLISHED, _A.REPLY): _S.REPLIED,
    (_S.NOT_HANDLED, _A.REPLY): _S.REPLIED,
    (_S.REPLIED, _A.REPLY): _S.REPLIED,
    (_S.REPLIED, _A.ANSWER): _S.REPLIED,
    (_S.REPLIED, _A.CLOSE): _S.CLOSED,
    (_S.TRANSFERRED, _A.CLOSE): _S.CLOSED,
    (_S.ESTABLISHED, _A.CLOSE): _S.CLOSED,
    (_S.NOT_HANDLED, _A.CLOSE): _S.CLOSED,
}
DECIDED = frozenset({_S.TRANSFERRED, _S.ESTABLISHED, _S.NOT_HANDLED})
ENDED = frozenset({_S.CLOSED, _S.RETURNED, _S.MERGED})
"""Where no clock of a lead runs any more."""

_STAFF = frozenset({"officer", "director", "linkage"})
LEAD = Machine(
    code="lead",
    thing="来件线索",
    moves=LEAD_MOVES,
    state_labels={
        _S.REGISTERED: "已登记",
        _S.CHECKING: "初核中",
        _S.TRANSFERRED: "已转办",
        _S.ESTABLISHED: "已立项",
        _S.NOT_HANDLED: "不予处理",
        _S.REPLIED: "已答复来源",
        _S.CLOSED: "已办结",
        _S.RETURNED: "已退回来源",
        _S.MERGED: "已并案",
    },
    act_labels={
        _A.CHECK: "开展初核",
        _A.CONCLUDE: "提出初核意见",
        _A.TRANSFER: "转办",
        _A.ANSWER: "登记承办单位反馈",
        _A.TAKE_BACK: "收回转办件",
        _A.ESTABLISH: "立项",
        _A.DECLINE: "不予处理",
        _A.REPLY: "答复来源",
        _A.CLOSE: "办结线索",
        _A.RETURN: "退回来源",
        _A.MERGE: "并案",
    },
    actors={
        _A.CHECK: _STAFF,
        _A.CONCLUDE: _STAFF | {"inspector"},
        _A.TRANSFER: _STAFF,
        _A.ANSWER: _STAFF,
        _A.TAKE_BACK: _STAFF,
        _A.ESTABLISH: frozenset({"director"}),
        _A.DECLINE: frozenset({"director"}),
        _A.REPLY: _STAFF,
        _A.CLOSE: _STAFF,
        _A.RETURN: frozenset({"director"}),
        _A.MERGE: _STAFF,
    },
)
DISPUTE_LABELS = {
    Dispute.NONE: "未进入其他程序",
    Dispute.REVIEW: "行政复议中",
    Dispute.LITIGATION: "行政诉讼中",
    Dispute.FILED: "有关机关已立案",
}
CLOCK_LABELS = {LeadClock.CHECK: "初核", LeadClock.ANSWER: "承办单位反馈", LeadClock.REPLY: "答复来源"}
LEAD_EXTENSION = Machine(
    code="lead_extension",
    thing="线索期限延长申请",
    moves={
        (ExtensionState.REQUESTED, ExtensionAct.GRANT): ExtensionState.GRANTED,
        (ExtensionState.REQUESTED, ExtensionAct.REFUSE): ExtensionState.REFUSED,
    },
    state_labels={
        ExtensionState.REQUESTED: "待批准",
        ExtensionState.GRANTED: "已批准",
        ExtensionState.REFUSED: "未批准",
    },
    act_labels={ExtensionAct.GRANT: "批准延长", ExtensionAct.REFUSE: "不批准延长"},
    actors={ExtensionAct.GRANT: frozenset({"director"}), ExtensionAct.REFUSE: frozenset({"director"})},
)
