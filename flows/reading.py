"""Reading the mailbox: one mail a transaction, marked in the mailbox only after the database has it.

A process that dies in between leaves a mail either unread or known; what is known is marked by the next run and has no
effect again.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from casework.mail.intake import Arrival, known_keys, set_aside, take_in
from casework.mail.intakereturns import retry_returned
from casework.ticks import remember
from core.errors import DatabaseFailed
from core.inbound import InboundKind
from delivery.inbound.boxes import Box, Maildir, Unreadable, Waiting
from delivery.inbound.classifying import Verdict, classify
from delivery.inbound.reading import InboundLetter, headers_of, read_letter
from flows.edge import Edge
from flows.jobs import ELSEWHERE
from models.record import Tick
from system.failpoints import reach
from system.process import boot_id, uptime_seconds
from system.settings import Settings

INTAKE_SLICE = 200  # mails of one run, so that it ends within minutes
HEAD_BYTES = 65_536  # of a mail that is too large
OVERLAP = timedelta(days=7)  # looked at again beyond the last run: nothing that came late is missed
JOB = "intake"


@dataclass(slots=True)
class IntakeReport:
    """What a run read, as outside programs read it: mails by kind, what is left, what was set aside."""

    read: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    retried: int = 0
    left: int = 0
    held: str | None = None
    skipped: str | None = None
    set_aside: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run_intake(edge: Edge, limit: int | None = INTAKE_SLICE, box: Box | None = None) -> dict[str, object]:
    """Read what is new in the mailbox, and send once more what came back for a passing reason; safe to run twice.

    box      instead of the one that the settings name
    raises   DeliveryFailed when the mailbox cannot be read; what was read before stays
    """
    with edge.alone("intake") as own:
        if own is None:
            return {"today": edge.clock.today().isoformat(), "skipped": ELSEWHERE}
        return _read_in(own, limit, box)


def _read_in(edge: Edge, limit: int | None, box: Box | None) -> dict[str, object]:
    report = IntakeReport()
    since = _begin(edge, report)
    box = box or box_of(edge.settings)
    if box is None:
        report.skipped = "没有设置收信邮箱（DUCHA_INBOX_URL 或 DUCHA_INBOX_MAILDIR）"
    elif report.held is None:
        _read_box(edge, box, since, limit, report)
    return report.as_dict()


def _begin(edge: Edge, report: IntakeReport) -> date:
    """Send again what is due for it, and return the day from which mails are looked at; nothing while ducha is held."""
    with edge.desk() as desk:
        report.held = desk.on_hold
        if report.held is None:
            report.retried = retry_returned(desk)
        return _since(edge, desk.session.get(Tick, (desk.office_id, JOB)))


def box_of(settings: Settings) -> Box | None:
    """Return the mailbox that the settings name, the maildir before the account; None without either."""
    if settings.inbox_maildir is not None:
        return Maildir(Path(settings.inbox_maildir))
    if settings.inbox_url is None:
        return None
    from delivery.inbound.account import InboxAccount
    from delivery.inbound.imap import Imap  # a machine that reads a maildir needs no IMAP

    account = InboxAccount.parse(settings.inbox_url.get_secret_value())
    return Imap(account, settings.smtp_timeout)


def _since(edge: Edge, tick: Tick | None) -> date:
    """Return the day from which mails are looked at: some days before the last good run, at first `inbox_days` back."""
    first = edge.clock.today() - timedelta(days=edge.settings.inbox_days)
    return min(first, tick.on_day - OVERLAP) if tick is not None else first


def _read_box(edge: Edge, box: Box, since: date, limit: int | None, report: IntakeReport) -> None:
    with box:
        waiting = box.look(since)
        with edge.desk(readonly=True) as desk:
            known = known_keys(desk, box.name, [one.key for one in waiting])
            ours = frozenset(
                address.lower() for address in (edge.settings.mail_from, desk.office_rules.mail.reply_to) if address
            )  # fmt: skip
        unmarked = [one.key for one in waiting if one.key in known and not one.marked]
        if unmarked:
            box.mark(unmarked)
        fresh = [one for one in waiting if one.key not in known]
        for one in fresh[:limit]:
            _take(edge, box, one, ours, report)
        report.left = len(fresh[limit:]) if limit is not None else 0
    with edge.desk() as desk:
        remember(desk, JOB, boot=boot_id(), uptime=uptime_seconds())


def _take(edge: Edge, box: Box, one: Waiting, ours: frozenset[str], report: IntakeReport) -> None:
    """Read, classify and write down one mail; whatever is wrong with it, the others are read."""
    arrival = _arrival(edge, box, one, ours)
    reach("intake.read")
    try:
        _write(edge, arrival, report)
    except DatabaseFailed:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a mail of a stranger brings about, the next one is read
        _put_aside(edge, arrival, error, report)
    reach("intake.written")
    box.mark([one.key])


def _write(edge: Edge, arrival: Arrival, report: IntakeReport) -> None:
    with edge.desk() as desk:
        row = take_in(desk, arrival)
        kind = row.kind
    report.read += 1
    report.kinds[kind] = report.kinds.get(kind, 0) + 1


def _put_aside(edge: Edge, arrival: Arrival, error: Exception, report: IntakeReport) -> None:
    with edge.desk(readonly=True) as desk:
        if isinstance(error, IntegrityError) and known_keys(desk, arrival.source, [arrival.key]):
            return  # another reader was quicker
    said = f"{type(error).__name__}: {error}"[:300]
    with edge.desk() as desk:
        set_aside(desk, arrival, said)
    report.set_aside.append(f"{arrival.key}：{said}")


def _arrival(edge: Edge, box: Box, one: Waiting, ours: frozenset[str]) -> Arrival:
    largest = edge.settings.inbox_megabytes * 1024 * 1024
    try:
        mime = box.fetch(one.key, HEAD_BYTES if one.size > largest else largest + 1)
    except Unreadable as error:
        return _made(box, one, b"", InboundLetter(), Verdict(InboundKind.BROKEN, str(error)[:200]))
    if one.size > largest or len(mime) > largest:
        said = f"{max(one.size, len(mime)) // 1024 // 1024}兆字节，超过{edge.settings.inbox_megabytes}兆"
        return _made(box, one, mime, headers_of(mime), Verdict(InboundKind.TOO_LARGE, said))
    letter = read_letter(mime)
    return _made(box, one, mime, letter, classify(letter, mime, ours))


def _made(box: Box, one: Waiting, mime: bytes, letter: InboundLetter, verdict: Verdict) -> Arrival:
    digest = hashlib.sha256(mime or f"{box.name}/{one.key}".encode()).hexdigest()
    return Arrival(box.name, one.key, max(one.size, len(mime)), digest, mime, letter, verdict)
