"""The watch over units: changes whose day has come are applied, and no live case stays with a unit that has ended."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.units.genealogy import apply_change, ask_for_assignment, parties
from casework.units.handingmatters import hand_on_matters, live_matters
from casework.units.handingon import hand_on, live_cases
from casework.units.lineage import addressee
from casework.units.unitchecks import under_way
from core.life.unitlife import UnitChangeKind
from core.life.unitlife import UnitChangeState as State
from models.base import key_of
from models.genealogy import UnitChange, UnitChangeParty
from models.organisation import Unit


def watch_units(desk: Desk) -> dict[str, object]:
    """Apply the changes whose day has come, and see that no open case is left with a unit that has ended."""
    query = (
        select(UnitChange)
        .where(
            col(UnitChange.office_id) == desk.office_id,
            col(UnitChange.state) == State.RECORDED.value,
            col(UnitChange.effective_on) <= desk.today,
        )
        .order_by(col(UnitChange.effective_on), col(UnitChange.id))
    )
    applied, waiting = 0, 0
    for change in list(desk.session.exec(query)):
        formers = parties(desk, change, "former")
        if change.kind == UnitChangeKind.ABOLISH and under_way(desk, formers[0]):
            waiting += 1
            ask_for_assignment(desk, change)  # cases may have come since it was recorded
            continue
        apply_change(desk, change)
        applied += 1
    return {"applied": applied, "waiting": waiting, "followed": _follow(desk)}


def _follow(desk: Desk) -> int:
    """Give what came back to life at an ended unit to whoever carries on for it; ask where a person must say."""
    query = select(Unit).where(col(Unit.office_id) == desk.office_id, col(Unit.valid_until) < desk.today)
    moved = 0
    for unit in list(desk.session.exec(query)):
        heir = addressee(desk, unit)
        if heir.id != unit.id:
            moved += hand_on(desk, live_cases(desk, [key_of(unit)]), heir)
            moved += hand_on_matters(desk, live_matters(desk, [key_of(unit)]), heir)
        elif change := _end_of(desk, unit):
            ask_for_assignment(desk, change)
    return moved


def _end_of(desk: Desk, unit: Unit) -> UnitChange | None:
    """Return the division or abolition by which a unit ended."""
    query = (
        select(UnitChange)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .where(
            col(UnitChangeParty.unit_id) == unit.id,
            col(UnitChangeParty.side) == "former",
            col(UnitChange.kind).in_((UnitChangeKind.SPLIT.value, UnitChangeKind.ABOLISH.value)),
            col(UnitChange.state) == State.IN_FORCE.value,
        )
    )
    return desk.session.exec(query).first()
