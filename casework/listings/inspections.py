"""Campaigns, visits and findings that the actor sees, for programs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import no_such_campaign
from casework.inspection.campaignview import describe_campaign
from casework.listings.keyset import Slice, page_by_code, page_by_id
from casework.sight import campaigns_in_sight, findings_in_sight, sees_office, visits_in_sight
from core.errors import NotFound
from models.base import table_of
from models.campaign import Campaign, CheckRecord, Finding, Visit, VisitMember
from models.organisation import Person, Unit

CAMPAIGN, VISIT, FINDING, UNIT = table_of(Campaign), table_of(Visit), table_of(Finding), table_of(Unit)


def campaigns_page(desk: Desk, after: str, limit: int, *, state: str = "") -> Slice[Any]:
    """Return one page of campaigns by code."""
    query = sa.select(
        CAMPAIGN.c.id, CAMPAIGN.c.code, CAMPAIGN.c.title, CAMPAIGN.c.kind, CAMPAIGN.c.line, CAMPAIGN.c.state,
        CAMPAIGN.c.period_from, CAMPAIGN.c.period_to, CAMPAIGN.c.opened_on, CAMPAIGN.c.closed_on,
    ).where(campaigns_in_sight(desk))  # fmt: skip
    if state:
        query = query.where(CAMPAIGN.c.state == state)
    return page_by_code(desk, query, CAMPAIGN.c.code, after, limit)


def seen_campaign(desk: Desk, code: str) -> Campaign:
    """Return a campaign the actor sees; raise NotFound, in the same words, for any other."""
    query = select(Campaign).where(col(Campaign.code) == code, campaigns_in_sight(desk))
    row = desk.session.exec(query).first()
    if row is None:
        raise no_such_campaign(code)
    return row


def campaign_as_seen(desk: Desk, code: str) -> dict[str, Any]:
    """Return a campaign with those of its visits that the actor sees."""
    row = seen_campaign(desk, code)
    told: dict[str, Any] = describe_campaign(desk, row)
    if not sees_office(desk):
        query = sa.select(VISIT.c.id).where(VISIT.c.campaign_id == row.id, visits_in_sight(desk))
        own = set(desk.session.connection().execute(query).scalars())
        told["visits"] = [one for one in told["visits"] if one["id"] in own]
        told["warnings"] = []
    return told


def visits_page(desk: Desk, after: str, limit: int, *, campaign: str = "", unit: str = "") -> Slice[Any]:
    """Return one page of visits, the newest first."""
    query = (
        sa.select(
            VISIT.c.id, CAMPAIGN.c.code.label("campaign"), UNIT.c.code.label("unit"),
            UNIT.c.name.label("unit_name"), VISIT.c.from_on, VISIT.c.to_on, VISIT.c.place,
            VISIT.c.self_report_due_on, VISIT.c.self_report_on, VISIT.c.workbook_returned_on,
        )
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .join(UNIT, UNIT.c.id == VISIT.c.unit_id)
        .where(visits_in_sight(desk))
    )  # fmt: skip
    if campaign:
        query = query.where(CAMPAIGN.c.code == campaign)
    if unit:
        query = query.where(UNIT.c.code == unit)
    return page_by_id(desk, query, VISIT.c.id, after, limit)


def seen_visit(desk: Desk, visit_id: int) -> tuple[Visit, Campaign, Unit]:
    """Return a visit the actor sees with its campaign and unit; raise NotFound for any other."""
    query = (
        select(Visit, Campaign, Unit)
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .where(col(Visit.id) == visit_id, visits_in_sight(desk))
    )
    found = desk.session.exec(query).first()
    if found is None:
        raise NotFound(
            "没有这次督察", found=str(visit_id), expected="督察记录的编号", remedy="回到督察记录查找"
        )
    return found


def members_of(desk: Desk, visit_id: int) -> list[dict[str, str]]:
    """Return the team of a visit, its leader first."""
    query = (
        select(Person.code, Person.name, VisitMember.role)
        .join(VisitMember, col(VisitMember.person_id) == col(Person.id))
        .where(col(VisitMember.visit_id) == visit_id)
        .order_by(col(VisitMember.role), col(Person.code))
    )
    return [{"code": code, "name": name, "role": role} for code, name, role in desk.session.exec(query)]


def records_of(desk: Desk, visit_id: int) -> list[CheckRecord]:
    """Return what was checked on a visit."""
    query = select(CheckRecord).where(col(CheckRecord.visit_id) == visit_id)
    return list(desk.session.exec(query.order_by(col(CheckRecord.item), col(CheckRecord.position))))


def findings_page(
    desk: Desk, after: str, limit: int, *, campaign: str = "", unit: str = "", state: str = ""
) -> Slice[Any]:
    """Return one page of problems, the newest first."""
    query = _findings(desk)
    for wanted, column in ((campaign, CAMPAIGN.c.code), (unit, UNIT.c.code), (state, FINDING.c.state)):
        if wanted:
            query = query.where(column == wanted)
    return page_by_id(desk, query, FINDING.c.id, after, limit)


def seen_finding(desk: Desk, code: str) -> Any:
    """Return a problem the actor sees; raise NotFound for any other."""
    row = desk.session.connection().execute(_findings(desk).where(FINDING.c.code == code)).first()
    if row is None:
        raise NotFound("没有这个问题", found=code[:60], expected="问题编号", remedy="回到发现问题查找")
    return row


def _findings(desk: Desk) -> sa.Select[Any]:
    return (
        sa.select(
            FINDING.c.id, FINDING.c.code, CAMPAIGN.c.code.label("campaign"), UNIT.c.code.label("unit"),
            FINDING.c.item, FINDING.c.severity, FINDING.c.problem, FINDING.c.facts, FINDING.c.state,
            FINDING.c.unit_opinion, FINDING.c.found_by, FINDING.c.found_on, FINDING.c.confirmed_by,
            FINDING.c.confirmed_on, FINDING.c.repeat_count,
        )
        .join(CAMPAIGN, CAMPAIGN.c.id == FINDING.c.campaign_id)
        .join(UNIT, UNIT.c.id == FINDING.c.unit_id)
        .where(findings_in_sight(desk))
    )  # fmt: skip
