"""The recurring jobs as plain functions: each opens its transactions, calls casework, and may run twice or late.

Prefect flows, the single-box clock, the command and the demo all come through here; nothing here decides.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from casework.desk import Desk, at_desk
from casework.lights.deadlines import batches, due_cases, set_aside, sweep_batch
from casework.lights.rungs import SweepReport
from casework.lights.standing import left_behind
from casework.linkage.referrals import watch
from casework.mail.outbox import (
    Claim,
    SendReport,
    claim_next,
    count_ready,
    give_back,
    lose_expired,
    sending_tokens,
    settle,
)
from casework.mail.reminders import remind
from casework.paperwork.documents import find_document, sign_by_authorisation
from casework.ticks import check_clock, hold_reason, remember
from core.errors import DeliveryFailed, Refused
from delivery.smtp import Outcome, Phase, Receipt, SmtpAccount, SmtpSession
from models.audit import write_checkpoint
from models.message import Message
from system.clock import civil_day, now, on_day
from system.process import boot_id, is_dead, make_token, uptime_seconds
from system.settings import Settings


class Clock(Protocol):
    """Where a job takes its day and instant from."""

    @property
    def explicit(self) -> bool: ...
    def today(self) -> date: ...
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class WallClock:
    """The machine's clock; a day named by a person replaces the civil day at the present Shanghai time."""

    day: date | None = None

    @property
    def explicit(self) -> bool:
        return self.day is not None

    def today(self) -> date:
        return self.day or civil_day(now())

    def now(self) -> datetime:
        return on_day(self.day, now()) if self.day else now()


