"""To which of our mails something that came in belongs: by what cannot be told by chance, else by what is likely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from core.inbound import Basis
from core.life.lives import MessageState
from delivery.inbound.classifying import Verdict
from delivery.inbound.reading import InboundLetter
from models.base import table_of
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Unit

MESSAGE, BODY, UNIT = table_of(Message), table_of(MessageBody), table_of(Unit)
LIKELY_SPAN = timedelta(days=7)  # servers try for five days before they give a mail back
OUT = (MessageState.ACCEPTED.value, MessageState.UNKNOWN.value)
# 示法督办〔2026〕12号, with the brackets that people type for 〔〕.
NUMBER = re.compile(
    r"([\u3400-\u9fff]{0,14})\s*[〔\[［（(【]\s*(20\d\d)\s*[〕\]］）)】]\s*第?\s*(\d{1,5})\s*号"
)


def by_ids(desk: Desk, ids: Sequence[str]) -> Message | None:
    """Return the mail that one of some Message-IDs names, the first that is ours."""
    wanted = list(dict.fromkeys(one for given in ids for one in (given, given.lower())))[:200]
    if not wanted:
        return None
    query = select(Message).where(
        col(Message.office_id) == desk.office_id, col(Message.message_id).in_(wanted)
    )
    found = {message.message_id: message for message in desk.session.exec(query)}
    return next((found[one] for one in wanted if one in found), None)


def by_address(desk: Desk, verdict: Verdict, letter: InboundLetter) -> tuple[Message, Basis] | None:
    """Return the mail that a return without our Message-ID speaks of: its address and subject, or its address alone.

    The address alone will do when one mail only went there in the days that a server keeps trying.
    """
    if not verdict.recipients:
        return None
    query = (
        select(Message, BODY.c.subject)
        .outerjoin(MessageBody, BODY.c.message_id == MESSAGE.c.id)
        .where(
            col(Message.office_id) == desk.office_id,
            sa.func.lower(col(Message.recipient)).in_(verdict.recipients),
            col(Message.state).in_(OUT),
            col(Message.settled_at) > desk.now - LIKELY_SPAN,
        )
        .order_by(col(Message.id).desc())
        .limit(50)
    )
    rows = list(desk.session.exec(query))
    said = _dense(f"{letter.scan}\n{letter.returned}\n{letter.subject}")
    for message, subject in rows:
        if subject and _dense(subject) in said:
            return message, Basis.SUBJECT
    return (rows[0][0], Basis.ADDRESS) if len(rows) == 1 else None


def _dense(text: str) -> str:
    return re.sub(r"\s+", "", text)


def by_number(desk: Desk, subject: str) -> Document | None:
    """Return the document whose number stands in a subject; without its series it must be of one document only."""
    for found in NUMBER.finditer(subject):
        query = select(Document).where(
            col(Document.office_id) == desk.office_id,
            col(Document.year) == int(found[2]),
            col(Document.serial) == int(found[3]),
            col(Document.issued_on).is_not(None),
        )
        rows = list(desk.session.exec(query.limit(50)))
        named = [row for row in rows if found[1] and row.series and found[1].endswith(row.series)]
        chosen = named or ([] if found[1] and any(row.series for row in rows) and len(rows) > 1 else rows)
        if len(chosen) == 1:
            return chosen[0]
    return None


def is_known_sender(desk: Desk, document: Document, address: str) -> bool:
    """Tell whether somebody writes from an address that the document went to, or that its unit has given."""
    if not address:
        return False
    link = desk.session.connection()
    sent = sa.select(MESSAGE.c.id).where(
        MESSAGE.c.document_id == document.id, sa.func.lower(MESSAGE.c.recipient) == address
    )
    if link.execute(sent.limit(1)).first() is not None:
        return True
    unit = link.execute(
        sa.select(UNIT.c.liaison_email, UNIT.c.head_email, UNIT.c.leader_email).where(UNIT.c.id == document.unit_id)
    ).one()  # fmt: skip
    return address in {(one or "").lower() for one in unit}
