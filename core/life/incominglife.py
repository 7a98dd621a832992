"""The life of a matter that another supervising body handed to the office: registered, assigned, answered, closed."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class IncomingState(StrEnum):
    REGISTERED = "registered"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"
    RETURNED = "returned"


class IncomingAct(StrEnum):
    ASSIGN = "assign"
    ANSWER = "answer"
    CLOSE = "close"
    RETURN = "return"


_S, _A = IncomingState, IncomingAct
INCOMING_MOVES = {
    (_S.REGISTERED, _A.ASSIGN): _S.ASSIGNED,
    (_S.REGISTERED, _A.CLOSE): _S.CLOSED,
    (_S.REGISTERED, _A.RETURN): _S.RETURNED,
    (_S.ASSIGNED, _A.ASSIGN): _S.ASSIGNED,
    (_S.ASSIGNED, _A.ANSWER): _S.ANSWERED,
    (_S.ASSIGNED, _A.CLOSE): _S.CLOSED,
    (_S.ASSIGNED, _A.RETURN): _S.RETURNED,
    (_S.ANSWERED, _A.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _A.CLOSE): _S.CLOSED,
}
INCOMING_ENDED = frozenset({_S.CLOSED, _S.RETURNED})
_NAMED = frozenset({"linkage", "director"})
INCOMING = Machine(
    code="incoming",
    thing="联动来件",
    moves=INCOMING_MOVES,
    state_labels={
        _S.REGISTERED: "已登记",
        _S.ASSIGNED: "已交办",
        _S.ANSWERED: "已回复",
        _S.CLOSED: "已办结",
        _S.RETURNED: "已退回来文机关",
    },
    act_labels={_A.ASSIGN: "交办", _A.ANSWER: "回复来文机关", _A.CLOSE: "办结来件", _A.RETURN: "退回来件"},
    actors={_A.ASSIGN: _NAMED, _A.ANSWER: _NAMED, _A.CLOSE: _NAMED, _A.RETURN: frozenset({"director"})},
)