@dataclass(frozen=True, slots=True)
class Edge:
    """What every job needs: the database, the settings and a clock."""

    engine: sa.Engine
    settings: Settings
    clock: Clock

    def desk(self, *, by: str | None = None, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk in one transaction."""
        return at_desk(
            self.engine,
            self.settings,
            by=by,
            today=self.clock.today(),
            now=self.clock.now(),
            readonly=readonly,
        )


def run_sweep(edge: Edge) -> dict[str, object]:
    """Sweep every case that is due today; a second run of the day does nothing."""
    report = SweepReport(edge.clock.today())
    due, left = _begin_sweep(edge, report)
    for number in left:
        report.went(_let_go(edge, number, report), was_drafted=False)
    for batch in batches(due, edge.settings.batch):
        _sweep_one(edge, batch, report)
    return report.as_dict()


def _begin_sweep(edge: Edge, report: SweepReport) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the cases that are due and the drafts an interrupted sweep left to go; nothing while ducha is held."""
    boot, uptime = boot_id(), uptime_seconds()
    with edge.desk() as desk:
        report.held = hold_reason(desk) or check_clock(
            desk, "sweep", boot=boot, uptime=uptime, explicit=edge.clock.explicit
        )
        if report.held is not None:
            return [], []
        remember(desk, "sweep", boot=boot, uptime=uptime)
        return due_cases(desk.session, desk.office_id, desk.today), left_behind(desk)


def _sweep_one(edge: Edge, batch: list[int], report: SweepReport, *, again: bool = False) -> None:
    """Sweep a batch; when the database refuses it, find the row that is poisoned."""
    try:
        with edge.desk() as desk:
            part = SweepReport(report.today)
            authorised = sweep_batch(desk, batch, part)
    except IntegrityError as error:
        _isolate(edge, batch, str(error.orig), report, again=again)
        return
    report.add(part)
    for number in authorised:
        report.went(_let_go(edge, number, report), was_drafted=True)


def _isolate(edge: Edge, batch: list[int], why: str, report: SweepReport, *, again: bool) -> None:
    """Sweep the halves of a refused batch; a single row gets a second try, for another sweeper may have been first."""
    if again:
        _set_aside(edge, batch[0], why, report)
    elif len(batch) == 1:
        _sweep_one(edge, batch, report, again=True)
    else:
        half = len(batch) // 2
        _sweep_one(edge, batch[:half], report)
        _sweep_one(edge, batch[half:], report)


def _set_aside(edge: Edge, case_id: int, why: str, report: SweepReport) -> None:
    with edge.desk() as desk:
        set_aside(desk, [(case_id, why[:300])], report)


def _let_go(edge: Edge, document_id: int, report: SweepReport) -> str | None:
    """Sign and issue one draft by its standing authorisation and return its kind; None when it waits for its signer."""
    try:
        with edge.desk() as desk:
            document = find_document(desk, document_id)
            sign_by_authorisation(desk, document)
            kind, went = document.kind, document.issued_on is not None
    except Refused as error:
        report.set_aside.append({"document": str(document_id), "error": str(error)[:300]})
        return None
    return kind if went else None


def run_outbox(edge: Edge, limit: int | None = None) -> dict[str, object]:
    """Send what is ready, at most `limit` mails.

    raises   DeliveryFailed when the server cannot be reached or refuses the login; no mail was touched then
    """
    report = SendReport()
    with edge.desk() as desk:
        report.held = hold_reason(desk)
        if report.held is None:
            report.unknown += lose_expired(desk, {token for token in sending_tokens(desk) if is_dead(token)})
            remember(desk, "outbox", boot=boot_id(), uptime=uptime_seconds())
        waiting = count_ready(desk, desk.now)
    if report.held is None and waiting:
        _send_all(edge, report, limit)
    with edge.desk(readonly=True) as desk:
        report.left = count_ready(desk)
    return report.as_dict()


def _account(edge: Edge) -> SmtpAccount:
    if edge.settings.smtp_url is None:
        raise DeliveryFailed(
            "没有设置邮件服务器",
            retry=True,
            found="DUCHA_SMTP_URL 为空",
            expected="smtp[s]://用户:口令@主机:端口",
            remedy="设置 DUCHA_SMTP_URL 后重试；待发邮件均未改动",
        )
    return SmtpAccount.parse(edge.settings.smtp_url.get_secret_value())


def _send_all(edge: Edge, report: SendReport, limit: int | None) -> None:
    wait = edge.settings.smtp_timeout
    token = make_token()
    with SmtpSession(
        _account(edge), connect_timeout=wait, command_timeout=wait, data_timeout=wait
    ) as session:
        with edge.desk() as desk:
            claim = claim_next(desk, token, report) if limit != 0 else None
        sent = 0
        while claim is not None:
            receipt = _send_one(edge, session, claim)
            sent += 1
            more = sent != limit and not (
                receipt.outcome is Outcome.DEFERRED and receipt.phase is Phase.CONNECT
            )
            # One transaction settles this mail and claims the next: at most one mail is in doubt at any moment.
            with edge.desk() as desk:
                settle(desk, claim, receipt, report)
                claim = claim_next(desk, token, report) if more else None


def _send_one(edge: Edge, session: SmtpSession, claim: Claim) -> Receipt:
    try:
        return session.send(claim.sender, claim.recipient, claim.mime)
    except DeliveryFailed:
        # Raised only while connecting: nothing can have been delivered, so the mail goes back to ready.
        _return_claim(edge, claim.message_id)
        raise


def _return_claim(edge: Edge, message_id: int) -> None:
    with edge.desk() as desk:
        message = desk.session.get(Message, message_id)
        assert message is not None  # claimed a moment ago
        give_back(desk, message, "连接中断，未开始投递")


def run_reminders(edge: Edge) -> dict[str, object]:
    """Queue the reminders of the day."""
    with edge.desk() as desk:
        return dict(remind(desk))


def run_linkage(edge: Edge) -> dict[str, object]:
    """List the screenings and transfers whose limits have passed; nobody outside is urged."""
    with edge.desk(readonly=True) as desk:
        return watch(desk)


def run_watch(edge: Edge) -> dict[str, object]:
    """Open the tasks and draft the papers that time alone brings about."""
    from casework.watching import watch_over

    with edge.desk() as desk:
        return watch_over(desk)


def run_reports(edge: Edge) -> dict[str, object]:
    """Close the books of a half month: the audit checkpoint, on its first working day only."""
    with edge.desk() as desk:
        due = desk.calendar.is_half_month_day(desk.today)
        if due:
            desk.flush_changes()
            write_checkpoint(desk.session, desk.office_id, desk.today)
        return {"today": desk.today.isoformat(), "due": due}


def run_doctor(edge: Edge) -> dict[str, object]:
    """Check every invariant, and store the day's checkpoint over the audit chains."""
    from casework.upkeep.doctor import examine

    with edge.desk() as desk:
        write_checkpoint(desk.session, desk.office_id, desk.today)
        return examine(desk).as_dict()
