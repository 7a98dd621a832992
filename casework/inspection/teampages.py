"""The teams and recusals of a campaign as pages show them, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.sight import sees_office
from casework.staff.declarationviews import READERS
from core.life.lives import DocumentState
from models.base import key_of
from models.campaign import Campaign, Visit
from models.document import Document
from models.organisation import Person, Unit
from models.pool import Authorisation, RecusalDeclaration, Replacement


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """A recusal declaration with the names of who and what it is about."""

    row: RecusalDeclaration
    person: str
    person_code: str
    unit: str

    @property
    def waits(self) -> bool:
        return self.row.state == "declared" and self.row.relation != "none"


@dataclass(frozen=True, slots=True)
class ReplacementRow:
    """Who took whose place on which visit, and why."""

    row: Replacement
    leaving: str
    joining: str
    unit: str


def declarations_for(desk: Desk, campaign: Campaign) -> list[DeclarationRow]:
    """Return the declarations for a campaign, and those for all of them, that the actor may see, the newest first."""
    query = (
        select(RecusalDeclaration, Person, Unit)
        .join(Person, col(Person.id) == col(RecusalDeclaration.person_id))
        .outerjoin(Unit, col(Unit.id) == col(RecusalDeclaration.unit_id))
        .where(
            col(RecusalDeclaration.office_id) == desk.office_id,
            or_(
                col(RecusalDeclaration.campaign_id) == campaign.id,
                col(RecusalDeclaration.campaign_id).is_(None),
            ),
        )
        .order_by(col(RecusalDeclaration.id).desc())
    )
    actor = desk.actor
    found: list[tuple[RecusalDeclaration, Person, Unit | None]] = list(desk.session.exec(query))
    return [
        DeclarationRow(row, person.name, person.code, unit.name if unit else "")
        for row, person, unit in found
        if actor.is_machine or actor.roles & READERS or actor.code in (person.code, row.filed_by)
    ]


def replacements_for(desk: Desk, campaign: Campaign) -> list[ReplacementRow]:
    """Return who was replaced on the visits of a campaign, the newest first; for the office alone."""
    if not sees_office(desk):
        return []
    out, into = aliased(Person), aliased(Person)
    query = (
        select(Replacement, out, into, Unit)
        .join(Visit, col(Visit.id) == col(Replacement.visit_id))
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .join(out, col(out.id) == col(Replacement.out_person_id))
        .join(into, col(into.id) == col(Replacement.in_person_id))
        .where(col(Visit.campaign_id) == campaign.id)
        .order_by(col(Replacement.id).desc())
    )
    return [
        ReplacementRow(row, leaving.name, joining.name, unit.name)
        for row, leaving, joining, unit in desk.session.exec(query)
    ]


def letters_for(desk: Desk, campaign: Campaign) -> dict[int, Document]:
    """Return the newest letter that is not void of each visit of a campaign."""
    query = (
        select(Authorisation, Document)
        .join(Document, col(Document.id) == col(Authorisation.document_id))
        .join(Visit, col(Visit.id) == col(Authorisation.visit_id))
        .where(col(Visit.campaign_id) == campaign.id, col(Document.state) != DocumentState.VOID.value)
        .order_by(col(Authorisation.id))
    )
    return {letter.visit_id: document for letter, document in desk.session.exec(query)}


def notices_for(desk: Desk, campaign: Campaign, kind: str | None) -> dict[str, Document]:
    """Return the newest notice of a kind that is not void of each unit of a campaign, by the unit's code."""
    query = (
        select(Document, Unit.code)
        .join(Unit, col(Unit.id) == col(Document.unit_id))
        .where(
            col(Document.campaign_id) == key_of(campaign),
            col(Document.kind) == (kind or ""),
            col(Document.state) != DocumentState.VOID.value,
        )
        .order_by(col(Document.id))
    )
    return {code: document for document, code in desk.session.exec(query)}
