"""The life of a mail that came in: it waits for a person, is filed with what it is about, or is only noted."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class InboundState(StrEnum):
    WAITING = "waiting"
    FILED = "filed"
    NOTED = "noted"
    DISMISSED = "dismissed"


class InboundAct(StrEnum):
    FILE = "file"
    THREAD = "thread"
    NOTE = "note"
    DISMISS = "dismiss"


_S, _A = InboundState, InboundAct
INBOUND_MOVES = {
    (_S.WAITING, _A.FILE): _S.FILED,
    (_S.WAITING, _A.THREAD): _S.FILED,
    (_S.WAITING, _A.NOTE): _S.NOTED,
    (_S.WAITING, _A.DISMISS): _S.DISMISSED,
    # A machine may have taken a letter for a robot's, and a person may have filed it in the wrong place.
    (_S.NOTED, _A.FILE): _S.FILED,
    (_S.FILED, _A.FILE): _S.FILED,
    (_S.FILED, _A.DISMISS): _S.DISMISSED,
}
_HANDLERS = frozenset({"officer", "director"})
INBOUND = Machine(
    code="inbound",
    thing="来信",
    moves=INBOUND_MOVES,
    state_labels={
        _S.WAITING: "待处理",
        _S.FILED: "已归入",
        _S.NOTED: "已记录",
        _S.DISMISSED: "不再处理",
    },
    act_labels={
        _A.FILE: "归入事项",
        _A.THREAD: "自动归入",
        _A.NOTE: "记录",
        _A.DISMISS: "搁置来信",
    },
    actors={_A.FILE: _HANDLERS | {"linkage"}, _A.DISMISS: _HANDLERS | {"linkage"}},
)
