"""What goes out when a campaign opens: one 督察通知 per unit, and to every inspector the task of each visit."""

from __future__ import annotations

from sqlmodel import col, select

from casework.climbing import rules_of
from casework.desk import Desk
from casework.queueing import Recipient, queue
from core.codes import DocumentContent, Line
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person


def announce(desk: Desk, campaign: Campaign, *, tells_units: bool) -> None:
    """Draft the notices and queue the tasks; an unannounced campaign tells nobody outside the teams."""
    from casework.documents import draft_document  # documents composes values from campaigns

    kind = (
        rules_of(desk, key_of(campaign)).document_with(DocumentContent.ANNOUNCEMENT, Line(campaign.line)).code
    )
    visits = desk.session.exec(
        select(Visit).where(col(Visit.campaign_id) == campaign.id).order_by(col(Visit.id))
    ).all()
    for visit in visits:
        if tells_units:
            draft_document(
                desk,
                kind,
                campaign,
                visit.unit_id,
                inputs={"visit": visit.id},
            )
        for person in people_of(desk, visit):
            if person.email:
                queue(
                    desk,
                    "task",
                    f"visit/{visit.id}/task",
                    Recipient(person.code, person.name, person.email),
                    visit_id=visit.id,
                )


def people_of(desk: Desk, visit: Visit) -> list[Person]:
    """Return the people of a visit by code."""
    query = (
        select(Person)
        .where(col(VisitMember.visit_id) == visit.id, col(VisitMember.person_id) == col(Person.id))
        .order_by(col(Person.code))
    )
    return list(desk.session.exec(query))
