"""After a sender died, or was cut off: what the journal of this machine tells about the mails it had claimed.

Claimed and never begun: ready again. Begun and answered: as the answer said. Begun and not answered: unknown, for a
person. Mails claimed on another machine are unknown once their lease is over; that machine's journal may tell later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.refusals import heeding
from casework.mail.sendreport import SendReport
from casework.mail.settling import IN_PROGRESS, NOT_BEGUN, finish, put_back, settle_one
from core.life.lives import MessageAct, MessageState
from delivery.journal import Line, Mark
from delivery.smtp import Outcome
from models.message import Message

INTERRUPTED = "发送进程中断，结果不明"
MARGIN = timedelta(days=2)  # a journal file is named by the UTC day; clocks may be set back a little


@dataclass(slots=True)
class Told:
    """What a journal tells of some senders: who began, and (outcome, reply) of each mail, None for no answer."""

    senders: set[str] = field(default_factory=set)
    mails: dict[tuple[str, str], tuple[str, str] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Mails in doubt: `rows` of dead senders of this machine, `expired` of any sender whose lease is over."""

    rows: list[Message]
    expired: list[Message]

    @property
    def tokens(self) -> set[str]:
        return {row.token for row in self.rows if row.token}

    @property
    def since(self) -> datetime:
        """The instant from which the journal must be read."""
        return min(row.queued_at for row in self.rows) - MARGIN


def abandoned(desk: Desk, is_dead: Callable[[str], bool]) -> Abandoned:
    """Return the mails that no living sender works on.

    is_dead   tells of a token whether its sender is known to be gone from this machine
    """
    query = select(Message).where(
        col(Message.office_id) == desk.office_id,
        col(Message.state).in_(IN_PROGRESS),
        col(Message.token).is_not(None),
    )
    rows = list(desk.session.exec(query.order_by(col(Message.id)).with_for_update(skip_locked=True)))
    dead = [row for row in rows if is_dead(row.token or "")]
    over = [
        row
        for row in rows
        if row not in dead
        and row.state == MessageState.SENDING
        and (row.lease_until is None or row.lease_until < desk.now)
    ]
    return Abandoned(dead, over)


def listen(lines: Iterable[Line], tokens: set[str]) -> Told:
    """Return what a journal tells of some senders."""
    told = Told()
    for line in lines:
        if line.token not in tokens:
            continue
        told.senders.add(line.token)
        if line.mark == Mark.OPEN:
            continue
        answer = (line.outcome, line.reply) if line.mark == Mark.END else None
        for message_id in (line.message_id, *line.members):
            told.mails[line.token, message_id] = answer or told.mails.get((line.token, message_id))
    return told


def recover(desk: Desk, left: Abandoned, told: Told, report: SendReport) -> None:
    """Bring abandoned mails to where they belong."""
    for message in left.rows:
        with heeding(desk, message, report):
            _recover_one(desk, message, told, report)
    for message in left.expired:
        with heeding(desk, message, report):
            _lose(desk, message, report, for_good=False)


def _recover_one(desk: Desk, message: Message, told: Told, report: SendReport) -> None:
    token = message.token or ""
    if token not in told.senders:
        _lose(desk, message, report, for_good=True)
    elif (token, message.message_id) not in told.mails:
        put_back(desk, message, NOT_BEGUN)
        report.recovered += 1
    elif (answer := told.mails[token, message.message_id]) is None or answer[0] == Outcome.UNKNOWN:
        _lose(desk, message, report, for_good=True)  # its sender did not learn more either
    else:
        settle_one(desk, message, Outcome(answer[0]), answer[1])
        report.recovered += 1


def _lose(desk: Desk, message: Message, report: SendReport, *, for_good: bool) -> None:
    """Call a mail unknown; `for_good` when nothing of this machine can tell more, so that it is not asked again."""
    if message.state == MessageState.SENDING:
        finish(desk, message, MessageAct.LOSE_TRACK, INTERRUPTED)
        report.unknown += 1
    if for_good:
        message.token = None
        desk.session.add(message)
