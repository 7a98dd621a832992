"""Visits as people look for them: one's own or all, with their teams and how far their checklists are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import Filters, one_of
from casework.inspection.jointly import hides_finding
from casework.inspection.visitfile import VisitFile
from casework.leaves import LEAF_ROWS, Leaf
from casework.sight import CAMPAIGN, MEMBER, PERSON, UNIT, VISIT, visits_in_sight
from casework.staff.people import split
from core.life.lives import CampaignState
from models.base import table_of
from models.campaign import Finding
from models.checking import CheckDraft
from models.inquiry import FieldCount

DRAFT, FINDING, COUNT = table_of(CheckDraft), table_of(Finding), table_of(FieldCount)
STATES = {
    "coming": "待开展",
    "today": "正在开展",
    "waiting": "待交检查表",
    "returned": "检查表已交",
    "all": "全部",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a team."""

    code: str
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list."""

    id: int
    campaign: str
    title: str
    state: str
    kind: str
    hidden: bool
    unit: str
    unit_name: str
    from_on: date
    to_on: date
    place: str
    items: int
    returned_on: date | None
    self_report_due_on: date | None
    self_report_on: date | None
    reasons: tuple[str, ...]
    team: tuple[Member, ...]
    filled: int
    findings: int

    def stage(self, today: date) -> str:
        """Return where the visit is on a day: coming, today, waiting for its checklist, or returned."""
        if self.returned_on is not None:
            return "returned"
        if today < self.from_on:
            return "coming"
        return "today" if today <= self.to_on else "waiting"


@dataclass(frozen=True, slots=True)
class VisitFilters(Filters):
    """Which visits are looked for; an empty state is what is still to do."""

    state: str = one_of(*STATES)
    campaign: str = ""
    unit: str = ""
    mine: str = ""


@dataclass(frozen=True, slots=True)
class VisitList:
    """One leaf of visits, and the campaigns and units to choose from."""

    filters: VisitFilters
    leaf: Leaf[VisitRow]
    campaigns: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


def visits_view(desk: Desk, filters: VisitFilters, number: int) -> VisitList:
    """Return one leaf of the visits in sight: what is to do first, then the newest."""
    link = desk.session.connection()
    sight = visits_in_sight(desk)
    where = sa.and_(sight, *_wanted(desk, filters))
    count = sa.select(sa.func.count()).select_from(VISIT.join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id))
    total = link.execute(count.where(where)).scalar_one()
    done = VISIT.c.workbook_returned_on.is_not(None)
    order = (done, sa.case((done, None), else_=VISIT.c.from_on), VISIT.c.from_on.desc(), VISIT.c.id)
    rows = read_visits(desk, where, order, LEAF_ROWS, (number - 1) * LEAF_ROWS)
    chosen = sa.select(CAMPAIGN.c.code, CAMPAIGN.c.title, UNIT.c.code.label("unit"), UNIT.c.name).distinct()
    pairs = link.execute(
        chosen.select_from(
            VISIT.join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id).join(
                UNIT, UNIT.c.id == VISIT.c.unit_id
            )
        ).where(sight)
    ).all()
    campaigns = sorted({(row.code, row.title) for row in pairs}, reverse=True)
    units = sorted({(row.unit, row.name) for row in pairs})
    return VisitList(filters, Leaf(tuple(rows), number, total), tuple(campaigns), tuple(units))


def visits_of_campaign(desk: Desk, campaign_id: int) -> list[VisitRow]:
    """Return the visits of a campaign that are in sight, by day and unit."""
    where = sa.and_(VISIT.c.campaign_id == campaign_id, visits_in_sight(desk))
    return read_visits(desk, where, (VISIT.c.from_on, UNIT.c.code))


def visit_row(desk: Desk, file: VisitFile) -> VisitRow:
    """Return one visit that the caller has found in sight."""
    return read_visits(desk, VISIT.c.id == file.key, (VISIT.c.id,))[0]


def read_visits(
    desk: Desk,
    where: sa.ColumnElement[bool],
    order: Iterable[Any],
    limit: int | None = None,
    offset: int = 0,
) -> list[VisitRow]:
    """Return visits with their teams and counts, in four queries however many they are."""
    query = (
        sa.select(
            VISIT, CAMPAIGN.c.code, CAMPAIGN.c.title, CAMPAIGN.c.state, CAMPAIGN.c.kind, CAMPAIGN.c.hidden
        )
        .add_columns(UNIT.c.code.label("unit_code"), UNIT.c.name.label("unit_name"))
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .join(UNIT, UNIT.c.id == VISIT.c.unit_id)
        .where(where)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    found = desk.session.connection().execute(query).all()
    ids = [row.id for row in found]
    teams, filled, problems = _teams(desk, ids), _filled(desk, ids), _findings(desk, ids)
    return [
        VisitRow(
            row.id, row.code, row.title, row.state, row.kind, row.hidden, row.unit_code, row.unit_name,
            row.from_on, row.to_on, row.place, len(split(row.items)), row.workbook_returned_on,
            row.self_report_due_on, row.self_report_on, tuple(row.reasons.splitlines()),
            tuple(teams.get(row.id, ())), filled.get(row.id, 0), problems.get(row.id, 0),
        )
        for row in found
    ]  # fmt: skip


def counts_at(desk: Desk, file: VisitFile) -> dict[str, int]:
    """Return what fieldwork was noted at the unit of a visit in its campaign, by kind of count."""
    query = (
        sa.select(COUNT.c.what, sa.func.sum(COUNT.c.count))
        .where(COUNT.c.campaign_id == file.campaign.id, COUNT.c.unit_id == file.unit.id)
        .group_by(COUNT.c.what)
    )
    return {row[0]: int(row[1]) for row in desk.session.connection().execute(query)}


def findings_of_visit(desk: Desk, file: VisitFile) -> list[Finding]:
    """Return the findings of a visit's unit in its campaign that the actor may see, by number."""
    query = select(Finding).where(
        col(Finding.campaign_id) == file.campaign.id, col(Finding.unit_id) == file.unit.id
    )
    rows = desk.session.exec(query.order_by(col(Finding.code)))
    return [row for row in rows if not hides_finding(desk, row)]


