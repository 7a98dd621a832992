"""Visits and their teams as rows."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.staff.people import join
from core.campaign.campaignplan import CampaignPlan
from core.staffing.planning import VisitPlan
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person, Unit
from models.pool import Authorisation, Replacement


def team_of(desk: Desk, visit: Visit) -> list[Person]:
    """Return the people of a visit, its leader first, then by code."""
    query = (
        select(Person, VisitMember.role)
        .where(col(VisitMember.visit_id) == visit.id, col(VisitMember.person_id) == col(Person.id))
        .order_by(col(Person.code))
    )
    rows = sorted(desk.session.exec(query), key=lambda row: row[1] != "leader")
    return [person for person, _role in rows]


def other_visits(desk: Desk, code: str, year: int) -> dict[int, list[tuple[date, ...]]]:
    """Return {person id: the days of each visit} of other campaigns in a year: who is on one counts and is not free."""
    query = (
        select(VisitMember.person_id, Visit)
        .join(Visit, col(Visit.id) == col(VisitMember.visit_id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            col(Campaign.office_id) == desk.office_id,
            col(Campaign.code) != code,
            col(Visit.from_on).between(date(year, 1, 1), date(year, 12, 31)),
        )
    )
    found: dict[int, list[tuple[date, ...]]] = {}
    for person_id, visit in desk.session.exec(query):
        days = tuple(visit.from_on + timedelta(n) for n in range((visit.to_on - visit.from_on).days + 1))
        found.setdefault(person_id, []).append(days)
    return found


def drop_visits(desk: Desk, campaign: Campaign) -> None:
    """Remove the visits of a plan that is replaced before its approval."""
    visits = select(Visit.id).where(col(Visit.campaign_id) == campaign.id)
    for table in (Replacement, Authorisation, VisitMember):
        desk.session.execute(sa.delete(table).where(col(table.visit_id).in_(visits)))
    desk.session.execute(sa.delete(Visit).where(col(Visit.campaign_id) == campaign.id))


def store_visits(
    desk: Desk,
    campaign: Campaign,
    plan: CampaignPlan,
    visits: tuple[VisitPlan, ...],
    units: list[Unit],
    *,
    monthly: str | None = None,
) -> None:
    """Write the visits of a plan with their teams; self-reports are due some working days before each visit."""
    unit_ids = {unit.code: key_of(unit) for unit in units}
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    person_ids = {person.code: key_of(person) for person in people}
    for planned in visits:
        visit = Visit(
            office_id=desk.office_id,
            campaign_id=key_of(campaign),
            unit_id=unit_ids[planned.unit],
            from_on=planned.from_on,
            to_on=planned.to_on,
            place=planned.place,
            items=join(planned.items),
            reasons="\n".join(planned.reasons),
            self_report_due_on=_self_report_day(desk, campaign, plan, planned.from_on),
            monthly=monthly,
        )
        desk.session.add(visit)
        desk.session.flush()
        for code in planned.team:
            role = "leader" if code == planned.team[0] else "member"
            desk.session.add(VisitMember(visit_id=key_of(visit), person_id=person_ids[code], role=role))
    desk.session.flush()


def restaff_visit(
    desk: Desk, campaign: Campaign, plan: CampaignPlan, visit: Visit, planned: VisitPlan
) -> None:
    """Give a visit that was not held other days, items and people; its declarations and letters stay with it."""
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    ids = {person.code: key_of(person) for person in people}
    for member in desk.session.exec(select(VisitMember).where(col(VisitMember.visit_id) == visit.id)).all():
        desk.session.delete(member)
    desk.session.flush()
    visit.from_on, visit.to_on, visit.items = planned.from_on, planned.to_on, join(planned.items)
    visit.reasons = "\n".join(planned.reasons)
    if visit.self_report_on is None:
        visit.self_report_due_on = _self_report_day(desk, campaign, plan, planned.from_on)
    desk.session.add(visit)
    for code in planned.team:
        role = "leader" if code == planned.team[0] else "member"
        desk.session.add(VisitMember(visit_id=key_of(visit), person_id=ids[code], role=role))
    desk.session.flush()
    desk.record(
        "visit", key_of(visit), "move", unit_id=visit.unit_id, from_on=visit.from_on, to_on=visit.to_on
    )


def _self_report_day(desk: Desk, campaign: Campaign, plan: CampaignPlan, from_on: date) -> date | None:
    if plan.self_report_workdays == 0 or not plan.self_report or campaign.hidden:
        return None
    return desk.calendar.after(from_on, -plan.self_report_workdays)
