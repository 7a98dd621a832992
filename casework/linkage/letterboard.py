"""Letters of the compartment: the list of those that somebody may know of.

They stand on no other page: transfers and hand-overs, replies to other bodies, replies to the source of a lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leadboard import leads_in_sight
from casework.linkage.compartment import known_ids
from casework.paperwork.kinds import is_shown, name_of_kind
from casework.tasks import COMPARTMENT
from core.life.lives import DOCUMENT_STATE_LABELS, DocumentState
from models.base import key_of, table_of
from models.document import Document
from models.lead import Lead
from models.organisation import Unit
from models.referral import Referral

TABLE, REFERRAL, LEAD = table_of(Document), table_of(Referral), table_of(Lead)
WAITING = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value, DocumentState.SIGNED.value)
MOST = 200


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as the list shows it."""

    id: int
    name: str
    number: str
    unit: str
    state: str
    state_word: str
    drafted_on: date
    signed_on: date | None
    about: str
    address: str


def letters_view(desk: Desk, state: str) -> list[LetterRow]:
    """Return the letters that the actor may know of, those that wait for somebody first unless all are wanted."""
    query = (
        select(Document, Unit.name)
        .join(Unit, col(Unit.id) == col(Document.unit_id))
        .where(col(Document.office_id) == desk.office_id, sa.not_(is_shown()), letters_known(desk))
        .order_by(col(Document.id).desc())
        .limit(MOST)
    )
    if state != "all":
        query = query.where(col(Document.state).in_(WAITING))
    rows = list(desk.session.exec(query))
    wanted = [key_of(row) for row, _unit in rows]
    owners = dict(
        desk.session.exec(
            select(Referral.document_id, Referral.id).where(col(Referral.document_id).in_(wanted))
        ).all()
    )
    return [_row(desk, row, unit, owners.get(key_of(row))) for row, unit in rows]


def letters_known(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for hidden letters the actor may know of, as hiddenpapers.knows_document decides it."""
    if desk.actor.speaks_for_unit or desk.actor.is_machine:
        return sa.false()
    if desk.actor.roles & COMPARTMENT:
        return sa.true()
    referrals, incoming = known_ids(desk, "referral"), known_ids(desk, "incoming")
    of_referrals = sa.select(REFERRAL.c.document_id).where(
        REFERRAL.c.document_id.is_not(None), sa.true() if referrals is None else REFERRAL.c.id.in_(referrals)
    )
    own = sa.or_(
        sa.literal("officer" in desk.actor.roles),
        LEAD.c.handler == desk.actor.code,
        LEAD.c.registered_by == desk.actor.code,
        LEAD.c.compartment.is_(True),
    )
    of_leads = sa.select(LEAD.c.id).where(leads_in_sight(desk), own)
    return sa.or_(
        TABLE.c.id.in_(of_referrals),
        sa.and_(
            TABLE.c.about == "incoming", sa.true() if incoming is None else TABLE.c.about_id.in_(incoming)
        ),
        sa.and_(TABLE.c.about == "lead", TABLE.c.about_id.in_(of_leads)),
    )


def _row(desk: Desk, row: Document, unit: str, referral: int | None) -> LetterRow:
    about, address = _about(row, referral)
    return LetterRow(
        key_of(row), name_of_kind(desk, row.kind, row.rules_sha256), row.number or "", unit, row.state,
        DOCUMENT_STATE_LABELS[DocumentState(row.state)], row.drafted_on, row.signed_on, about, address,
    )  # fmt: skip


def _about(row: Document, referral: int | None) -> tuple[str, str]:
    """Return what a letter is about, in words, and the address of its page."""
    if referral is not None:
        return f"移送{referral}", f"/referrals/{referral}"
    if row.about == "incoming":
        return f"来件{row.about_id}", f"/incoming/{row.about_id}"
    if row.about == "lead":
        return f"线索{row.about_id}", f"/leads/{row.about_id}"
    return "", ""
