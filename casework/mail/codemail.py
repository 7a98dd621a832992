"""The mail with the code that opens a portal link: it names the paper, and carries nothing of it."""

from __future__ import annotations

from typing import Any

from casework.accounts.portalcodes import CODE_KIND, CODE_MINUTES, link_of_code
from casework.desk import Desk
from casework.mail.filling import CODE_PLACE
from casework.paperwork.kinds import name_of_kind
from delivery.mail import Attachment
from models.document import Document
from models.message import Message


def subject_document(desk: Desk, message: Message) -> Document | None:
    """Return the document a mail is about, by its row or by the link whose code it carries."""
    number = message.document_id
    if message.kind == CODE_KIND:
        number = link_of_code(desk, message).document_id
    return desk.session.get_one(Document, number) if number is not None else None


def portal_code_mail(desk: Desk, message: Message) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
    """Return the values of a mail with a code; the digits are put in when it is sent."""
    document = subject_document(desk, message)
    assert document is not None  # a code belongs to a link, a link to a document
    return {
        "person": message.recipient_name,
        "document": name_of_kind(desk, document.kind, document.rules_sha256),
        "number": document.number or "",
        "code": CODE_PLACE,
        "minutes": CODE_MINUTES,
    }, ()
