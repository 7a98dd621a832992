"""The ledger (台账) as a page: filtered cases in the order of their due dates, with a count for each light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import palette_of
from casework.paging import Cursor, Page, page_keys
from casework.rows import CaseRow, case_rows
from casework.sight import campaigns_in_sight, cases_in_sight, units_in_sight
from core.codes import Light, Severity
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.life.rectification import CLOCK_RUNS, SETTLED, CaseState
from models.base import table_of
from models.campaign import Campaign
from models.organisation import Unit
from models.rectification import Rectification

CASE, CAMPAIGN, UNIT = table_of(Rectification), table_of(Campaign), table_of(Unit)
# What the state filter takes beside the states themselves.
OPEN, OVERDUE, ALL = "active", "overdue", "all"
SCOPE_LABELS = {OPEN: "在办", OVERDUE: "已逾期", ALL: "全部"}
CHOICES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class LedgerFilters:
    """What a reader narrows the ledger to; empty means no limit, and `state` is then 在办."""

    campaign: str = ""
    unit: str = ""
    state: str = OPEN
    severity: str = ""
    light: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> LedgerFilters:
        """Read filters from an address; raise InvalidInput naming a value that is none."""
        values = {f.name: given.get(f.name, "").strip() for f in fields(cls)}
        values["state"] = values["state"] or OPEN
        for name, allowed in _ALLOWED.items():
            if values[name] not in allowed:
                found = f"{name}={values[name][:40]}"
                raise InvalidInput(
                    "筛选条件不正确", found=found, expected="页面所列选项", remedy="回到台账重选"
                )
        return cls(**values)

    def as_query(self) -> dict[str, str]:
        """Return the filters as they stand in an address, without those that are not set."""
        every = {f.name: str(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in every.items() if value and (name, value) != ("state", OPEN)}


_ALLOWED: dict[str, frozenset[str]] = {
    "state": frozenset({OPEN, OVERDUE, ALL, *CaseState}),
    "severity": frozenset({"", *Severity}),
    "light": frozenset({"", *Light}),
}


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
    """Return one page of the ledger, the most overdue first; five queries."""
    campaigns, units = _choices(desk)
    conditions = _conditions(desk, filters, dict(campaigns), dict(units))
    campaign_id = dict(campaigns)[filters.campaign][0] if filters.campaign else None
    counts = _counts(desk, conditions)
    if filters.light:
        conditions.append(CASE.c.light == filters.light)
    query = sa.select(CASE.c.id, CASE.c.due_on).where(*conditions)
    keys = page_keys(desk.session.connection(), query, CASE.c.due_on, CASE.c.id, cursor)
    rows = case_rows(desk, [number for number, _day in keys.rows])
    return Ledger(
        filters,
        Page(rows, keys.previous, keys.next),
        counts,
        palette_of(desk, campaign_id),
        tuple((code, title) for code, (_id, title) in campaigns),
        tuple((code, name) for code, (_id, name) in units),
    )


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
    return conditions + _state_conditions(desk, filters.state)


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


def _counts(desk: Desk, conditions: list[sa.ColumnElement[bool]]) -> dict[Light, int]:
    query: sa.Select[Any] = sa.select(CASE.c.light, sa.func.count()).where(*conditions).group_by(CASE.c.light)
    found = {row[0]: row[1] for row in desk.session.connection().execute(query)}
    return {light: found.get(light.value, 0) for light in Light}
