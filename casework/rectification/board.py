"""The ledger (台账) as a page: filtered cases in the order of their due dates, with a count for each light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import palette_of
from casework.paging import Cursor, Page, page_keys
from casework.rectification.boardfilters import (
    ALL,
    LAST_DUE,
    NEWEST,
    OPEN,
    OVERDUE,
    SCOPE_LABELS,
    SOON,
    LedgerFilters,
)
from casework.remembering import remembered
from casework.rows import CaseRow, case_rows
from casework.sight import campaigns_in_sight, cases_in_sight, sees_office, units_in_sight
from core.codes import Light
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.life.rectification import CLOCK_RUNS, SETTLED, CaseState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.dialects import mentions
from models.organisation import Unit
from models.rectification import Rectification

__all__ = [
    "ALL",
    "OPEN",
    "OVERDUE",
    "SCOPE_LABELS",
    "Ledger",
    "LedgerFilters",
    "ledger_view",
    "narrowed_cases",
]
CASE, CAMPAIGN, UNIT, FINDING = table_of(Rectification), table_of(Campaign), table_of(Unit), table_of(Finding)
SOON_WORKDAYS = 5
CHOICES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Ledger:
    """One page of the ledger; `counts` are by light under the other filters, `campaigns` and `units` are choices.

    palette   the chosen campaign's, or across campaigns that of the office's ladder
    """

    filters: LedgerFilters
    page: Page[CaseRow]
    counts: dict[Light, int]
    palette: Palette
    campaigns: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    classes: tuple[tuple[str, str], ...]

    @property
    def lights(self) -> tuple[Light, ...]:
        """The colours to offer, highest first: those of the ladder, and others that some case still shows."""
        used = {light for light, count in self.counts.items() if count} | {Light.NONE, *self.palette.lights}
        return tuple(reversed(self.palette.in_order(used)))

    @property
    def total(self) -> int:
        light = self.filters.light
        return self.counts[Light(light)] if light else sum(self.counts.values())


def ledger_view(desk: Desk, filters: LedgerFilters, cursor: Cursor | None = None) -> Ledger:
    """Return one page of the ledger, the most overdue first unless another order was asked for; five queries."""
    campaigns, units = _choices(desk)
    conditions = _conditions(desk, filters, dict(campaigns), dict(units))
    campaign_id = dict(campaigns)[filters.campaign][0] if filters.campaign else None
    counts = _counts(desk, filters, conditions)
    if filters.light:
        conditions.append(CASE.c.light == filters.light)
    keys = _page(desk, filters, conditions, cursor)
    rows = case_rows(desk, [number for number, _day in keys.rows])
    return Ledger(
        filters,
        keys.showing(rows),
        counts,
        palette_of(desk, campaign_id),
        tuple((code, title) for code, (_id, title) in campaigns),
        tuple((code, name) for code, (_id, name) in units),
        classes_of(desk),
    )


def _page(
    desk: Desk, filters: LedgerFilters, conditions: list[sa.ColumnElement[bool]], cursor: Cursor | None
) -> Page[tuple[int, date | None]]:
    connection = desk.session.connection()
    if filters.sort == NEWEST:
        query = sa.select(CASE.c.id, FINDING.c.confirmed_on).join(FINDING, FINDING.c.id == CASE.c.id)
        return page_keys(
            connection, query.where(*conditions), FINDING.c.confirmed_on, CASE.c.id, cursor, newest_first=True
        )
    query = sa.select(CASE.c.id, CASE.c.due_on).where(*conditions)
    last_first = filters.sort == LAST_DUE
    return page_keys(connection, query, CASE.c.due_on, CASE.c.id, cursor, newest_first=last_first)


def narrowed_cases(desk: Desk, filters: LedgerFilters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions under which a case stands in the ledger as somebody narrowed it; two queries."""
    campaigns, units = _choices(desk)
    conditions = _conditions(desk, filters, dict(campaigns), dict(units))
    return [*conditions, CASE.c.light == filters.light] if filters.light else conditions


Choice = tuple[str, tuple[int, str]]


