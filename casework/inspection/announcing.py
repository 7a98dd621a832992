"""What goes out when a campaign opens: one 督察通知 per unit, and to every inspector the task of each visit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import kind_rule
from casework.lights.climbing import rules_of
from casework.mail.queueing import Recipient, queue
from core.codes import DocumentContent, Line
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.document import Document
from models.organisation import Person


def announce(desk: Desk, campaign: Campaign, visits: Sequence[Visit]) -> None:
    """Draft the notices and queue the tasks; an unannounced campaign tells nobody outside the teams."""
    from casework.paperwork.documents import draft_document  # documents composes values from campaigns

    kind = announcement_of(desk, campaign)
    for visit in visits:
        if kind is not None:
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


def tell_again(desk: Desk, campaign: Campaign, visit: Visit, change: int) -> None:
    """Tell the team of a visit's new days, and draft a new notice where the unit has the old one already.

    change   the number of the change of scope that moved it
    """
    from casework.paperwork.documents import draft_document  # documents composes values from campaigns

    kind = announcement_of(desk, campaign)
    waiting = select(Document.id).where(
        col(Document.campaign_id) == campaign.id,
        col(Document.unit_id) == visit.unit_id,
        col(Document.content_kind) == DocumentContent.ANNOUNCEMENT.value,
        col(Document.state).in_(("draft", "in_review")),
    )
    if kind is not None and desk.session.exec(waiting).first() is None:
        draft_document(desk, kind, campaign, visit.unit_id, inputs={"visit": visit.id})
    for person in people_of(desk, visit):
        if person.email:
            recipient = Recipient(person.code, person.name, person.email)
            queue(desk, "task", f"visit/{visit.id}/task/{change}", recipient, visit_id=visit.id)


def announcement_of(desk: Desk, campaign: Campaign) -> str | None:
    """Return the kind of document that tells a unit of its visit; None when nothing may or need be told before."""
    wanted = kind_rule(desk, campaign.kind).announces
    if campaign.hidden or wanted is None:
        return None
    frozen = rules_of(desk, key_of(campaign))
    if wanted in frozen.documents:
        return wanted
    return frozen.document_with(DocumentContent.ANNOUNCEMENT, Line(campaign.line)).code


def visits_of(desk: Desk, campaign: Campaign) -> list[Visit]:
    """Return the visits of a campaign, in the order in which they were planned."""
    query = select(Visit).where(col(Visit.campaign_id) == campaign.id).order_by(col(Visit.id))
    return list(desk.session.exec(query))


def people_of(desk: Desk, visit: Visit) -> list[Person]:
    """Return the people of a visit by code."""
    query = (
        select(Person)
        .where(col(VisitMember.visit_id) == visit.id, col(VisitMember.person_id) == col(Person.id))
        .order_by(col(Person.code))
    )
    return list(desk.session.exec(query))
