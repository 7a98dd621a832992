"""Who may know of a document kept in a compartment: letters of referral, on what was handed over, to sources."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.compartment import knows_all, may_know
from casework.paperwork.kinds import is_hidden
from models.document import Document
from models.lead import Lead
from models.referral import Referral


def knows_document(desk: Desk, document: Document) -> bool:
    """Tell whether the actor may know that a document exists; whatever is in no compartment is known to all."""
    if not is_hidden(document) or knows_all(desk):
        return True
    if desk.actor.speaks_for_unit or desk.actor.is_machine:
        return False
    if document.about == "lead":
        lead = desk.session.get(Lead, document.about_id)
        return lead is not None and _knows_lead(desk, lead)
    if document.about is not None:
        return may_know(desk, document.about, document.about_id or 0)
    query = select(Referral.id).where(col(Referral.document_id) == document.id)
    return any(
        number is not None and may_know(desk, "referral", number) for number in desk.session.exec(query)
    )


def _knows_lead(desk: Desk, lead: Lead) -> bool:
    """Tell whether the actor may read the reply to a source: those who handle leads, or the named people."""
    if lead.compartment:
        return may_know(desk, "lead", lead.id or 0)
    return "officer" in desk.actor.roles or desk.actor.code in (lead.handler, lead.registered_by)
