"""Taking a visit that was not held out of a campaign: its drafts, mails and lists end with it."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.inquiries import OPEN, withdraw_list
from casework.mail.queueing import cancel_messages, release_visit
from casework.moves import move
from casework.tasks import open_task
from core.codes import DocumentContent
from core.life.lives import DOCUMENT_MOVES, CampaignState, DocumentAct, DocumentState
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.document import Document
from models.inquiry import Inquiry
from models.organisation import Unit
from models.pool import Authorisation, Replacement

UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)


def drop_visit(
    desk: Desk, campaign: Campaign, visit: Visit, unit: Unit, reason: str, change: int = 0
) -> None:
    """Remove a visit; who and when it was to be is in the old scope that a change keeps, or in the campaign's plan.

    change   number of the change of scope; 0 when the whole campaign is called off
    A notice that is not signed is void; where the unit or the team was told already, a person tells them again.
    """
    _end_notices(desk, campaign, unit, reason)
    for row in desk.session.exec(select(Inquiry).where(col(Inquiry.visit_id) == visit.id)).all():
        if row.state in OPEN:
            withdraw_list(desk, key_of(row), reason)
        row.visit_id = None
        desk.session.add(row)
    desk.session.flush()
    release_visit(desk, key_of(visit))
    if campaign.state == CampaignState.OPEN:
        open_task(
            desk, f"scope:{campaign.id}:{change}:{unit.code}", kind="scope", unit_id=unit.id, subject="campaign",
            subject_id=key_of(campaign), role="officer",
            title=f"{campaign.title}：{_whom(campaign, unit)}本次督察已经取消",
        )  # fmt: skip
    desk.record("visit", key_of(visit), "drop", unit_id=visit.unit_id, change=change or None, reason=reason,
                from_on=visit.from_on)  # fmt: skip
    for table in (Replacement, Authorisation, VisitMember):
        for part in desk.session.exec(select(table).where(col(table.visit_id) == visit.id)).all():
            desk.session.delete(part)
    desk.session.flush()
    desk.session.delete(visit)
    desk.session.flush()


def _whom(campaign: Campaign, unit: Unit) -> str:
    """Return who is to be told; a unit that may not know of an unannounced visit is not told that it is off."""
    return f"告知督察组（{unit.name}）" if campaign.hidden else f"告知{unit.name}和督察组"


def _end_notices(desk: Desk, campaign: Campaign, unit: Unit, reason: str) -> None:
    drafts = desk.session.exec(
        select(Document).where(
            col(Document.campaign_id) == campaign.id,
            col(Document.unit_id) == unit.id,
            col(Document.content_kind) == DocumentContent.ANNOUNCEMENT.value,
            col(Document.state).in_(UNSIGNED),
        )
    ).all()
    for document in drafts:
        move(desk, document, DOCUMENT_MOVES, DocumentAct.VOID, subject="document", thing="文书",
             unit_id=document.unit_id, detail={"reason": reason})  # fmt: skip
        document.void_reason = reason
        cancel_messages(desk, key_of(document))
        desk.session.add(document)
    desk.session.flush()
