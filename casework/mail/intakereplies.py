"""A word of a person and what it is about: by the mail it answers, or by the number in its subject.

It never counts as a receipt or as an answer of the unit: somebody reads it and enters what it says.
"""

from __future__ import annotations

from casework.desk import Desk
from casework.mail.intakefiles import keep_parts
from casework.mail.intakematching import by_ids, by_number, is_known_sender
from casework.paperwork.kinds import is_hidden
from core.inbound import Basis, InboundKind, Outcome
from delivery.inbound.classifying import Verdict
from delivery.inbound.reading import InboundLetter
from models.base import key_of
from models.document import Document
from models.inbound import InboundMail


def thread(desk: Desk, row: InboundMail, letter: InboundLetter, verdict: Verdict) -> None:
    """File a letter with its document where that is certain; else say which it may be, for a person to decide."""
    row.outcome = Outcome.UNMATCHED.value
    message = by_ids(desk, verdict.ids)
    if message is not None:
        row.message_row, row.basis = message.id, Basis.REFERENCE.value
    document = desk.session.get(Document, message.document_id) if message and message.document_id else None
    certain = document is not None
    if document is None and (document := by_number(desk, letter.subject)) is not None:
        row.basis = Basis.NUMBER.value
        certain = not is_hidden(document) and is_known_sender(desk, document, row.sender)
    if document is None:
        return
    row.document_id = key_of(document)
    if not certain or verdict.kind is not InboundKind.HUMAN:
        row.outcome = Outcome.SUGGESTED.value
        return
    row.outcome = Outcome.THREADED.value
    keep_parts(desk, row, letter, "document", key_of(document))
