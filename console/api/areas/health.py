"""The health of the system: every invariant with its counts."""

from __future__ import annotations

from fastapi.responses import Response

from casework.upkeep.doctor import examine
from console.api.routing import HasCall, Routes
from console.api.shown import Shown
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.HEALTH, Permission.HEALTH)


class InvariantShown(Shown):
    """What must always hold, how much was looked at, and how much does not."""

    id: str
    title: str
    checked: int
    broken: int
    examples: list[str]


class Diagnosis(Shown):
    """What the doctor found."""

    ok: bool
    invariants: list[InvariantShown]
    warnings: list[str]


@router.read("/health", Diagnosis)
def read_health(call: HasCall) -> Response:
    """运行检查：每项不变量核对的数目和异常 / every invariant with its counts"""
    return call.read(lambda desk: Diagnosis.model_validate(examine(desk).as_dict()))
