"""The words of a document for a rehearsal: the frozen paper, the draft, or the mail of an automatic reminder."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of_document
from casework.mail.posting import compose
from casework.paperwork.paperless import has_paper
from casework.paperwork.papers import paper_of
from core.errors import Refused
from delivery.plaintext import write_plain
from models.document import Document
from models.message import Message


@dataclass(frozen=True, slots=True)
class Text:
    """The subject and the whole text, without the number, which is taken at the real signature."""

    subject: str
    body: str


def text_of(desk: Desk, document: Document) -> Text:
    """Return what a document says; one that cannot be composed says why."""
    try:
        return _mail(desk, document) if not has_paper(document) else _paper(desk, document)
    except Refused as error:
        return Text(_name(desk, document), f"{error}\n")


def _paper(desk: Desk, document: Document) -> Text:
    paper = paper_of(desk, document)
    return Text(paper.title, write_plain(paper))


def _mail(desk: Desk, document: Document) -> Text:
    """Return the reminder as its first recipient would read it."""
    query = select(Message).where(col(Message.document_id) == document.id).order_by(col(Message.id)).limit(1)
    message = desk.session.exec(query).first()
    if message is None:
        return Text(_name(desk, document), "单位没有登记电子邮箱，本提醒无处可发。\n")
    sender = desk.settings.mail_from or desk.office_rules.mail.reply_to
    mail = message_from_bytes(compose(desk, message, sender).mime, policy=default)
    part = mail.get_body(("plain",))
    return Text(str(mail["subject"]), part.get_content() if part is not None else "")


def _name(desk: Desk, document: Document) -> str:
    return rules_of_document(desk, document).document(document.kind).name
