"""What counts or lists over the whole office is for those who see the whole office."""

from __future__ import annotations

from casework.desk import Desk
from casework.sight import sees_office
from core.errors import NotAllowed


def need_office(desk: Desk, doing: str) -> None:
    """Raise NotAllowed for who sees only the visits they are on: a sum over all tells them of the others."""
    if sees_office(desk):
        return
    raise NotAllowed(
        f"无权{doing}",
        found=desk.actor.code,
        expected="可以查看全部督察事项的人员",
        remedy="向督察单位经办人索取",
    )
