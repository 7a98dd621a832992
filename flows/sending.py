"""The sender: several connections to the mail server, each claiming a few mails, handing them over, settling them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import DatabaseError

from casework.mail.claiming import LEASE, Claim, claim_batch, count_ready
from casework.mail.digesting import gather_digests
from casework.mail.reconciling import accept_what_was_opened, heed_relay_log
from casework.mail.recovering import abandoned, listen, recover
from casework.mail.sendreport import SendReport
from casework.mail.settling import Ended, settle_batch
from casework.ticks import remember
from core.errors import DatabaseFailed, DeliveryFailed
from delivery.handover import Handover
from delivery.journal import Journal, read_journal
from delivery.smtp import SmtpAccount, SmtpSession
from flows.edge import Edge
from models.database import why_refused
from models.revision import has_schema, require_schema
from system.failpoints import reach
from system.process import boot_id, is_dead, make_token, uptime_seconds

BATCH = 20  # mails of one claim: few enough that a sender can be stopped, many enough to spare commits
SETTLE_TRIES = (0.2, 1.0, 5.0)  # seconds: a busy database must not turn known ends into unknown ones

T = TypeVar("T")

log = logging.getLogger(__name__)
# Tokens of this process whose connection is closed: what they still hold is abandoned.
_over: set[str] = set()


def run_outbox(edge: Edge, limit: int | None = None, seconds: float | None = None) -> dict[str, object]:
    """Send what is ready, at most `limit` mails, and begin none after `seconds`.

    raises   DeliveryFailed when the server cannot be reached or refuses the login, or the journal cannot be written:
             no further mail was touched then
    """
    waiting, report = _or_mail_by_mail(lambda part: _put_in_order(edge, part), set())
    if report.held is None and waiting and limit != 0:
        _send_all(edge, report, _Quota(waiting if limit is None else min(limit, waiting), seconds))
    with edge.desk(readonly=True) as desk:
        report.left = count_ready(desk)
    return report.as_dict()


def _or_mail_by_mail(work: Callable[[SendReport], T], refused: set[int]) -> tuple[T, SendReport]:
    """Do one transaction; where the database refuses a mail in it, do it again with each mail by itself.

    refused   ids of the mails that were refused before, and of those that are refused now
    """
    if not refused:
        try:
            return work(report := SendReport()), report
        except DatabaseError as error:
            why = why_refused(error)  # what is not about a row is raised from here
            log.warning("数据库拒绝写入，改为逐封处理：%s", why)
    report = SendReport(careful=True, refused=refused)
    return work(report), report


def _put_in_order(edge: Edge, report: SendReport) -> int:
    """Settle what dead senders left, hear what became of unknown mails, make digests; return how many mails may go."""
    with edge.desk() as desk:
        require_schema(desk.session)
        report.held = desk.on_hold
        if report.held is not None:
            return 0
        left = abandoned(desk, lambda token: token in _over or is_dead(token))
        lines = read_journal(edge.settings.journal_folder, left.since) if left.rows else ()
        recover(desk, left, listen(lines, left.tokens), report)
        accept_what_was_opened(desk, report)
        heed_relay_log(desk, edge.settings.relay_log, report)
        gather_digests(desk, report)
        remember(desk, "outbox", boot=boot_id(), uptime=uptime_seconds())
        return count_ready(desk, now_only=True)


@dataclass(slots=True)
class _Quota:
    """How many mails a run may still begin, and until when; shared by its connections."""

    left: int
    seconds: float | None
    stopped: bool = False
    _began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, size: int) -> int:
        """Return how many mails a connection may claim now."""
        with self._lock:
            over = self.seconds is not None and time.monotonic() - self._began > self.seconds
            share = 0 if over or self.stopped else min(size, self.left)
            self.left -= share
            return share

    def give_back(self, mails: int) -> None:
        """Return what was taken and not claimed."""
        with self._lock:
            self.left += mails


def _send_all(edge: Edge, report: SendReport, quota: _Quota) -> None:
    """Send over as many connections as the settings and the mails ask for; the first opens before a mail is claimed.

    raises   the first failure of a connection, once all of them have settled what they had
    """
    with ExitStack() as stack:
        connections = list(_connect(edge, stack, quota, report.refused))
        with ThreadPoolExecutor(len(connections), thread_name_prefix="mail") as threads:
            ended = [threads.submit(one.work) for one in connections]
        for one in connections:
            report.add(one.report)
    for work in ended:
        work.result()


def _connect(edge: Edge, stack: ExitStack, quota: _Quota, refused: set[int]) -> Iterator[_Connection]:
    """Yield the connections of a run; one that cannot be opened besides the first is done without."""
    with edge.desk(readonly=True) as desk:
        office = desk.office.code
    useful = -(-quota.left // BATCH)
    yield _Connection(edge, office, stack.enter_context(_session(edge)), quota, refused)
    for _number in range(1, min(edge.settings.smtp_connections, useful)):
        try:
            yield _Connection(edge, office, stack.enter_context(_session(edge)), quota, refused)
        except DeliveryFailed as error:
            log.warning("少一个与邮件服务器的连接：%s", error)


def _session(edge: Edge) -> SmtpSession:
    settings = edge.settings
    if settings.smtp_url is None:
        raise DeliveryFailed(
            "没有设置邮件服务器",
            retry=True,
            found="DUCHA_SMTP_URL 为空",
            expected="smtp[s]://用户:口令@主机:端口",
            remedy="设置 DUCHA_SMTP_URL 后重试；待发邮件均未改动",
        )
    return SmtpSession(
        SmtpAccount.parse(settings.smtp_url.get_secret_value()),
        connect_timeout=settings.smtp_timeout,
        command_timeout=settings.smtp_timeout,
        data_timeout=settings.smtp_data_timeout,
    )


class _Connection:
    """One connection at work, in a thread of its own."""

    def __init__(
        self, edge: Edge, office: str, session: SmtpSession, quota: _Quota, refused: set[int]
    ) -> None:
        self.report = SendReport()
        self._edge = edge
        self._quota = quota
        self._refused = refused
        self._token = make_token()
        journal = Journal(edge.settings.journal_folder)
        self._handover = Handover(session, journal, office, self._token, edge.clock.now)

    def work(self) -> None:
        """Claim, send and settle until nothing is left that may go; raise what stopped it after settling."""
        with self._held():
            self._handover.open()
            claims = self._settle([], [])
            while claims:
                claims = self._settle(*self._send(claims))
        if self._handover.failure is not None:
            raise self._handover.failure

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Let it be known at the end that nobody works on this connection's mails any more."""
        try:
            yield
        finally:
            _over.add(self._token)
            self._handover.close()

    def _send(self, claims: list[Claim]) -> tuple[list[Ended], list[Claim]]:
        """Hand mails over; return those that ended and those that were not begun."""
        # A lease is never used up: another machine may call unknown what it covers when it is over.
        until = time.monotonic() + LEASE.total_seconds() / 2
        receipts = self._handover.carry(
            [claim.parcel for claim in claims], lambda: not self._quota.stopped and time.monotonic() < until
        )
        unsent = claims[len(receipts) :]
        self._quota.stopped = self._quota.stopped or bool(unsent)
        return [Ended(*pair) for pair in zip(claims, receipts, strict=False)], unsent

    def _settle(self, ended: list[Ended], unsent: list[Claim]) -> list[Claim]:
        """Settle one batch and claim the next; a busy database is asked again.

        raises   DatabaseFailed at last; the journal then tells the ends to the next run
        """
        share = self._quota.take(BATCH)
        for pause in SETTLE_TRIES:
            try:
                return self._try_to_settle(ended, unsent, share)
            except DatabaseFailed:
                time.sleep(pause)
        return self._try_to_settle(ended, unsent, share)

    def _try_to_settle(self, ended: list[Ended], unsent: list[Claim], share: int) -> list[Claim]:
        """Settle and claim in one transaction."""

        def work(part: SendReport) -> list[Claim]:
            with self._edge.desk() as desk:
                settle_batch(desk, ended, unsent, part)
                reach("sender.before_settling_is_committed")
                # What is on its way is settled as far as an old program can; it claims nothing after a migration.
                may = share and has_schema(desk.session)
                return claim_batch(desk, self._token, share, part) if may else []

        claims, part = _or_mail_by_mail(work, self._refused)
        reach("sender.after_claiming_is_committed")
        self.report.add(part)
        self._quota.give_back(share - len(claims))
        return claims
