"""What else tells the fate of a mail: the portal its link opened, the log of a relay, a journal after a restore."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.refusals import heeding
from casework.mail.sendreport import SendReport
from casework.mail.settling import THING, finish
from casework.moves import move
from core.errors import DeliveryFailed
from core.life.lives import MESSAGE_MOVES, MessageAct, MessageState
from delivery.journal import Line, Mark
from delivery.relaylog import read_relay_log
from delivery.smtp import Outcome
from models.account import PortalLink
from models.document import Document
from models.message import JournalledMail, Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
TAIL_BYTES = 50_000_000  # of a relay's log: some days of a busy one
BACK = (MessageState.BOUNCED.value, MessageState.REJECTED.value)
OPEN = (MessageState.READY.value, MessageState.SENDING.value, MessageState.UNKNOWN.value)


@dataclass(slots=True)
class Compared:
    """What a journal knew better than a restored database.

    accepted, unknown   mails settled by it
    missing             mails that the database does not know: their causes will not send them again unasked
    numbers             numbers of documents that went out and that the database does not know, to be voided
    """

    accepted: int = 0
    unknown: int = 0
    missing: int = 0
    numbers: list[str] = field(default_factory=list)


def accept_what_was_opened(desk: Desk, report: SendReport) -> None:
    """Settle unknown mails whose link somebody opened with a code: they have arrived."""
    query = (
        select(Message, PortalLink.opened_at)
        .join(PortalLink, col(PortalLink.message_id) == col(Message.id))
        .where(
            col(Message.office_id) == desk.office_id,
            col(Message.state) == MessageState.UNKNOWN.value,
            col(PortalLink.opened_at).is_not(None),
        )
    )
    for message, opened_at in desk.session.exec(query).all():
        assert opened_at is not None  # as asked for
        wall = opened_at.astimezone(SHANGHAI)
        with heeding(desk, message, report):
            finish(desk, message, MessageAct.ACCEPT, f"收件人已于{wall:%Y-%m-%d %H:%M}用邮件中的链接打开文书")
            report.recovered += 1


def heed_relay_log(desk: Desk, log: Path | None, report: SendReport) -> None:
    """Settle unknown mails that the relay of this machine took, as its log says.

    raises   DeliveryFailed when the log is set and cannot be read
    """
    if log is None:
        return
    query = select(Message).where(
        col(Message.office_id) == desk.office_id, col(Message.state) == MessageState.UNKNOWN.value
    )
    unknown = {row.message_id: row for row in desk.session.exec(query)}
    if not unknown:
        return
    passed = read_relay_log(_tail(log), unknown)
    for message_id, seen in passed.items():
        said = f"中继日志：队列号{seen.queue_id}，{seen.status}" + (f"（{seen.words}）" if seen.words else "")
        with heeding(desk, unknown[message_id], report):
            finish(desk, unknown[message_id], MessageAct.ACCEPT, said)
            report.recovered += 1


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise DeliveryFailed(
            "中继日志读不出来", retry=True, found=f"{error.strerror}：{log}", expected="可读的日志文件",
            remedy="检查 DUCHA_RELAY_LOG 和文件权限；不用的留空",
        ) from error  # fmt: skip


def compare_with_journal(desk: Desk, lines: Iterable[Line]) -> Compared:
    """Bring a restored database up to what the journal says went out; run before the HOLD ends.

    A mail that was taken is accepted; one that had begun and got no answer is unknown. Mails that the restored database
    does not know are kept, so that the same cause is not mailed a second time without a person.

    source   reliability.md 9.5
    """
    compared = Compared()
    told: dict[str, Line] = {}
    for line in lines:
        if line.mark != Mark.OPEN and line.office == desk.office.code:
            for message_id in (line.message_id, *line.members):
                if told.get(message_id) is None or line.mark == Mark.END:
                    told[message_id] = line
    for message_id, line in told.items():
        if line.mark == Mark.BEGIN or line.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            _compare(desk, message_id, line, compared)
    known = set(desk.session.exec(select(Document.number).where(col(Document.office_id) == desk.office_id)))
    compared.numbers = sorted({line.number for line in told.values() if line.number} - known)
    return compared


def _compare(desk: Desk, message_id: str, line: Line, compared: Compared) -> None:
    accepted = line.mark == Mark.END and line.outcome == Outcome.ACCEPTED
    query = select(Message).where(
        col(Message.office_id) == desk.office_id, col(Message.message_id) == message_id
    )
    message = desk.session.exec(query).first()
    if message is None:
        _keep(desk, message_id, line, accepted=accepted)
        compared.missing += 1
        return
    if _went_again(message, line):
        move(desk, message, MESSAGE_MOVES, MessageAct.RESEND, subject="message", thing=THING)
    if message.state in OPEN:
        if message.state != MessageState.UNKNOWN:
            finish(desk, message, MessageAct.LOSE_TRACK, "邮件日志：正文已发出")
            compared.unknown += not accepted
        if accepted:
            finish(desk, message, MessageAct.ACCEPT, f"邮件日志：{line.reply}")
            compared.accepted += 1


def _went_again(message: Message, line: Line) -> bool:
    """Tell whether a mail that had come back, or was refused, was sent once more in the time that a restore lost."""
    settled = message.settled_at
    return message.state in BACK and settled is not None and datetime.fromisoformat(line.at) > settled


def _keep(desk: Desk, message_id: str, line: Line, *, accepted: bool) -> None:
    if desk.session.get(JournalledMail, (desk.office_id, message_id)) is None:
        outcome = (MessageState.ACCEPTED if accepted else MessageState.UNKNOWN).value
        desk.session.add(
            JournalledMail(
                office_id=desk.office_id, message_id=message_id, outcome=outcome, reply=line.reply,
                at=datetime.fromisoformat(line.at), number=line.number,
            )
        )  # fmt: skip
