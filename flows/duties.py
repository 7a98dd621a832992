"""What the clocks may start: the jobs of the timetable by name, each on its own days."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date

from core.calendar.workdays import Calendar
from flows.jobs import (
    Edge,
    run_doctor,
    run_linkage,
    run_outbox,
    run_reminders,
    run_reports,
    run_sweep,
    run_watch,
)

Report = dict[str, object]

# Mails of one run: it ends within a minute, so that a clock or a worker can be stopped between two of them.
OUTBOX_SLICE = 100

log = logging.getLogger(__name__)


def send_slice(edge: Edge) -> Report:
    """Send some of what is ready; the caller comes again while `wants_more` says so."""
    return run_outbox(edge, OUTBOX_SLICE)


DUTIES: Mapping[str, Callable[[Edge], Report]] = {
    "deadlines": run_sweep,
    "outbox": send_slice,
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
    log.log(logging.WARNING if needs_a_person(report) else logging.INFO, "%s：%s", name, brief(report))
    return report


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


def falls_on(days: str, calendar: Calendar, today: date) -> bool:
    """Return whether the `days` of a job hold today."""
    if days == "workday":
        return calendar.is_workday(today)
    return days != "month_half" or calendar.is_half_month_day(today)


def wants_more(report: Report) -> bool:
    """Return whether the outbox should be run again at once: mails are left, and the server takes them."""
    return bool(report.get("left")) and bool(report.get("accepted"))
