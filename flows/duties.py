"""What the clocks may start: the jobs of the timetable by name, each on its own days."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from casework.ticks import remember
from core.calendar.timetable import falls_on
from flows.chat import run_chat
from flows.edge import Edge
from flows.jobs import ELSEWHERE, run_doctor, run_linkage, run_reminders, run_reports, run_sweep, run_watch
from flows.reading import run_intake
from flows.sending import run_outbox
from system.process import boot_id, uptime_seconds

Report = dict[str, object]

# Of one run: it ends within a minute, so that a clock or a worker can be stopped between two of them.
OUTBOX_SLICE = 1000  # mails
OUTBOX_SECONDS = 40.0
SWEEP_SECONDS = 50.0  # after which a sweep begins no further batch, for the same reason

log = logging.getLogger(__name__)


def send_slice(edge: Edge) -> Report:
    """Send some of what is ready; the caller comes again while `wants_more` says so."""
    return run_outbox(edge, OUTBOX_SLICE, OUTBOX_SECONDS)


def sweep_slice(edge: Edge) -> Report:
    """Sweep for a while, the part of the units that the edge is for; the caller comes again as above."""
    return run_sweep(edge, edge.shard, SWEEP_SECONDS)


DUTIES: Mapping[str, Callable[[Edge], Report]] = {
    "deadlines": sweep_slice,
    "outbox": send_slice,
    "intake": run_intake,
    "chat": run_chat,
    "reminders": run_reminders,
    "linkage": run_linkage,
    "watch": run_watch,
    "reports": run_reports,
    "doctor": run_doctor,
}


def run_duty(edge: Edge, name: str) -> Report:
    """Run a job of the timetable, unless today is not one of its days; a day named by a person is never refused.

    Every clock calls every job daily: which days count is known to the calendar of the office, not to a cron line.
    """
    if not edge.clock.explicit and not is_its_day(edge, name):
        report: Report = {"today": edge.clock.today().isoformat(), "skipped": "今天不是该项工作的运行日"}
    else:
        report = DUTIES[name](edge)
        _remember(edge, name, report)
    log.log(logging.WARNING if needs_a_person(report) else logging.INFO, "%s：%s", name, brief(report))
    return report


def _remember(edge: Edge, name: str, report: Report) -> None:
    """Note that a job was done to its end, for whoever stands in when nobody does it and for the watch over all."""
    # What is not set up on this machine is skipped too, and not late for that.
    undone = (
        any(report.get(key) for key in ("elsewhere", "held", "left")) or report.get("skipped") == ELSEWHERE
    )
    if undone or edge.clock.explicit:
        return
    with edge.desk() as desk:
        remember(desk, part_name(name, edge.shard), boot=boot_id(), uptime=uptime_seconds())


def part_name(name: str, shard: int | None) -> str:
    """Return the name under which a job, or a shard of it, is remembered."""
    return name if shard is None else f"{name}#{shard}"


def needs_a_person(report: Report) -> bool:
    """Return whether a job says that it was held, set something aside, or found something broken."""
    return bool(report.get("held") or report.get("set_aside")) or report.get("ok") is False


def brief(report: Report) -> str:
    """Return a report as one short line: lists as their counts, without what is empty."""
    sizes = {key: len(value) if isinstance(value, list) else value for key, value in report.items()}
    return "，".join(f"{key} {value}" for key, value in sizes.items() if value not in (None, {}, ""))


def is_its_day(edge: Edge, name: str) -> bool:
    """Return whether a job runs today; a job that the timetable does not name has no day."""
    with edge.desk(readonly=True) as desk:
        return any(
            falls_on(job.days, desk.calendar, desk.today) for job in desk.rules.timetable if job.name == name
        )


def wants_more(report: Report) -> bool:
    """Return whether a job should be run again at once: something is left, and it gets on with it."""
    return bool(report.get("left")) and any(report.get(word) for word in ("accepted", "read", "due"))
