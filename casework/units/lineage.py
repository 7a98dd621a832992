"""Units through time: what a unit was called on a day, who carries on for it, and to whom its papers go now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from casework.ahead import ahead_of
from casework.desk import Desk
from casework.staff.people import find_unit
from core.life.unitlife import INHERITED, UnitChangeKind, UnitChangeState
from core.lineage import Descent, Lineage
from models.base import table_of
from models.genealogy import UnitChange, UnitChangeParty
from models.organisation import Unit

CHANGE, PARTY = table_of(UnitChange), table_of(UnitChangeParty)
# Every act of a person of the pool asks this: written once, it need not be put together again.
DESCENTS = (
    sa.select(CHANGE.c.id, CHANGE.c.effective_on, PARTY.c.unit_id, PARTY.c.side)
    .join(PARTY, PARTY.c.change_id == CHANGE.c.id)
    .where(
        CHANGE.c.office_id == sa.bindparam("office"),
        CHANGE.c.state == UnitChangeState.IN_FORCE.value,
        CHANGE.c.kind.in_(sorted(INHERITED)),
    )
)


@dataclass(frozen=True, slots=True)
class UnitOn:
    """A unit as it was on a day; `exists` is false before it was set up and after it ended."""

    unit: Unit
    name: str
    exists: bool


def lineage_of(desk: Desk, before: datetime | None = None) -> Lineage:
    """Return who carries on for whom, by the changes in force; with `before`, those in force at that instant."""
    query = DESCENTS if before is None else DESCENTS.where(CHANGE.c.applied_at <= before)
    sides: dict[tuple[int, date], tuple[list[int], list[int]]] = {}
    for change_id, day, unit_id, side in desk.session.connection().execute(query, {"office": desk.office_id}):
        formers, successors = sides.setdefault((change_id, day), ([], []))
        (formers if side == "former" else successors).append(unit_id)
    return Lineage.of(
        Descent(former, successor, day)
        for (_change, day), (formers, successors) in sides.items()
        for former in formers
        for successor in successors
    )


def heirs_of(desk: Desk, unit_id: int, on: date | None = None) -> frozenset[int]:
    """Return the ids of a unit and of all that carry on for it, on a day or as known now."""
    return lineage_of(desk).heirs(unit_id, on)


def ancestors_of(desk: Desk, unit_id: int, on: date | None = None) -> frozenset[int]:
    """Return the ids of a unit and of all for which it carries on, on a day or as known now."""
    return lineage_of(desk).ancestors(unit_id, on)


def codes_with_heirs(desk: Desk, codes: Iterable[str]) -> frozenset[str]:
    """Return codes of units with those of all that carry on for them: recusal follows the successors."""
    wanted = {code for code in codes if code}
    lineage = _lineage_ahead(desk) if wanted else Lineage()
    if not lineage.descents:
        return frozenset(wanted)
    known = _codes(desk)
    numbers = {code: number for number, code in known.items()}
    found = {known[heir] for code in wanted if code in numbers for heir in lineage.heirs(numbers[code])}
    return frozenset(wanted | found)


def _lineage_ahead(desk: Desk) -> Lineage:
    """Return the lineage in force, asked once while a desk reads ahead: no act on a case changes units."""
    known = ahead_of(desk)
    if known is None:
        return lineage_of(desk)
    if known.lineage is None:
        known.lineage = lineage_of(desk)
    return known.lineage


def is_own_unit(desk: Desk, unit_code: str | None, unit: Unit) -> bool:
    """Tell whether somebody of a unit belongs to another one, or to one that it carries on for."""
    if unit_code is None or unit_code == unit.code:
        return unit_code is not None
    return unit.code in codes_with_heirs(desk, [unit_code])


def unit_on(desk: Desk, code: str, day: date) -> UnitOn:
    """Return a unit as it was on a day; raise NotFound for an unknown code."""
    unit = find_unit(desk, code)
    return UnitOn(unit, name_on(desk, unit, day), exists_on(unit, day))


def exists_on(unit: Unit, day: date) -> bool:
    """Tell whether a unit existed on a day."""
    begun = unit.valid_from is None or unit.valid_from <= day
    return begun and (unit.valid_until is None or day <= unit.valid_until)


def name_on(desk: Desk, unit: Unit, day: date) -> str:
    """Return what a unit was called on a day."""
    later = next((one for one in renames_of(desk, unit) if one.effective_on > day), None)
    return later.name_before or unit.name if later is not None else unit.name


def renames_of(desk: Desk, unit: Unit) -> list[UnitChange]:
    """Return the renames of a unit that are in force, oldest first."""
    query = (
        select(UnitChange)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .where(
            col(UnitChangeParty.unit_id) == unit.id,
            col(UnitChangeParty.side) == "former",
            col(UnitChange.kind) == UnitChangeKind.RENAME.value,
            col(UnitChange.state) == UnitChangeState.IN_FORCE.value,
        )
        .order_by(col(UnitChange.effective_on), col(UnitChange.id))
    )
    return list(desk.session.exec(query))


def name_for(desk: Desk, unit: Unit, found: Iterable[tuple[int, date]]) -> str:
    """Return how a document calls a unit, with the name under which its problems were found when that was another.

    found   the unit at which each problem was found, and the day
    """
    rows = list(found)
    if not rows or not _has_changed(desk):
        return unit.name
    others = {number: desk.session.get_one(Unit, number) for number, _day in rows}
    names = dict.fromkeys(name_on(desk, others[number], day) for number, day in rows)
    former = [name for name in names if name != unit.name]
    return f"{unit.name}（原{'、'.join(former)}）" if former else unit.name


def _has_changed(desk: Desk) -> bool:
    query = sa.select(CHANGE.c.id).where(
        CHANGE.c.office_id == desk.office_id, CHANGE.c.state == UnitChangeState.IN_FORCE.value
    )
    return desk.session.connection().execute(query.limit(1)).first() is not None


def addressee(desk: Desk, unit: Unit) -> Unit:
    """Return the unit that papers for a unit reach today: itself, or whoever carries on for all of it."""
    seen = {unit.id}
    while unit.successor_id is not None and unit.valid_until is not None and unit.valid_until < desk.today:
        following = desk.session.get_one(Unit, unit.successor_id)
        if following.id in seen:
            break
        seen.add(following.id)
        unit = following
    return unit


def live_units(desk: Desk, day: date | None = None) -> list[Unit]:
    """Return the units that exist on a day (today), by code."""
    query = select(Unit).where(col(Unit.office_id) == desk.office_id).order_by(col(Unit.code))
    return [unit for unit in desk.session.exec(query) if exists_on(unit, day or desk.today)]


def _codes(desk: Desk) -> dict[int, str]:
    query = select(Unit.id, Unit.code).where(col(Unit.office_id) == desk.office_id)
    return {number or 0: code for number, code in desk.session.exec(query)}
