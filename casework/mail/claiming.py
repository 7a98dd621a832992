"""Claiming mails: a few at a time for one connection, ready -> sending, committed before any of them is handed over.

Nobody else takes what is claimed. What the pace, the budget or the hours of the office do not allow stays ready.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.accounts.portalcodes import CODE_KIND
from casework.desk import Desk
from casework.mail.bodies import Ahead, body_of, carried_by, read_ahead
from casework.mail.filling import fill
from casework.mail.pacing import Pace, count_today, read_pace
from casework.mail.queueing import NothingToSay
from casework.mail.refusals import heeding
from casework.mail.sendreport import SendReport
from casework.mail.settling import THING, finish
from casework.moves import move
from casework.turns import note_held
from core.errors import DuchaError
from core.life.lives import MESSAGE_MOVES, MessageAct, MessageState
from delivery.handover import Parcel
from models.base import key_of
from models.document import Document
from models.message import JournalledMail, Message

LEASE = timedelta(minutes=15)
UNREADABLE = (DuchaError, ValueError, TypeError, LookupError)
AT_ONCE = frozenset({CODE_KIND})  # somebody waits for it at a screen: neither hours nor digests hold it up


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that one connection alone may hand over now.

    members   the rows of the mails that go out inside it, when it is a digest
    """

    id: int
    token: str
    domain: str
    members: tuple[int, ...]
    parcel: Parcel


def claim_batch(desk: Desk, token: str, size: int, report: SendReport) -> list[Claim]:
    """Claim at most `size` mails, those first that somebody waits for, then the oldest.

    A mail that cannot be composed is set aside as rejected, one that has lost its matter is cancelled, one that a
    journal knows is settled by it; the next is taken instead.
    """
    if desk.on_hold is not None:
        return []
    pace = read_pace(desk)
    known = _journalled(desk)
    claims: list[Claim] = []
    while len(claims) < size and pace.room() != 0:
        rows = _next_rows(desk, size - len(claims), pace.closed(), report.refused)
        if not rows:
            break
        ahead = read_ahead(desk, rows)
        with (
            desk.session.no_autoflush
        ):  # nothing that is asked below depends on what was claimed a moment ago
            for message in rows:
                claimed: list[Claim] = []
                with heeding(desk, message, report):
                    if message.message_id in known:
                        _settle_by_journal(desk, message, known[message.message_id])
                    elif pace.lets(message.domain):
                        claimed = _claim(desk, message, token, ahead, report)
                claims += [one for one in claimed if one.id not in report.refused]
    pace.save()
    count_today(desk, len(claims))
    _say_why_others_wait(desk, pace, report)
    return claims


def _next_rows(desk: Desk, size: int, closed: Sequence[str], without: Collection[int] = ()) -> list[Message]:
    """Return mails that may go now, held for this transaction; of two senders none waits for the other.

    closed    domains to which nothing may go now
    without   ids of mails that are left alone
    """
    hours = desk.office_rules.mail.sending_hours
    open_now = hours is None or hours.are_open(desk.now, desk.calendar)
    query = (
        select(Message)
        .where(
            col(Message.office_id) == desk.office_id,
            col(Message.state) == MessageState.READY.value,
            col(Message.not_before) <= desk.now,
            col(Message.carried_by).is_(None),
        )
        .order_by(col(Message.not_before), col(Message.id))
        .limit(size)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if without:
        query = query.where(col(Message.id).not_in(without))
    if closed:
        query = query.where(col(Message.domain).not_in(closed))
    rows = list(desk.session.exec(query.where(col(Message.kind).in_(AT_ONCE))))
    if len(rows) < size and open_now:
        others = query.where(col(Message.kind).not_in(AT_ONCE)).limit(size - len(rows))
        rows += desk.session.exec(others)
    note_held(desk, rows)
    return rows


def _claim(desk: Desk, message: Message, token: str, ahead: Ahead, report: SendReport) -> list[Claim]:
    """Claim one mail with what it carries; an empty list when there is nothing to send."""
    sender = desk.settings.mail_from or desk.office_rules.mail.reply_to
    try:
        body = body_of(desk, message, sender, ahead)
        members = carried_by(desk, message)
        mime = fill(desk, message, body.mime, members)
    except NothingToSay as reason:
        finish(desk, message, MessageAct.CANCEL, f"不再需要：{reason}")
        return []
    except UNREADABLE as error:  # one mail that cannot be made must not stop the others
        report.rejected += 1
        report.problems.append(f"邮件{message.id}：{error}")
        finish(desk, message, MessageAct.REJECT, f"未能生成：{error}"[:500])
        return []
    for row in (message, *members):
        move(desk, row, MESSAGE_MOVES, MessageAct.CLAIM, subject="message", thing=THING)
        row.token, row.lease_until = token, desk.now + LEASE
        row.attempts += 1
        desk.session.add(row)
    parcel = Parcel(
        message.message_id, sender, message.recipient, mime, body.sha256, _number_of(desk, message),
        tuple(row.message_id for row in members),
    )  # fmt: skip
    return [Claim(key_of(message), token, message.domain, tuple(key_of(row) for row in members), parcel)]


def _number_of(desk: Desk, message: Message) -> str:
    if message.document_id is None:
        return ""
    return desk.session.get_one(Document, message.document_id).number or ""


def _journalled(desk: Desk) -> dict[str, JournalledMail]:
    """Return what a journal told after a restore of mails that the database may queue a second time."""
    query = select(JournalledMail).where(col(JournalledMail.office_id) == desk.office_id)
    return {row.message_id: row for row in desk.session.exec(query)}


def _settle_by_journal(desk: Desk, message: Message, said: JournalledMail) -> None:
    """Leave a mail to a person whose cause was mailed in the time that a restore lost: its words may differ.

    The word of the journal is heeded once: a person who has it sent again is not asked a second time.
    """
    desk.session.delete(said)
    finish(
        desk, message, MessageAct.LOSE_TRACK,
        f"恢复前的邮件日志中已有同一邮件（{said.at:%Y-%m-%d %H:%M}Z，{said.reply or '无应答'}），核对后再决定是否重发",
    )  # fmt: skip


def _say_why_others_wait(desk: Desk, pace: Pace, report: SendReport) -> None:
    hours = desk.office_rules.mail.sending_hours
    if hours is not None and not hours.are_open(desk.now, desk.calendar):
        report.wait("不在发信时段，到时自动发出")
    if pace.left_today == 0:
        report.wait("今日发信额度已用完，次日自动发出")
    if pace.closed() or (pace.left_today != 0 and pace.room() == 0):
        report.wait("已达到发信速度上限，稍后自动发出")


def count_ready(desk: Desk, *, now_only: bool = False) -> int:
    """Return how many mails wait to be sent, those inside digests counted with their digest only.

    now_only   only those whose time has come
    """
    query = (
        sa.select(sa.func.count())
        .select_from(Message)
        .where(
            col(Message.office_id) == desk.office_id,
            col(Message.state) == MessageState.READY.value,
            col(Message.carried_by).is_(None),
        )
    )
    if now_only:
        query = query.where(col(Message.not_before) <= desk.now)
    return int(desk.session.connection().execute(query).scalar_one())
