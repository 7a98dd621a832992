"""Reminders inside the office: teams before a visit, late self-reports and workbooks, papers to sign."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.announcing import people_of
from casework.mail.queueing import Recipient, queue
from casework.paperwork.kinds import is_shown, name_of_kind
from core.life.lives import CampaignState, DocumentState
from models.campaign import Campaign, Visit
from models.document import Document
from models.organisation import Person, Unit

WORKBOOK_WORKDAYS = 3


def remind(desk: Desk) -> dict[str, int]:
    """Queue today's reminders; a second run of the day queues nothing. Does nothing on a day off."""
    totals = {"team_reminder": 0, "late_reports": 0, "staff": 0}
    if not desk.calendar.is_workday(desk.today):
        return totals
    for campaign in _open_campaigns(desk):
        totals["team_reminder"] += _remind_teams(desk, campaign)
        totals["late_reports"] += _tell_officers(desk, campaign)
    totals["staff"] = _tell_signers(desk)
    return totals


def _open_campaigns(desk: Desk) -> list[Campaign]:
    query = (
        select(Campaign)
        .where(col(Campaign.office_id) == desk.office_id, col(Campaign.state) == CampaignState.OPEN.value)
        .order_by(col(Campaign.id))
    )
    return list(desk.session.exec(query))


def _remind_teams(desk: Desk, campaign: Campaign) -> int:
    """Remind each team at the office's chosen distances; a day that was missed is made up for by the next run."""
    steps = sorted(desk.office_rules.choices.team_reminder_workdays)
    farthest = desk.calendar.after(desk.today, steps[-1]) if steps else desk.today
    visits = desk.session.exec(
        select(Visit).where(
            col(Visit.campaign_id) == campaign.id,
            col(Visit.from_on) > desk.today,
            col(Visit.from_on) <= farthest,
        )
    )
    count = 0
    for visit in visits:
        left = desk.calendar.between(desk.today, visit.from_on)
        step = next((days for days in steps if left <= days), None)
        if step is None:
            continue
        for person in people_of(desk, visit):
            if person.email:
                who = Recipient(person.code, person.name, person.email)
                count += queue(
                    desk, "team_reminder", f"visit/{visit.id}/before/{step}", who, visit_id=visit.id
                )
    return count


def _tell_officers(desk: Desk, campaign: Campaign) -> int:
    """Tell the officers once a day which self-reports and workbooks of a campaign are late, if any are."""
    late = late_self_reports(desk, campaign, desk.today), late_workbooks(desk, campaign, desk.today)
    if not any(late):
        return 0
    visit = desk.session.exec(select(Visit).where(col(Visit.campaign_id) == campaign.id)).first()
    officers = [
        person
        for person in desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id))
        if "officer" in person.roles.split("、") and person.email
    ]
    return sum(
        queue(
            desk,
            "late_reports",
            f"campaign/{campaign.id}/late/{desk.today}",
            Recipient(person.code, person.name, person.email or ""),
            visit_id=visit.id if visit else None,
        )
        for person in officers
    )


def late_self_reports(desk: Desk, campaign: Campaign, day: date) -> list[dict[str, object]]:
    """Return the units whose self-report was due before a day and has not come."""
    query = (
        select(Visit, Unit.name)
        .where(
            col(Visit.campaign_id) == campaign.id,
            col(Visit.unit_id) == col(Unit.id),
            col(Visit.self_report_due_on) < day,
            col(Visit.self_report_on).is_(None),
            col(Visit.workbook_returned_on).is_(None),
        )
        .order_by(col(Visit.self_report_due_on), col(Unit.code))
    )
    return [
        {
            "unit": name,
            "due_on": visit.self_report_due_on.isoformat(),
            "late_workdays": desk.calendar.between(visit.self_report_due_on, day),
        }
        for visit, name in desk.session.exec(query)
        if visit.self_report_due_on is not None
    ]


def late_workbooks(desk: Desk, campaign: Campaign, day: date) -> list[dict[str, object]]:
    """Return the visits whose workbook should have been back before a day."""
    query = (
        select(Visit, Unit.name)
        .where(
            col(Visit.campaign_id) == campaign.id,
            col(Visit.unit_id) == col(Unit.id),
            col(Visit.to_on) < day,
            col(Visit.workbook_returned_on).is_(None),
        )
        .order_by(col(Visit.to_on), col(Unit.code))
    )
    rows: list[dict[str, object]] = []
    for visit, name in desk.session.exec(query):
        due = desk.calendar.after(visit.to_on, WORKBOOK_WORKDAYS)
        if due < day:
            team = people_of(desk, visit)
            rows.append(
                {
                    "unit": name,
                    "leader": team[0].name if team else "",
                    "due_on": due.isoformat(),
                    "late_workdays": desk.calendar.between(due, day),
                }
            )
    return rows


def _tell_signers(desk: Desk) -> int:
    """Tell the leaders with an address once a day that papers wait for them."""
    if not papers_to_sign(desk):
        return 0
    return sum(
        queue(desk, "staff", f"sign/{desk.today}", Recipient(post.code, post.name, post.email))
        for post in desk.office_rules.leaders.values()
        if post.email and post.role.value == "director"
    )


def papers_to_sign(desk: Desk) -> list[dict[str, object]]:
    """Return the documents that wait for a signature; referral letters are told to nobody by mail."""
    query = (
        select(Document, Unit.name)
        .where(
            col(Document.office_id) == desk.office_id,
            col(Document.unit_id) == col(Unit.id),
            col(Document.state).in_((DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)),
            is_shown(),
        )
        .order_by(col(Document.id))
        .limit(100)
    )
    return [
        {
            "what": "签发" + name_of_kind(desk, document.kind, document.rules_sha256),
            "unit": name,
            "number": f"草稿{document.id}",
            "due_on": "",
        }
        for document, name in desk.session.exec(query)
    ]


def unserved(desk: Desk) -> list[dict[str, object]]:
    """Return the documents not acknowledged in time: the list for telephone or hand delivery."""
    limit = desk.calendar.after(desk.today, -desk.office_rules.choices.acknowledge_workdays)
    query = (
        select(Document, Unit)
        .where(
            col(Document.office_id) == desk.office_id,
            col(Document.unit_id) == col(Unit.id),
            col(Document.state) == DocumentState.ISSUED.value,
            col(Document.signed_on).is_not(None),
            is_shown(),
            col(Document.issued_on) < limit,
        )
        .order_by(col(Document.issued_on), col(Document.id))
    )
    return [
        {
            "id": document.id,
            "number": document.number,
            "kind": document.kind,
            "unit": unit.code,
            "unit_name": unit.name,
            "liaison": unit.liaison_name,
            "issued_on": document.issued_on.isoformat() if document.issued_on else None,
            "waiting_workdays": desk.calendar.between(document.issued_on, desk.today)
            if document.issued_on
            else 0,
        }
        for document, unit in desk.session.exec(query)
    ]
