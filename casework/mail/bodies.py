"""The bytes of a mail, made once before its first attempt; those of a digest from what is inside it then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.digesting import KIND
from casework.mail.filling import TOKEN_PLACE, token_place
from casework.mail.letters import write_body
from casework.mail.posting import REMINDER, cases_told, compose
from casework.mail.queueing import NothingToSay
from core.life.lives import MessageState
from delivery.mail import Attachment, safe_attachment_name
from delivery.mailfilling import text_of
from models.base import key_of
from models.campaign import Finding
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Unit

# Most mail services refuse more than 20 MB, and base64 adds a third: what does not fit goes by itself.
MOST_BYTES = 12_000_000
IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ahead:
    """What some mails are made of, read with a few questions; `held` keeps rows at hand that would be forgotten."""

    bodies: dict[int, MessageBody]
    held: tuple[object, ...]


def read_ahead(desk: Desk, messages: Sequence[Message]) -> Ahead:
    """Read the stored bodies, the documents, the units and what reminders tell of cases, for some mails."""
    ids = [key_of(message) for message in messages]
    bodies = desk.session.exec(select(MessageBody).where(col(MessageBody.message_id).in_(ids))).all()
    numbers = {message.document_id for message in messages if message.document_id is not None}
    documents = desk.session.exec(select(Document).where(col(Document.id).in_(numbers))).all()
    units = {document.unit_id for document in documents}
    reminded = {message.document_id for message in messages if message.kind == REMINDER}
    told = sorted({number for one in documents if one.id in reminded for number in _cases_of(one)})
    held = (
        *documents,
        *desk.session.exec(select(Unit).where(col(Unit.id).in_(units))),
        *(
            row
            for ids in _in_parts(told)
            for row in desk.session.exec(select(Finding).where(col(Finding.id).in_(ids)))
        ),
    )
    return Ahead({body.message_id: body for body in bodies}, held)


def _cases_of(document: Document) -> list[int]:
    """Return the cases of a reminder; one that cannot be read is found out when its own mail is made."""
    try:
        return [int(row["case"]) for row in cases_told(document)]
    except (ValueError, TypeError, LookupError):
        return []


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in parts that a statement can name."""
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


def body_of(desk: Desk, message: Message, sender: str, ahead: Ahead | None = None) -> MessageBody:
    """Return the stored form of a mail; a resend sends the same bytes.

    ahead    what was read of this mail among others
    raises   NothingToSay; InvalidInput when a value is missing or an address is not acceptable
    """
    if ahead is None:
        ahead = read_ahead(desk, [message])
    stored = ahead.bodies.get(key_of(message))
    if stored is None:
        stored = _digest(desk, message, sender) if message.kind == KIND else compose(desk, message, sender)
        desk.session.add(stored)
    elif message.kind == KIND and _has_lost_a_mail(desk, message):
        for member in carried_by(desk, message):
            _let_go(desk, member)
        raise NothingToSay("其中有的已取消，余下的各自发出")
    return stored


def carried_by(desk: Desk, message: Message) -> list[Message]:
    """Return the mails that go out inside a digest and are in the same state, by id; none for any other mail."""
    if message.kind != KIND:
        return []
    query = select(Message).where(col(Message.carried_by) == message.id, col(Message.state) == message.state)
    return list(desk.session.exec(query.order_by(col(Message.id)).with_for_update()))


def _digest(desk: Desk, message: Message, sender: str) -> MessageBody:
    """Return a digest with the whole text of each mail inside, its attachments and its own link."""
    letters: list[dict[str, Any]] = []
    attachments: list[Attachment] = []
    for member in carried_by(desk, message):
        try:
            body = body_of(desk, member, sender)
        except NothingToSay:
            _let_go(desk, member)  # on its own it is cancelled
            continue
        files = _attachments_of(body.mime, len(letters) + 1)
        if sum(len(one.content) for one in (*attachments, *files)) > MOST_BYTES:
            _let_go(desk, member)
            continue
        attachments += files
        text = text_of(body.mime).replace(TOKEN_PLACE, token_place(key_of(member)))
        letters.append({"subject": body.subject, "lines": text.strip().splitlines()})
    if not letters:
        raise NothingToSay("合并的各封已另行处理")
    values = {"person": message.recipient_name, "letters": letters}
    return write_body(desk, message, sender, values, tuple(attachments))


def _has_lost_a_mail(desk: Desk, message: Message) -> bool:
    """Tell whether a mail inside was cancelled after the bytes of the digest were made, which still hold its words."""
    lost = select(Message.id).where(
        col(Message.carried_by) == message.id, col(Message.state) == MessageState.CANCELLED.value
    )
    return desk.session.exec(lost.where(col(Message.attempts) > 0)).first() is not None


def _let_go(desk: Desk, member: Message) -> None:
    member.carried_by = None
    desk.session.add(member)


def _attachments_of(mime: bytes, number: int) -> list[Attachment]:
    """Return the files of a mail that ducha wrote, their names led by its place in the digest."""
    mail = message_from_bytes(mime, policy=policy.default)
    files: list[Attachment] = []
    for part in mail.iter_attachments():
        name = safe_attachment_name(f"{number:02}-{part.get_filename() or '附件'}")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)  # ducha's attachments are never mails themselves
        files.append(Attachment(name, part.get_content_type(), content))
    return files
