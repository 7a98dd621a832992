"""Findings as a list: narrowed by campaign, unit, state and the unit's opinion, each with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.filters import Filters, one_of, says
from casework.inspection.findings import CONFIRMERS
from casework.paging import Cursor, Page, page_keys
from casework.sight import campaigns_in_sight, findings_in_sight, units_in_sight
from core.codes import Severity, UnitOpinion
from core.life.lives import FindingState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.rectification import Rectification

FINDING, UNIT, CAMPAIGN, CASE = table_of(Finding), table_of(Unit), table_of(Campaign), table_of(Rectification)
STATE_LABELS = {
    FindingState.PAPER: "底稿，待认定",
    FindingState.CONFIRMED: "已认定",
    FindingState.WITHDRAWN: "已撤销",
}
NONE, REPEATED = "none", "yes"
CHOICES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class FindingFilters(Filters):
    """What a reader narrows the list to; empty means no limit; `opinion` none: the unit has not said anything."""

    campaign: str = ""
    unit: str = ""
    state: str = one_of(*FindingState)
    severity: str = one_of(*Severity)
    opinion: str = one_of(NONE, *UnitOpinion)
    repeat: str = one_of(REPEATED)
    q: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a list; `may_confirm`: it waits for that, and whoever looks did not find it themselves."""

    id: int
    code: str
    campaign: str
    unit: str
    unit_code: str
    item: str
    severity: Severity
    state: FindingState
    problem: str
    opinion: UnitOpinion | None
    repeat_count: int
    found_on: date
    has_case: bool
    may_confirm: bool

    @property
    def is_agreed(self) -> bool:
        """Tell whether the unit confirmed the working paper, so that no reason is needed."""
        return self.opinion is UnitOpinion.CONFIRMED


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One page of findings, the counts by state under the other filters, and the choices of the filters."""

    filters: FindingFilters
    page: Page[FindingRow]
    counts: dict[str, int]
    campaigns: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        state = self.filters.state
        return self.counts.get(state, 0) if state else sum(self.counts.values())


def findings_view(desk: Desk, filters: FindingFilters, cursor: Cursor | None = None) -> FindingPage:
    """Return one page of the findings in sight, newest first; five queries."""
    connection = desk.session.connection()
    conditions = _conditions(desk, filters)
    count = sa.select(FINDING.c.state, sa.func.count()).where(*conditions).group_by(FINDING.c.state)
    counts = {row[0]: row[1] for row in connection.execute(count)}
    if filters.state:
        conditions.append(FINDING.c.state == filters.state)
    query = sa.select(FINDING.c.id, FINDING.c.found_on).where(*conditions)
    keys = page_keys(connection, query, FINDING.c.found_on, FINDING.c.id, cursor, newest_first=True)
    rows = finding_rows(desk, [number for number, _day in keys.rows])
    campaigns = sa.select(CAMPAIGN.c.code, CAMPAIGN.c.title).where(campaigns_in_sight(desk))
    units = sa.select(UNIT.c.code, UNIT.c.name).where(units_in_sight(desk))
    return FindingPage(
        filters,
        keys.showing(rows),
        counts,
        _choices(connection, campaigns.order_by(CAMPAIGN.c.id.desc())),
        _choices(connection, units.order_by(UNIT.c.code)),
    )


def _choices(connection: sa.Connection, query: sa.Select[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((row[0], row[1]) for row in connection.execute(query.limit(CHOICES_LIMIT)))


def _conditions(desk: Desk, filters: FindingFilters) -> list[sa.ColumnElement[bool]]:
    found = [findings_in_sight(desk)]
    if filters.campaign:
        own = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.code == filters.campaign, campaigns_in_sight(desk))
        found.append(FINDING.c.campaign_id.in_(own))
    if filters.unit:
        own = sa.select(UNIT.c.id).where(UNIT.c.code == filters.unit, UNIT.c.office_id == desk.office_id)
        found.append(FINDING.c.unit_id.in_(own))
    if filters.severity:
        found.append(FINDING.c.severity == filters.severity)
    if filters.repeat:
        found.append(FINDING.c.repeat_of.is_not(None))
    return found + _said(filters)


def _said(filters: FindingFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.opinion:
        silent = FINDING.c.unit_opinion.is_(None)
        found.append(silent if filters.opinion == NONE else FINDING.c.unit_opinion == filters.opinion)
    return found + says(filters.q, FINDING.c.code, FINDING.c.problem, FINDING.c.item)


def finding_rows(desk: Desk, ids: list[int]) -> tuple[FindingRow, ...]:
    """Return some findings in sight in the order of their ids as given; one query."""
    if not ids:
        return ()
    query = (
        sa.select(
            FINDING.c.id, FINDING.c.code, FINDING.c.item, FINDING.c.severity, FINDING.c.state, FINDING.c.problem,
            FINDING.c.unit_opinion, FINDING.c.repeat_count, FINDING.c.found_on, FINDING.c.found_by,
            UNIT.c.name.label("unit"), UNIT.c.code.label("unit_code"), CAMPAIGN.c.code.label("campaign"),
            CASE.c.id.label("case_id"),
        )
        .join(UNIT, UNIT.c.id == FINDING.c.unit_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == FINDING.c.campaign_id)
        .outerjoin(CASE, CASE.c.id == FINDING.c.id)
        .where(FINDING.c.id.in_(ids), findings_in_sight(desk))
    )  # fmt: skip
    able = bool(desk.actor.roles & set(CONFIRMERS))
    found = {row.id: _row(desk, row, able=able) for row in desk.session.connection().execute(query)}
    return tuple(found[number] for number in ids if number in found)


def _row(desk: Desk, row: Any, *, able: bool) -> FindingRow:
    waits = row.state == FindingState.PAPER and row.found_by != desk.actor.code
    return FindingRow(
        id=row.id, code=row.code, campaign=row.campaign, unit=row.unit, unit_code=row.unit_code, item=row.item,
        severity=Severity(row.severity), state=FindingState(row.state), problem=row.problem,
        opinion=UnitOpinion(row.unit_opinion) if row.unit_opinion else None, repeat_count=row.repeat_count,
        found_on=row.found_on, has_case=row.case_id is not None, may_confirm=able and waits,
    )  # fmt: skip
