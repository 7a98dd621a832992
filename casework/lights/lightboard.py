"""The light board (亮灯看板): units by weeks with the highest light of each, what lies behind a cell, and two plots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.leaves import Leaf, cut
from casework.lights.boardfilters import BoardFilters, find_campaign_id
from casework.lights.climbing import palette_of
from casework.lights.lightplots import DueWeek, LightWeek, due_ahead, lights_lit
from casework.lights.lightweeks import lights_at, turns_where, week_ends
from casework.remembering import remembered
from casework.rows import CaseRow, case_rows
from casework.sight import campaigns_in_sight, cases_in_sight, sees_office
from core.codes import Light
from core.errors import NotFound
from core.ladders.palette import Palette
from delivery.columns import Columns
from models.base import table_of
from models.campaign import Campaign
from models.organisation import Unit
from models.rectification import Rectification

CASE, UNIT, CAMPAIGN = table_of(Rectification), table_of(Unit), table_of(Campaign)
PAGE_UNITS = 30
CHOICES_LIMIT = 200


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit on the board: its light at the end of each week, and how many of its cases shine now."""

    code: str
    name: str
    now: Light
    lit: int
    weeks: tuple[Light, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One leaf of the board, the units with the gravest light today first."""

    filters: BoardFilters
    leaf: Leaf[UnitRow]
    weeks: tuple[date, ...]
    palette: Palette
    counts: dict[Light, int]
    campaigns: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    lit: tuple[LightWeek, ...]
    lit_plot: Columns | None
    due: tuple[DueWeek, ...]
    due_plot: Columns | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A unit with its light today, before the weeks are known."""

    id: int
    code: str
    name: str
    kinds: str
    now: Light
    lit: int


def board_view(desk: Desk, filters: BoardFilters, number: int = 1) -> Board:
    """Return one leaf of the board with its plots; at most ten queries, however many units there are.

    Whoever sees the whole office sees the same board, which is kept until something changes.
    """
    if sees_office(desk):
        return remembered(desk, ("board", filters, number), lambda: _board(desk, filters, number))
    return _board(desk, filters, number)


def _board(desk: Desk, filters: BoardFilters, number: int) -> Board:
    campaign_id = find_campaign_id(desk, filters.campaign)
    palette = palette_of(desk, campaign_id)
    weeks, _step = week_ends(desk.today - timedelta(weeks=filters.weeks - 1), desk.today)
    every = _standings(desk, campaign_id, palette)
    kinds = tuple(sorted({kind for unit in every for kind in unit.kinds.split("、") if kind}))
    chosen = [unit for unit in every if not filters.kind or filters.kind in unit.kinds.split("、")]
    if filters.lit:
        chosen = [unit for unit in chosen if unit.lit]
    shown = cut(chosen, number, PAGE_UNITS)
    lights = _weeks_of(desk, campaign_id, [unit.id for unit in shown.rows], weeks, palette)
    none = (Light.NONE,) * len(weeks)
    ids = [unit.id for unit in chosen] if filters.kind else None
    lit, lit_plot = lights_lit(desk, campaign_id, ids, weeks, palette)
    due, due_plot = due_ahead(desk, campaign_id, ids)
    counts = {light: sum(unit.now is light for unit in chosen) for light in palette.every}
    return Board(
        filters=filters,
        leaf=shown.showing(
            [UnitRow(u.code, u.name, u.now, u.lit, lights.get(u.id, none)) for u in shown.rows]
        ),
        weeks=weeks,
        palette=palette,
        counts=counts,
        campaigns=_campaigns(desk),
        kinds=kinds,
        lit=lit,
        lit_plot=lit_plot,
        due=due,
        due_plot=due_plot,
    )


def _campaigns(desk: Desk) -> tuple[tuple[str, str], ...]:
    query = (
        sa.select(CAMPAIGN.c.code, CAMPAIGN.c.title)
        .where(campaigns_in_sight(desk))
        .order_by(CAMPAIGN.c.id.desc())
        .limit(CHOICES_LIMIT)
    )
    return tuple((row[0], row[1]) for row in desk.session.connection().execute(query))


def of_campaign(campaign_id: int | None) -> list[sa.ColumnElement[bool]]:
    """Return the condition for the cases of a campaign; none for those of all."""
    return [CASE.c.campaign_id == campaign_id] if campaign_id is not None else []


def _standings(desk: Desk, campaign_id: int | None, palette: Palette) -> list[_Standing]:
    """Return the units that have cases in sight, those with the gravest light today first; one query."""
    ranks = sa.case({light.value: at for light, at in palette.ranks.items()}, value=CASE.c.light, else_=0)
    lit = sa.func.sum(sa.case((CASE.c.light != Light.NONE.value, 1), else_=0))
    # Counted before the units are joined: so the database reads one index and no rows.
    counted = (
        sa.select(CASE.c.unit_id, sa.func.max(ranks).label("rank"), lit.label("lit"))
        .where(cases_in_sight(desk), *of_campaign(campaign_id))
        .group_by(CASE.c.unit_id)
        .subquery()
    )
    query = sa.select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.kinds, counted.c.rank, counted.c.lit).join(
        counted, counted.c.unit_id == UNIT.c.id
    )
    rows = desk.session.connection().execute(query)
    found = [
        _Standing(row.id, row.code, row.name, row.kinds, palette.every[row.rank], int(row.lit or 0))
        for row in rows
    ]
    return sorted(found, key=lambda unit: (-palette.rank(unit.now), -unit.lit, unit.code))


