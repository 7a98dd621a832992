"""The only place that changes a state: the table of moves is asked, the row is set, the change is noted.

Of two desks that read the same state and move it at once, the second is refused (see `casework.turns`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from casework.desk import Desk
from casework.turns import require_current
from core.life.machines import Machine
from core.life.moves import step
from core.life.rectification import CaseAct, CaseState, move_case
from models.rectification import Rectification

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class Stateful(Protocol):
    """A row with a life."""

    id: int | None
    state: str


def move(
    desk: Desk,
    row: Stateful,
    moves: Mapping[tuple[S, A], S],
    act: A,
    *,
    subject: str,
    thing: str,
    unit_id: int | None = None,
    on: date | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Carry out an act on a row and note it; raise IllegalMove naming the acts that are possible."""
    states = type(next(iter(moves))[0])
    require_current(desk, row)
    before = row.state
    after = step(moves, states(before), act, thing)
    row.state = after.value
    assert row.id is not None  # only stored rows have a life
    desk.record(
        subject,
        row.id,
        act.value,
        unit_id=unit_id,
        from_state=before,
        to_state=after.value,
        on=on,
        detail=detail,
    )


def take(
    desk: Desk,
    row: Stateful,
    machine: Machine,
    act: StrEnum,
    *,
    unit_id: int | None = None,
    on: date | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Carry out an act of a machine for the actor of the desk: who may, whether it is possible, then note it.

    raises   NotAllowed naming the roles; IllegalMove naming the acts that are possible; nothing is changed then
    """
    machine.step(row.state, act)
    machine.permit(act, desk.actor.code, desk.actor.roles)
    follow(desk, row, machine, act, unit_id=unit_id, on=on, detail=detail)


def follow(
    desk: Desk,
    row: Stateful,
    machine: Machine,
    act: StrEnum,
    *,
    unit_id: int | None = None,
    on: date | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Carry out an act that follows from another one, whoever did that: nobody is asked for a role."""
    move(
        desk, row, machine.moves, act, subject=machine.code, thing=machine.thing, unit_id=unit_id, on=on, detail=detail
    )  # fmt: skip


def move_rectification(
    desk: Desk,
    case: Rectification,
    act: CaseAct,
    *,
    on: date,
    label: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Carry out an act on a case and note it under the name the person used (`label`)."""
    require_current(desk, case)
    before = case.state
    after = move_case(CaseState(before), act, suspended=case.suspended_on is not None)
    case.state = after.value
    desk.record(
        "case",
        case.id,
        label or act.value,
        unit_id=case.unit_id,
        from_state=before,
        to_state=after.value,
        on=on,
        detail=detail,
    )


def settle(row: Stateful, machine: Machine, act: StrEnum) -> None:
    """Move what lives beside a case and whose history is told by the act on that case."""
    row.state = machine.step(row.state, act).value
