"""A mail as bytes: what every kind of mail has in common, its issuer, contact and day, and its stored form."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from casework.desk import Desk
from casework.mail.codemail import subject_document
from core.codes import Line
from delivery.addresses import Address
from delivery.mail import Attachment, Letter, build_mime
from delivery.mailtext import render_mail
from models.base import key_of
from models.campaign import Visit
from models.message import Message, MessageBody

SHANGHAI = ZoneInfo("Asia/Shanghai")
Values = dict[str, Any]


def write_body(
    desk: Desk, message: Message, sender: str, values: Mapping[str, Any], attachments: tuple[Attachment, ...]
) -> MessageBody:
    """Return the stored form of a mail that says these values of its kind; the same row and values give the same bytes.

    raises   InvalidInput when a value is missing or an address is not acceptable
    """
    issuer = _issuer(desk, message)
    text = render_mail(message.kind, {**_common(desk, message, issuer), **values})
    mime = build_mime(
        Letter(
            message_id=message.message_id,
            sender=Address(issuer, sender),
            recipient=Address(message.recipient_name, message.recipient),
            subject=text.subject,
            text=text.text,
            date=message.queued_at.astimezone(SHANGHAI),
            attachments=attachments,
            reply_to=Address(issuer, desk.office_rules.mail.reply_to),
        )
    )
    digest = sha256(mime).hexdigest()
    return MessageBody(message_id=key_of(message), subject=text.subject, sha256=digest, mime=mime)


def _issuer(desk: Desk, message: Message) -> str:
    """Return in whose name a mail speaks: of the line of its document or visit, else of the 督察 line."""
    line = min(desk.office_rules.lines, key=lambda one: one is not Line.PARTY)
    if (document := subject_document(desk, message)) is not None:
        line = Line(document.line)
    elif message.visit_id is not None:
        visit = desk.session.get_one(Visit, message.visit_id)
        line = Line(desk.campaign(visit.campaign_id).line)
    return desk.office_rules.lines[line].issuer


def _common(desk: Desk, message: Message, issuer: str) -> Values:
    contacts = desk.office_rules.contacts
    return {
        "office": issuer,
        "sent_on": message.queued_at.astimezone(SHANGHAI).date().isoformat(),
        "contact": {
            "person": contacts.name,
            "phone": contacts.phone,
            "email": desk.office_rules.mail.reply_to,
            "address": contacts.address,
        },
    }
