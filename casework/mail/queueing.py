"""Putting mail into the outbox, in the transaction that causes it: one message per recipient and cause."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.units.lineage import addressee
from core.life.lives import MessageState
from delivery.mail import make_message_id
from models.base import table_of
from models.document import Document
from models.message import Message
from models.organisation import Unit

CONTACT_FIELDS = ("liaison", "leader", "head")


class NothingToSay(Exception):  # not an error: what the mail would have told is done meanwhile
    """A mail has lost its matter since it was queued."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message goes to; `role` is part of its key."""

    role: str
    name: str
    address: str


def queue(
    desk: Desk,
    kind: str,
    key: str,
    recipient: Recipient,
    *,
    document_id: int | None = None,
    visit_id: int | None = None,
) -> bool:
    """Queue one mail unless the same cause has queued it before; return whether it is new.

    key   what it is about, e.g. `document/12`; the recipient's role is added
    """
    row = message_row(desk, kind, key, recipient, document_id=document_id, visit_id=visit_id)
    known = desk.session.exec(select(Message.id).where(col(Message.key) == row["key"])).first()
    if known is not None:
        return False
    desk.session.connection().execute(sa.insert(table_of(Message)), [row])
    return True


def message_row(
    desk: Desk,
    kind: str,
    key: str,
    recipient: Recipient,
    *,
    document_id: int | None = None,
    visit_id: int | None = None,
) -> dict[str, object]:
    """Return the outbox row of a mail, for single and for bulk writes."""
    whole_key = f"{desk.office.code}/{key}/{recipient.role}"
    return {
        "office_id": desk.office_id,
        "document_id": document_id,
        "visit_id": visit_id,
        "kind": kind,
        "key": whole_key,
        "message_id": make_message_id(desk.office.code, whole_key, mail_domain(desk)),
        "recipient_name": recipient.name,
        "recipient": recipient.address,
        "domain": recipient.address.rpartition("@")[2].lower(),
        "state": MessageState.READY.value,
        "queued_at": desk.now,
        "not_before": desk.now,
        "attempts": 0,
    }


def mail_domain(desk: Desk) -> str:
    """Return the domain of the office's mail, used in Message-IDs."""
    sender = desk.settings.mail_from or desk.office_rules.mail.reply_to
    return sender.rpartition("@")[2]


def unit_recipients(unit: Unit, roles: tuple[str, ...]) -> list[Recipient]:
    """Return the contacts of a unit with these roles that have an address, each address once."""
    found: dict[str, Recipient] = {}
    for role in roles:
        address = getattr(unit, f"{role}_email")
        if address and address not in found:
            found[address] = Recipient(role, getattr(unit, f"{role}_name") or unit.name, address)
    return list(found.values())


def queue_document(desk: Desk, document: Document, unit: Unit, roles: tuple[str, ...]) -> int:
    """Queue a document to the contacts of its unit; return how many messages are new.

    A work secret goes only to the domains the office allows; others get its number and how to collect it.
    """
    count = 0
    unit = addressee(desk, unit)
    allowed = {domain.lower() for domain in desk.office_rules.mail.allowed_domains}
    for recipient in unit_recipients(unit, roles):
        trusted = recipient.address.rpartition("@")[2].lower() in allowed
        kind = "document" if document.secrecy != "work_secret" or trusted else "notice_collect"
        count += queue(desk, kind, f"document/{document.id}", recipient, document_id=document.id)
    return count


def cancel_messages(desk: Desk, document_id: int) -> None:
    """Cancel the mails of a document that have not been sent."""
    message = table_of(Message)
    desk.session.connection().execute(
        sa.update(message)
        .where(message.c.document_id == document_id, message.c.state == MessageState.READY.value)
        .values(state=MessageState.CANCELLED.value)
    )


def release_visit(desk: Desk, visit_id: int) -> None:
    """Cancel the mails about a visit that is off and not sent yet; those that were sent no longer hang on it."""
    message = table_of(Message)
    about = sa.update(message).where(message.c.visit_id == visit_id)
    link = desk.session.connection()
    link.execute(
        about.where(message.c.state == MessageState.READY.value).values(state=MessageState.CANCELLED.value)
    )
    link.execute(about.values(visit_id=None))
