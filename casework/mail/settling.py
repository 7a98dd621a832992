"""Settling mails: what the server said is written down once, by whoever handed a mail over or knows for certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.pacing import ACCOUNT, Pace, count_today, read_pace
from casework.mail.refusals import heeding
from casework.mail.sendreport import SendReport
from casework.moves import move
from casework.turns import note_held
from core.life.lives import MESSAGE_MOVES, MessageAct, MessageState
from core.mail.pacing import asks_to_slow_down
from delivery.smtp import Outcome, Phase, Receipt
from models.message import Message

if TYPE_CHECKING:
    from casework.mail.claiming import Claim

THING = "邮件"
BACK_OFF = tuple(timedelta(minutes=m) for m in (2, 10, 30, 60, 240))
GIVE_UP = timedelta(days=5)  # as mail servers do (RFC 5321, 4.5.4.1): then a person must find another way
NOT_BEGUN = "发送中止，未开始投递"
IN_PROGRESS = (MessageState.SENDING.value, MessageState.UNKNOWN.value)
ACTS = {
    Outcome.ACCEPTED: MessageAct.ACCEPT,
    Outcome.REJECTED: MessageAct.REJECT,
    Outcome.DEFERRED: MessageAct.DEFER,
    Outcome.UNKNOWN: MessageAct.LOSE_TRACK,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A claimed mail and how handing it over ended."""

    claim: Claim
    receipt: Receipt


def settle_batch(desk: Desk, ended: Sequence[Ended], unsent: Sequence[Claim], report: SendReport) -> None:
    """Write down how mails ended, and give back those that were not begun.

    A mail that was taken away meanwhile is left to whoever holds it; one that was called unknown meanwhile gets its
    true end here, late.
    """
    if not ended and not unsent:
        return
    rows = _rows(desk, [one.claim for one in ended] + list(unsent))
    pace = read_pace(desk)
    _learn(pace, ended)
    for one in ended:
        _count(report, one.receipt.outcome)
        for number in (one.claim.id, *one.claim.members):
            if (message := rows.get(number)) is not None and message.token == one.claim.token:
                with heeding(desk, message, report):
                    settle_one(desk, message, one.receipt.outcome, one.receipt.reply)
    for claim in unsent:
        for number in (claim.id, *claim.members):
            if (message := rows.get(number)) is not None and message.token == claim.token:
                with heeding(desk, message, report):
                    put_back(desk, message, NOT_BEGUN)
    pace.save()
    count_today(desk, -len(unsent))


def _rows(desk: Desk, claims: Sequence[Claim]) -> dict[int, Message]:
    numbers = [number for claim in claims for number in (claim.id, *claim.members)]
    query = select(Message).where(
        col(Message.office_id) == desk.office_id,
        col(Message.id).in_(numbers),
        col(Message.state).in_(IN_PROGRESS),
    )
    locked = query.order_by(col(Message.id)).with_for_update().execution_options(populate_existing=True)
    found = desk.session.exec(locked).all()
    note_held(desk, found)
    return {row.id: row for row in found if row.id is not None}


def _count(report: SendReport, outcome: Outcome) -> None:
    setattr(report, outcome.value, getattr(report, outcome.value) + 1)


def _learn(pace: Pace, ended: Sequence[Ended]) -> None:
    """Slow down where a server asked for it, once for all that were sent at the same pace."""
    for one in ended:
        if one.receipt.outcome is Outcome.ACCEPTED:
            pace.please(one.claim.domain)
    for name in {_who_complained(one) for one in ended if asks_to_slow_down(one.receipt.reply)}:
        pace.slow_down(name)


def _who_complained(one: Ended) -> str:
    """Return the account where its server did not want to know yet for whom a mail is, else the domain."""
    early = one.receipt.phase in (Phase.CONNECT, Phase.MAIL) or one.receipt.reply.startswith("421")
    return ACCOUNT if early else one.claim.domain


def settle_one(desk: Desk, message: Message, outcome: Outcome, reply: str) -> None:
    """Settle a mail that is being sent, or was lost from sight, by what is known of it for certain."""
    if outcome is Outcome.DEFERRED:
        give_back(desk, message, reply)
    elif outcome is not Outcome.UNKNOWN or message.state != MessageState.UNKNOWN:
        finish(desk, message, ACTS[outcome], reply)


def give_back(desk: Desk, message: Message, reply: str) -> None:
    """Put back a mail that certainly was not delivered, later each time; after five days a person must see to it.

    Days on which nobody tried, because the machine was off or it was a holiday, do not count against the mail.
    """
    if desk.now - message.queued_at > GIVE_UP and message.attempts > len(BACK_OFF):
        finish(desk, message, MessageAct.REJECT, f"{GIVE_UP.days}日未能投递：{reply}"[:500])
        return
    put_back(desk, message, reply)
    message.not_before = desk.now + BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    message.smtp_reply = reply[:500]


def put_back(desk: Desk, message: Message, why: str) -> None:
    """Make a claimed mail ready again at once: its handing over had not begun."""
    move(
        desk, message, MESSAGE_MOVES, MessageAct.DEFER, subject="message", thing=THING, detail={"reply": why}
    )
    message.token = message.lease_until = message.settled_at = None
    desk.session.add(message)


def finish(desk: Desk, message: Message, act: MessageAct, reply: str) -> None:
    """Carry out a last act on a mail with the words that go with it.

    One whose end is unknown keeps its token: its sender, or the journal of its machine, may still tell.
    """
    move(desk, message, MESSAGE_MOVES, act, subject="message", thing=THING, detail={"reply": reply[:500]})
    message.smtp_reply = reply[:500] or "（无应答文字）"
    message.settled_at = desk.now
    message.lease_until = None
    if act is not MessageAct.LOSE_TRACK:
        message.token = None
    desk.session.add(message)