def _choices(desk: Desk) -> tuple[list[Choice], list[Choice]]:
    """Return campaigns, newest first, and units by code, as (code, (id, name)); two queries."""
    connection = desk.session.connection()
    campaigns = (
        sa.select(CAMPAIGN.c.code, CAMPAIGN.c.id, CAMPAIGN.c.title)
        .where(campaigns_in_sight(desk))
        .order_by(CAMPAIGN.c.id.desc())
        .limit(CHOICES_LIMIT)
    )
    units = (
        sa.select(UNIT.c.code, UNIT.c.id, UNIT.c.name)
        .where(units_in_sight(desk))
        .order_by(UNIT.c.code)
        .limit(CHOICES_LIMIT)
    )
    return (
        [(row[0], (row[1], row[2])) for row in connection.execute(campaigns)],
        [(row[0], (row[1], row[2])) for row in connection.execute(units)],
    )


def _conditions(
    desk: Desk,
    filters: LedgerFilters,
    campaigns: Mapping[str, tuple[int, str]],
    units: Mapping[str, tuple[int, str]],
) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [cases_in_sight(desk)]
    if filters.campaign:
        conditions.append(CASE.c.campaign_id == _known("督察批次", filters.campaign, campaigns))
    if filters.unit:
        conditions.append(CASE.c.unit_id == _known("单位", filters.unit, units))
    if filters.severity:
        conditions.append(CASE.c.severity == filters.severity)
    return (
        conditions
        + _finding_conditions(desk, filters)
        + _due_conditions(desk, filters)
        + _state_conditions(desk, filters.state)
    )


def _finding_conditions(desk: Desk, filters: LedgerFilters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on what was found: a text in its number or problem, the class of its item."""
    wanted: list[sa.ColumnElement[bool]] = []
    if filters.q:
        said = (FINDING.c.code, FINDING.c.problem, FINDING.c.item)
        wanted.append(mentions(filters.q, *said))
    if filters.category:
        wanted.append(FINDING.c.item.in_(_items_of(desk, filters.category)))
    own = FINDING.c.office_id == desk.office_id
    return [CASE.c.id.in_(sa.select(FINDING.c.id).where(own, *wanted))] if wanted else []


def _due_conditions(desk: Desk, filters: LedgerFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.due == SOON:
        until = desk.calendar.after(desk.today, SOON_WORKDAYS)
        found += [CASE.c.due_on.between(desk.today, until), CASE.c.suspended_on.is_(None)]
        found.append(CASE.c.state.in_([state.value for state in CLOCK_RUNS]))
    if filters.due_from:
        found.append(CASE.c.due_on >= filters.due_from)
    if filters.due_to:
        found.append(CASE.c.due_on <= filters.due_to)
    return found


def classes_of(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return the classes of items as choices: (catalogue/class, name)."""
    return tuple(
        (f"{key}/{one.code}", f"{one.code} {one.name}")
        for key, catalog in sorted(desk.rules.catalogs.items())
        for one in catalog.classes
    )


def _items_of(desk: Desk, wanted: str) -> list[str]:
    key, _, code = wanted.partition("/")
    catalog = desk.rules.catalogs.get(key)
    items = (*catalog.items, *catalog.retired) if catalog else ()
    return [item.id for item in items if item.category == code]


def _state_conditions(desk: Desk, state: str) -> list[sa.ColumnElement[bool]]:
    if state == ALL:
        return []
    if state == OPEN:
        return [CASE.c.state.in_([s.value for s in CaseState if s not in SETTLED])]
    if state == OVERDUE:
        running = [s.value for s in CLOCK_RUNS]
        return [CASE.c.state.in_(running), CASE.c.due_on < desk.today]
    return [CASE.c.state == state]


def _known(what: str, code: str, choices: Mapping[str, tuple[int, str]]) -> int:
    if code not in choices:
        raise InvalidInput(f"没有这个{what}", found=code[:40], expected="页面所列选项", remedy="回到台账重选")
    return choices[code][0]


def _counts(
    desk: Desk, filters: LedgerFilters, conditions: Sequence[sa.ColumnElement[bool]]
) -> dict[Light, int]:
    """Count the cases of each light; whoever sees the whole office counts the same ones."""
    if sees_office(desk) and not filters.q:
        kept = replace(filters, light="")
        return remembered(desk, ("ledger", kept), lambda: _counted(desk, tuple(conditions)))
    return _counted(desk, conditions)


def _counted(desk: Desk, conditions: Sequence[sa.ColumnElement[bool]]) -> dict[Light, int]:
    query: sa.Select[Any] = sa.select(CASE.c.light, sa.func.count()).where(*conditions).group_by(CASE.c.light)
    found = {row[0]: row[1] for row in desk.session.connection().execute(query)}
    return {light: found.get(light.value, 0) for light in Light}
