"""Digests: whoever would get too many mails in a day gets the rest in one, and each stays a mail of its own.

The mails inside keep their rows: they are claimed, settled and proved with the digest, and each may still be settled or
sent again by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from hashlib import sha256
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.queueing import Recipient, message_row
from casework.mail.refusals import heeding
from casework.mail.sendreport import SendReport
from core.life.lives import MessageState
from models.base import table_of
from models.message import Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
KIND = "digest"
APART = ("portal_code", KIND)  # never inside a digest
MOST = 20  # mails of one digest: it is still read, and its attachments still fit
MESSAGE = table_of(Message)
GONE = (MessageState.SENDING.value, MessageState.ACCEPTED.value, MessageState.UNKNOWN.value)


def gather_digests(desk: Desk, report: SendReport) -> None:
    """Put mails that are one too many for their recipient today into digests.

    The oldest still go one by one, up to the office's number. Mails that were tried already stay as they are.
    """
    above = desk.office_rules.mail.digest_above
    if above is None:
        return
    for address, waiting in _crowded(desk):
        for rows in _chunks(_beyond(desk, address, max(0, above - _sent_today(desk, address)), waiting)):
            _gather(desk, rows, report)


def _crowded(desk: Desk) -> list[tuple[str, int]]:
    """Return the addresses for which more than one mail waits, with how many."""
    query = (
        sa.select(MESSAGE.c.recipient, sa.func.count())
        .where(_may_be_gathered(desk))
        .group_by(MESSAGE.c.recipient)
        .having(sa.func.count() > 1)
        .order_by(MESSAGE.c.recipient)
    )
    return [(row[0], int(row[1])) for row in desk.session.connection().execute(query)]


def _may_be_gathered(desk: Desk) -> sa.ColumnElement[bool]:
    return sa.and_(
        MESSAGE.c.office_id == desk.office_id,
        MESSAGE.c.state == MessageState.READY.value,
        MESSAGE.c.not_before <= desk.now,
        MESSAGE.c.carried_by.is_(None),
        MESSAGE.c.attempts == 0,
        MESSAGE.c.kind.not_in(APART),
    )


def _sent_today(desk: Desk, address: str) -> int:
    """Return how many mails left for an address on this civil day, a digest counted once."""
    morning = datetime.combine(desk.today, time(), SHANGHAI).astimezone(UTC)
    query = sa.select(sa.func.count()).where(
        MESSAGE.c.office_id == desk.office_id,
        MESSAGE.c.recipient == address,
        MESSAGE.c.state.in_(GONE),
        MESSAGE.c.carried_by.is_(None),
        MESSAGE.c.kind.not_in(("portal_code",)),
        sa.or_(MESSAGE.c.settled_at.is_(None), MESSAGE.c.settled_at >= morning),
    )
    return int(desk.session.connection().execute(query).scalar_one())


def _beyond(desk: Desk, address: str, first: int, waiting: int) -> list[Message]:
    """Return the mails for an address that are not among the first ones, held for this transaction."""
    if waiting - first < 2:
        return []
    query = (
        select(Message)
        .where(_may_be_gathered(desk), col(Message.recipient) == address)
        .order_by(col(Message.not_before), col(Message.id))
        .offset(first)
        .with_for_update(skip_locked=True)
    )
    return list(desk.session.exec(query))


def _chunks(rows: Sequence[Message]) -> Iterator[Sequence[Message]]:
    for start in range(0, len(rows), MOST):
        if len(chunk := rows[start : start + MOST]) > 1:
            yield chunk


def _gather(desk: Desk, rows: Sequence[Message], report: SendReport) -> None:
    """Write the digest of some mails and put them into it."""
    first = rows[0]
    whom = sha256(first.recipient.encode()).hexdigest()[:16]
    to = Recipient(KIND, first.recipient_name, first.recipient)
    row = message_row(desk, KIND, f"digest/{whom}/{desk.today}/{first.id}", to)
    made = desk.session.connection().execute(sa.insert(MESSAGE).values(row))
    number = made.inserted_primary_key[0]  # type: ignore[index]  # an insert of one row always has its key
    for one in rows:
        with heeding(desk, one, report):
            one.carried_by = number
            desk.session.add(one)
    desk.session.flush()
    report.digests += 1