def _wanted(desk: Desk, filters: VisitFilters) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    returned = VISIT.c.workbook_returned_on.is_not(None)
    stages = {
        "coming": sa.and_(~returned, VISIT.c.from_on > desk.today),
        "today": sa.and_(~returned, VISIT.c.from_on <= desk.today, VISIT.c.to_on >= desk.today),
        "waiting": sa.and_(~returned, VISIT.c.to_on < desk.today),
        "returned": returned,
    }
    if filters.state in stages:
        wanted.append(stages[filters.state])
    elif not filters.state:  # what is still to do
        wanted.append(~returned)
        wanted.append(CAMPAIGN.c.state.in_([CampaignState.APPROVED.value, CampaignState.OPEN.value]))
    if filters.campaign:
        wanted.append(CAMPAIGN.c.code == filters.campaign)
    if filters.unit:
        units = sa.select(UNIT.c.id).where(UNIT.c.office_id == desk.office_id, UNIT.c.code == filters.unit)
        wanted.append(VISIT.c.unit_id.in_(units))
    if filters.mine:
        own = sa.select(MEMBER.c.visit_id).join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        wanted.append(
            VISIT.c.id.in_(own.where(PERSON.c.office_id == desk.office_id, PERSON.c.code == desk.actor.code))
        )
    return wanted


def _teams(desk: Desk, ids: list[int]) -> dict[int, list[Member]]:
    query = (
        sa.select(MEMBER.c.visit_id, MEMBER.c.role, PERSON.c.code, PERSON.c.name)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .where(MEMBER.c.visit_id.in_(ids))
        .order_by(MEMBER.c.role != "leader", PERSON.c.code)
    )
    found: dict[int, list[Member]] = {}
    for row in desk.session.connection().execute(query):
        found.setdefault(row.visit_id, []).append(Member(row.code, row.name, row.role == "leader"))
    return found


def _filled(desk: Desk, ids: list[int]) -> dict[int, int]:
    """Return of how many items a result was typed, of visits whose checklists are not in yet."""
    query = (
        sa.select(DRAFT.c.visit_id, sa.func.count())
        .where(
            DRAFT.c.visit_id.in_(ids), DRAFT.c.field == "result", DRAFT.c.position == 1, DRAFT.c.value != ""
        )
        .group_by(DRAFT.c.visit_id)
    )
    return {row[0]: row[1] for row in desk.session.connection().execute(query)}


def _findings(desk: Desk, ids: list[int]) -> dict[int, int]:
    query = (
        sa.select(VISIT.c.id, sa.func.count())
        .join(
            FINDING,
            sa.and_(FINDING.c.campaign_id == VISIT.c.campaign_id, FINDING.c.unit_id == VISIT.c.unit_id),
        )
        .where(VISIT.c.id.in_(ids), FINDING.c.state != "withdrawn")
        .group_by(VISIT.c.id)
    )
    return {row[0]: row[1] for row in desk.session.connection().execute(query)}
