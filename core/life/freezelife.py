"""The life of a freeze (锁定): a matter locked at a missed node until a named leader releases it with a reason."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine
from core.life.rectification import CaseAct


class FreezeState(StrEnum):
    FROZEN = "frozen"
    RELEASED = "released"


class FreezeAct(StrEnum):
    RELEASE = "release"


FREEZE = Machine(
    code="freeze",
    thing="锁定",
    moves={(FreezeState.FROZEN, FreezeAct.RELEASE): FreezeState.RELEASED},
    state_labels={FreezeState.FROZEN: "已锁定", FreezeState.RELEASED: "已解除"},
    act_labels={FreezeAct.RELEASE: "解除锁定"},
    actors={FreezeAct.RELEASE: frozenset({"director"})},
)
_A = CaseAct
WHILE_FROZEN = frozenset(
    {
        _A.ACKNOWLEDGE,
        _A.REPORT_PROGRESS,
        _A.FLAG,
        _A.REFER,
        _A.RELEASE,
        _A.SUSPEND,
        _A.RESUME,
        _A.WITHDRAW,
        _A.DECIDE_OBJECTION,
        _A.RECORD_COMPLAINT,
    }
)
"""What a locked case still takes: what tells of its standing, what ends it, and what frees it. Its clock runs on."""
