"""The recurring jobs as plain functions: each opens its transactions, calls casework, and may run twice or late.

Prefect flows, the single-box clock, the command and the demo all come through here; nothing here decides.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from itertools import takewhile

from sqlalchemy.exc import DatabaseError

from casework.desk import Desk
from casework.lights.deadlines import batches, due_cases, set_aside, sweep_batch
from casework.lights.rungs import SweepReport
from casework.lights.standing import left_behind
from casework.linkage.referrals import watch
from casework.mail.reminders import remind
from casework.paperwork.documents import find_document, sign_by_authorisation
from casework.ticks import check_clock, remember
from core.errors import Refused
from flows.edge import Edge
from models.audit import write_checkpoint
from models.database import why_refused
from system.failpoints import reach
from system.process import boot_id, uptime_seconds

ELSEWHERE = "另一台机器正在办理"
Job = Callable[[Edge], dict[str, object]]

log = logging.getLogger(__name__)


def alone(name: str) -> Callable[[Job], Job]:
    """Let a job run on one machine at a time, under the lease of this name; the others say that it is being done."""

    def wrap(job: Job) -> Job:
        @wraps(job)
        def run(edge: Edge) -> dict[str, object]:
            with edge.alone(name) as own:
                return job(own) if own else {"today": edge.clock.today().isoformat(), "skipped": ELSEWHERE}

        return run

    return wrap


def run_sweep(edge: Edge, shard: int | None = None, seconds: float | None = None) -> dict[str, object]:
    """Sweep every case that is due today; a second run of the day does nothing.

    shard     one part of the units, of `settings.shards`; by default all parts, one after the other
    seconds   after which no further batch is begun; what is due still is reported as `left`
    """
    report = SweepReport(edge.clock.today())
    until = time.perf_counter() + (seconds if seconds is not None else float("inf"))
    elsewhere, left = [], 0
    for one in range(edge.settings.shards) if shard is None else (shard,):
        with edge.alone("sweep", one) as own:
            if own is None:
                elsewhere.append(one)
            else:
                left += _sweep_shard(own, one, report, until)
    more = {"elsewhere": elsewhere, "left": left}
    return report.as_dict() | {key: value for key, value in more.items() if value}


def _sweep_shard(edge: Edge, shard: int, report: SweepReport, until: float) -> int:
    """Sweep one part of the units; return how many cases are left when the time is over."""
    due, drafts = _begin_sweep(edge, shard, report)
    for number in drafts:
        report.went(_let_go(edge, number, report), was_drafted=False)
    left = len(due)
    in_time = takewhile(lambda _batch: time.perf_counter() < until, batches(due, edge.settings.batch))
    for batch in in_time:
        _sweep_one(edge, batch, report)
        left -= len(batch)
    return left


def _begin_sweep(edge: Edge, shard: int, report: SweepReport) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the cases that are due and the drafts an interrupted sweep left to go; nothing while ducha is held."""
    with edge.desk() as desk:
        report.held = _why_not_now(edge, desk, "sweep")
        if report.held is not None:
            return [], []
        part = (shard, edge.settings.shards)
        return due_cases(desk.session, desk.office_id, desk.today, part), left_behind(desk, part)


def _why_not_now(edge: Edge, desk: Desk, job: str) -> str | None:
    """Return why a job that time alone moves may not run: a HOLD, or a clock that was set; else remember its run."""
    boot, uptime = boot_id(), uptime_seconds()
    reason = desk.on_hold or check_clock(desk, job, boot=boot, uptime=uptime, explicit=edge.clock.explicit)
    if reason is None:
        remember(desk, job, boot=boot, uptime=uptime)
    return reason


def _sweep_one(edge: Edge, batch: list[int], report: SweepReport, *, again: bool = False) -> None:
    """Sweep a batch; when the database refuses it, find the row that is poisoned."""
    try:
        with edge.desk() as desk:
            part = SweepReport(report.today)
            authorised = sweep_batch(desk, batch, part)
            reach("sweep.batch_written")
    except DatabaseError as error:
        _isolate(edge, batch, why_refused(error), report, again=again)
        return
    reach("sweep.between_batch_and_signatures")
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
    """Note that a row is set aside; one that cannot even be noted is told by this report and, being late, by doctor."""
    part = SweepReport(report.today)
    try:
        with edge.desk() as desk:
            set_aside(desk, [(case_id, why[:300])], part)
    except DatabaseError as error:
        log.error("整改事项%s不能搁置：%s", case_id, why_refused(error))
    report.add(part)


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


@alone("reminders")
def run_reminders(edge: Edge) -> dict[str, object]:
    """Queue the reminders of the day; none on a day that cannot be believed."""
    with edge.desk() as desk:
        held = _why_not_now(edge, desk, "reminders")
        return {"held": held} if held else dict(remind(desk))


def run_linkage(edge: Edge) -> dict[str, object]:
    """List the screenings and transfers whose limits have passed; nobody outside is urged."""
    with edge.desk(readonly=True) as desk:
        return watch(desk)


@alone("watch")
def run_watch(edge: Edge) -> dict[str, object]:
    """Open the tasks and draft the papers that time alone brings about."""
    from casework.watching import watch_over

    with edge.desk() as desk:
        held = _why_not_now(edge, desk, "watch")
        return {"held": held} if held else watch_over(desk)


@alone("reports")
def run_reports(edge: Edge) -> dict[str, object]:
    """Close the books of a half month: the audit checkpoint, on its first working day only."""
    with edge.desk() as desk:
        due = desk.calendar.is_half_month_day(desk.today)
        if due:
            desk.flush_changes()
            write_checkpoint(desk.session, desk.office_id, desk.today)
        return {"today": desk.today.isoformat(), "due": due}


@alone("doctor")
def run_doctor(edge: Edge) -> dict[str, object]:
    """Check every invariant, and store the day's checkpoint over the audit chains."""
    from casework.mail.chatnotices import note_diagnosis
    from casework.upkeep.doctor import examine

    with edge.desk() as desk:
        write_checkpoint(desk.session, desk.office_id, desk.today)
        found = examine(desk)
        note_diagnosis(desk, [one.id for one in found.invariants if one.broken])
        return found.as_dict()
