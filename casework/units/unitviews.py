"""Units as pages list them: found by code, name, kind and area, each with its contacts and how its cases stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.filters import Filters, one_of, says
from casework.leaves import Leaf, leaf_of
from casework.sight import cases_in_sight, units_in_sight
from casework.staff.people import split
from core.codes import Light
from core.ladders.palette import Palette
from core.life.rectification import SETTLED
from models.base import table_of
from models.organisation import Unit
from models.rectification import Rectification

UNIT, CASE = table_of(Unit), table_of(Rectification)
STANDINGS = {"": "现有单位", "ended": "已撤并", "all": "全部"}


@dataclass(frozen=True, slots=True)
class UnitFilters(Filters):
    """What a list of units shows."""

    q: str = ""
    kind: str = ""
    area: str = ""
    standing: str = one_of(*STANDINGS)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in a list; `lights` counts its cases that are not settled."""

    id: int
    code: str
    name: str
    kinds: tuple[str, ...]
    liaison: str
    reachable: bool
    lights: Mapping[Light, int]
    ended_on: date | None

    @property
    def open(self) -> int:
        return sum(self.lights.values())


@dataclass(frozen=True, slots=True)
class UnitList:
    """One leaf of units with what may be chosen to narrow it."""

    filters: UnitFilters
    leaf: Leaf[UnitRow]
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    palette: Palette


def units_view(desk: Desk, filters: UnitFilters, number: int) -> UnitList:
    """Return the units in sight that fit the filters, by code; four queries."""
    conditions = [units_in_sight(desk), *_narrowed(desk, filters)]
    found = leaf_of(desk, sa.select(UNIT).where(*conditions).order_by(UNIT.c.code), number)
    lights = open_lights(desk, [row.id for row in found.rows])
    rows = tuple(_row(row, lights) for row in found.rows)
    return UnitList(
        filters,
        found.showing(rows),
        *_choices(desk),
        desk.rules.ladder_of(desk.office.code).palette,
    )


def _narrowed(desk: Desk, filters: UnitFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    ended = sa.and_(UNIT.c.valid_until.is_not(None), UNIT.c.valid_until < desk.today)
    if filters.standing != "all":
        found.append(ended if filters.standing == "ended" else sa.not_(sa.func.coalesce(ended, sa.false())))
    found += says(filters.q, UNIT.c.code, UNIT.c.name, UNIT.c.liaison_name)
    if filters.area:
        found.append(UNIT.c.area == filters.area)
    if filters.kind:
        # kinds are stored joined by 、, and one may be the beginning of another
        found.append(("、" + UNIT.c.kinds + "、").contains(f"、{filters.kind}、", autoescape=True))
    return found


def open_lights(desk: Desk, unit_ids: Iterable[int]) -> dict[int, dict[Light, int]]:
    """Return {unit: {light: cases in sight that are not settled}}; one query."""
    query = (
        sa.select(CASE.c.unit_id, CASE.c.light, sa.func.count())
        .where(CASE.c.unit_id.in_(list(unit_ids)), CASE.c.state.not_in(sorted(SETTLED)), cases_in_sight(desk))
        .group_by(CASE.c.unit_id, CASE.c.light)
    )
    found: dict[int, dict[Light, int]] = defaultdict(dict)
    for unit, light, count in desk.session.connection().execute(query):
        found[unit][Light(light)] = int(count)
    return found


def lights_and_settled(desk: Desk, unit_id: int) -> tuple[dict[Light, int], int]:
    """Return the lights of a unit's cases that are not settled, and how many are; one query."""
    is_settled = CASE.c.state.in_(sorted(SETTLED)).label("settled")
    query = (
        sa.select(is_settled, CASE.c.light, sa.func.count())
        .where(CASE.c.unit_id == unit_id, cases_in_sight(desk))
        .group_by(is_settled, CASE.c.light)
    )
    lights: dict[Light, int] = {}
    settled = 0
    for done, light, count in desk.session.connection().execute(query):
        if done:
            settled += int(count)
        else:
            lights[Light(light)] = int(count)
    return lights, settled


def _row(row: Any, lights: Mapping[int, Mapping[Light, int]]) -> UnitRow:
    return UnitRow(
        row.id, row.code, row.name, split(row.kinds), row.liaison_name or "", bool(row.liaison_email),
        lights.get(row.id, {}), row.valid_until,
    )  # fmt: skip


def _choices(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds and areas that units in sight have, each sorted."""
    query = sa.select(UNIT.c.kinds, UNIT.c.area).where(units_in_sight(desk)).distinct()
    rows = desk.session.connection().execute(query).all()
    kinds = {kind for row in rows for kind in split(row.kinds)}
    return tuple(sorted(kinds)), tuple(sorted({row.area for row in rows if row.area}))


def unit_names(desk: Desk, *, most: int = 500) -> tuple[tuple[str, str], ...]:
    """Return code and name of the units that exist today, to choose from."""
    query = (
        sa.select(UNIT.c.code, UNIT.c.name)
        .where(
            units_in_sight(desk),
            sa.or_(UNIT.c.valid_until.is_(None), UNIT.c.valid_until >= desk.today),
        )
        .order_by(UNIT.c.code)
        .limit(most)
    )
    return tuple((row.code, row.name) for row in desk.session.connection().execute(query))
