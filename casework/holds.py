"""The HOLD after a restore: nothing is claimed, swept or numbered before two people have compared what went out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.errors import Refused
from models.base import table_of
from models.organisation import Office
from models.record import Note

if TYPE_CHECKING:
    from casework.desk import Desk  # which reads the hold with the office

HOLD = "hold"
RELEASED_BY = f"{HOLD} released/"  # and the code of an office
NOTE, OFFICE = table_of(Note), table_of(Office)
RELEASED = NOTE.alias("released")
# Why an office is held, beside its row in a query of offices. One that was released has a note of its own with the
# reason of the same hold, so that an older release never ends a newer one.
REASON = (
    sa.select(NOTE.c.value)
    .where(
        NOTE.c.name == HOLD,
        NOTE.c.value.not_in(
            sa.select(RELEASED.c.value)
            .where(RELEASED.c.name == sa.literal(RELEASED_BY) + OFFICE.c.code)
            .correlate(OFFICE)
        ),
    )
    .correlate(OFFICE)
    .scalar_subquery()
)


def refuse_while_held(desk: Desk, what: str) -> None:
    """Raise Refused for what must not happen before two people have compared what went out in the time that is lost."""
    if desk.on_hold is not None:
        raise Refused(
            f"系统处于暂停状态，不能{what}", found=desk.on_hold, expected="两人核对邮件日志和发文登记簿后解除暂停",
            remedy="运行 ducha release 解除暂停后再办理",
        )  # fmt: skip


def end_hold(desk: Desk, reason: str) -> list[str]:
    """End the hold for the office of the desk; return the codes of the offices that are still held.

    The hold itself goes with the last office: the database of several offices was restored for all of them, and each
    compares what went out in its own name first.
    """
    link, own = desk.session.connection(), f"{RELEASED_BY}{desk.office.code}"
    link.execute(sa.delete(NOTE).where(NOTE.c.name == own))
    link.execute(sa.insert(NOTE).values(name=own, value=reason))
    desk.on_hold = None
    done = set(link.execute(sa.select(NOTE.c.name).where(NOTE.c.value == reason)).scalars())
    left = sorted(
        code
        for code in link.execute(sa.select(OFFICE.c.code)).scalars()
        if f"{RELEASED_BY}{code}" not in done
    )
    if not left:
        link.execute(sa.delete(NOTE).where(NOTE.c.value == reason, NOTE.c.name.in_((HOLD, *done))))
    return left