def _weeks_of(
    desk: Desk, campaign_id: int | None, units: Sequence[int], weeks: Sequence[date], palette: Palette
) -> dict[int, tuple[Light, ...]]:
    """Return {unit id: its highest light at the end of each week} from the cases in sight; six queries."""
    if not units:
        return {}
    cases, turns = _turns(desk, campaign_id, units, palette)
    found: dict[int, list[Light]] = {}
    for case in cases:
        lights = lights_at(turns.get(case.id, []), weeks, palette)
        if weeks and weeks[-1] >= desk.today:
            lights[-1] = Light(case.light)
        before = found.setdefault(case.unit_id, [Light.NONE] * len(weeks))
        found[case.unit_id] = [palette.highest(pair) for pair in zip(before, lights, strict=True)]
    return {unit: tuple(lights) for unit, lights in found.items()}


def _turns(
    desk: Desk, campaign_id: int | None, units: Sequence[int], palette: Palette
) -> tuple[Sequence[Any], Mapping[int, list[Any]]]:
    """Return the cases of some units in sight that ever shone, with the turns of their lights."""
    wanted = (
        col(Rectification.unit_id).in_(list(units)),
        col(Rectification.highest_light) != Light.NONE.value,
        *of_campaign(campaign_id),
        cases_in_sight(desk),
    )
    query = sa.select(CASE.c.id, CASE.c.unit_id, CASE.c.light).where(*wanted)
    cases = desk.session.connection().execute(query).all()
    return cases, turns_where(desk, sa.and_(*wanted), palette) if cases else defaultdict(list)


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies behind a cell: the cases of a unit that shone at the end of a week, with their light then."""

    unit_code: str
    unit: str
    week: date
    palette: Palette
    rows: tuple[tuple[CaseRow, Light], ...]


def cell_view(desk: Desk, unit_code: str, week: date, campaign: str) -> Cell:
    """Return the cases behind one cell, the gravest light first; raise NotFound for a unit out of sight."""
    campaign_id = find_campaign_id(desk, campaign)
    palette = palette_of(desk, campaign_id)
    query = (
        sa.select(UNIT.c.id, UNIT.c.name)
        .join(CASE, CASE.c.unit_id == UNIT.c.id)
        .where(UNIT.c.code == unit_code, cases_in_sight(desk))
        .limit(1)
    )
    unit = desk.session.connection().execute(query).first()
    if unit is None:
        raise NotFound("没有这个单位", found=unit_code, expected="看板所列单位", remedy="回到看板重选")
    cases, turns = _turns(desk, campaign_id, [unit.id], palette)
    lights = {case.id: lights_at(turns.get(case.id, []), [week], palette)[0] for case in cases}
    if week >= desk.today:
        lights = {case.id: Light(case.light) for case in cases}
    lit = [number for number, light in lights.items() if light is not Light.NONE]
    rows = [(row, lights[row.id]) for row in case_rows(desk, lit)]
    return Cell(
        unit_code,
        unit.name,
        week,
        palette,
        tuple(sorted(rows, key=lambda row: (-palette.rank(row[1]), row[0].code))),
    )
