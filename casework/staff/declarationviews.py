"""Recusal declarations as they are read: found, listed for those who may see them, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from core.errors import NotFound
from core.life.declarationlife import DeclarationState, Origin, Relation
from models.base import table_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person, Unit
from models.pool import RecusalDeclaration

READERS = frozenset({"officer", "director", "section", "deputy", "committee"})
BELOW_HEAD = frozenset({"section", "deputy"})
DECLARED, PERSON = table_of(RecusalDeclaration), table_of(Person)
UNIT, CAMPAIGN = table_of(Unit), table_of(Campaign)


def find_declaration(desk: Desk, number: int) -> RecusalDeclaration:
    """Return a declaration; a unit only finds its own; raise NotFound."""
    row = desk.session.get(RecusalDeclaration, number)
    if row is None or row.office_id != desk.office_id or not _may_see(desk, row):
        raise NotFound(
            "没有这份回避申报", found=str(number), expected="申报编号", remedy="运行 ducha recusal list 查看"
        )
    return row


def _may_see(desk: Desk, row: RecusalDeclaration) -> bool:
    """Tell whether the actor may see a declaration: what people say of themselves is for the office's leaders."""
    actor = desk.actor
    if actor.speaks_for_unit:
        return row.filed_by == actor.code
    if actor.is_machine or actor.roles & READERS:
        return True
    person = desk.session.get_one(Person, row.person_id)
    return actor.code in (person.code, row.filed_by)


def list_declarations(
    desk: Desk, *, campaign: str | None = None, pending: bool = False
) -> list[dict[str, object]]:
    """Return the declarations that the actor may see, the newest first.

    pending   only those that wait for a decision
    """
    query = select(RecusalDeclaration).where(col(RecusalDeclaration.office_id) == desk.office_id)
    if campaign:
        wanted = find_campaign(desk, campaign).id
        query = query.where(
            or_(col(RecusalDeclaration.campaign_id) == wanted, col(RecusalDeclaration.campaign_id).is_(None))
        )
    if pending:
        query = query.where(
            col(RecusalDeclaration.state) == DeclarationState.DECLARED.value,
            col(RecusalDeclaration.relation) != Relation.NONE.value,
        )
    rows = desk.session.exec(query.order_by(col(RecusalDeclaration.id).desc()))
    return [describe(desk, row) for row in rows if _may_see(desk, row)]


def describe(desk: Desk, row: RecusalDeclaration) -> dict[str, object]:
    """Return a declaration as outside programs read it."""
    person = desk.session.get_one(Person, row.person_id)
    unit = desk.session.get(Unit, row.unit_id) if row.unit_id else None
    campaign = desk.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    return {
        "id": row.id,
        "person": person.code,
        "campaign": campaign.code if campaign else None,
        "unit": unit.code if unit else None,
        "relation": row.relation,
        "text": row.content,
        "origin": row.origin,
        "state": row.state,
        "filed_by": row.filed_by,
        "filed_on": row.filed_on.isoformat(),
        "decided_by": row.decided_by,
        "decided_on": row.decided_on.isoformat() if row.decided_on else None,
        "note": row.decision_note,
    }


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """A declaration in a list; `open` waits for the head of the office."""

    id: int
    person: str
    person_name: str
    campaign: str
    unit: str
    relation: Relation
    content: str
    origin: Origin
    state: DeclarationState
    filed_by: str
    filed_on: date
    decided_by: str
    decided_on: date | None
    note: str

    @property
    def open(self) -> bool:
        return self.state is DeclarationState.DECLARED

    @property
    def needs_decision(self) -> bool:
        return self.open and self.relation is not Relation.NONE


def declarations_view(
    desk: Desk, *, campaign: str | None = None, pending: bool = False, person: str | None = None
) -> list[DeclarationRow]:
    """Return the declarations that the actor may see, the newest first; one query, two with a campaign."""
    query = (
        sa.select(
            DECLARED, PERSON.c.code.label("person"), PERSON.c.name.label("person_name"),
            UNIT.c.name.label("unit"), CAMPAIGN.c.code.label("campaign"),
        )
        .join(PERSON, PERSON.c.id == DECLARED.c.person_id)
        .outerjoin(UNIT, UNIT.c.id == DECLARED.c.unit_id)
        .outerjoin(CAMPAIGN, CAMPAIGN.c.id == DECLARED.c.campaign_id)
        .where(DECLARED.c.office_id == desk.office_id)
    )  # fmt: skip
    actor = desk.actor
    if actor.speaks_for_unit:
        query = query.where(DECLARED.c.filed_by == actor.code)
    elif not (actor.is_machine or actor.roles & READERS):
        query = query.where(sa.or_(PERSON.c.code == actor.code, DECLARED.c.filed_by == actor.code))
    if campaign:
        wanted = find_campaign(desk, campaign).id
        query = query.where(sa.or_(DECLARED.c.campaign_id == wanted, DECLARED.c.campaign_id.is_(None)))
    if person:
        query = query.where(PERSON.c.code == person)
    if pending:
        query = query.where(
            DECLARED.c.state == DeclarationState.DECLARED.value, DECLARED.c.relation != Relation.NONE.value
        )
    rows = desk.session.connection().execute(query.order_by(DECLARED.c.id.desc()))
    return [
        DeclarationRow(
            row.id, row.person, row.person_name, row.campaign or "", row.unit or "", Relation(row.relation),
            row.content, Origin(row.origin), DeclarationState(row.state), row.filed_by, row.filed_on,
            row.decided_by or "", row.decided_on, row.decision_note,
        )
        for row in rows
    ]  # fmt: skip


def may_decide(desk: Desk) -> bool:
    """Tell whether the actor is the head of the office, who decides declarations."""
    return "director" in desk.actor.roles and not desk.actor.roles & BELOW_HEAD


def missing_declarations(desk: Desk, campaign: Campaign) -> list[Person]:
    """Return the members of a campaign's teams who have not declared anything for it, by code."""
    declared = select(RecusalDeclaration.person_id).where(
        col(RecusalDeclaration.campaign_id) == campaign.id,
        col(RecusalDeclaration.origin) == Origin.SELF.value,
        col(RecusalDeclaration.state) != DeclarationState.WITHDRAWN.value,
    )
    query = (
        select(Person)
        .join(VisitMember, col(VisitMember.person_id) == col(Person.id))
        .join(Visit, col(Visit.id) == col(VisitMember.visit_id))
        .where(col(Visit.campaign_id) == campaign.id, col(Person.id).not_in(declared))
        .distinct()
        .order_by(col(Person.code))
    )
    return list(desk.session.exec(query))


def decision_key(row: RecusalDeclaration) -> str:
    """Return the cause of the task to decide a declaration."""
    return f"declaration:{row.id}:decide"


def replacement_key(row: RecusalDeclaration, visit: Visit) -> str:
    """Return the cause of the task to replace somebody on a visit after a declaration was accepted."""
    return f"declaration:{row.id}:visit:{visit.id}"


def missing_key(campaign: Campaign, person: Person) -> str:
    """Return the cause of the task to get somebody's declaration for a campaign."""
    return f"campaign:{campaign.id}:declaration:{person.id}"
