"""What the calendar alone makes the office's business: a period to close, a yearly report to file."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.reports.periods import closed_until, find_period, open_period, task_key
from casework.reports.ranking import scoring_rules
from casework.tasks import finish_for, open_task
from core.calendar.periods import ONE, PeriodKind, last_ended, name_period, period_of
from core.calendar.workdays import Unit
from core.life.periodlife import PeriodState
from core.rulebook.scoring import AnnualReport, Reporting
from models.base import key_of
from models.period import Filing


def watch_periods(desk: Desk) -> dict[str, object]:
    """Open the tasks to close what is over and to send what falls due this year; each cause opens its task once."""
    if not desk.rules.scoring:
        return {"closing": 0, "annual": 0}
    reporting = scoring_rules(desk).reporting
    closing = sum(_watch_kind(desk, reporting, PeriodKind(kind)) for kind in reporting.periods)
    annual = sum(_watch_report(desk, one) for one in reporting.annual)
    return {"closing": closing, "annual": annual}


def _watch_kind(desk: Desk, reporting: Reporting, kind: PeriodKind) -> int:
    first, last = last_ended(kind, desk.today)
    until = closed_until(desk, kind)
    if until and until + ONE < first:
        # Periods are closed in their order: the oldest that waits is the one to do.
        first, last = period_of(kind, until + ONE)
    row = find_period(desk, kind, first) or open_period(desk, kind, first)
    if row.state == PeriodState.CLOSED.value:
        return 0
    due = desk.calendar.due(last, reporting.close_workdays, Unit.WORKDAY).due_on
    opened = open_task(
        desk, task_key(kind, first), kind="close_period", title=f"{name_period(kind, first)}统计结账",
        subject="period", subject_id=key_of(row), role="officer", due_on=due,
    )  # fmt: skip
    return int(opened is not None)


def due_day(report: AnnualReport, year: int) -> date:
    """Return the last day of a yearly report in a year."""
    day = date(year, report.month, report.day)
    return day if report.including else day - ONE


def _watch_report(desk: Desk, report: AnnualReport) -> int:
    due = due_day(report, desk.today.year)
    key = f"annual:{report.code}:{due.year}"
    if report.filing is not None and _all_filed(desk, report.filing, due.year - 1):
        finish_for(desk, key, "各单位均已报送")
        return 0
    if desk.today > due or desk.calendar.between(desk.today, due) > report.remind_workdays:
        return 0
    opened = open_task(
        desk, key, kind="annual_report", title=report.title, subject="office", subject_id=desk.office_id,
        role=report.role, due_on=due,
    )  # fmt: skip
    return int(opened is not None)


def _all_filed(desk: Desk, kind: str, year: int) -> bool:
    """Tell whether something was registered for a year and nothing of it is outstanding."""
    rows = desk.session.exec(
        select(Filing).where(
            col(Filing.office_id) == desk.office_id, col(Filing.kind) == kind, col(Filing.year) == year
        )
    ).all()
    return bool(rows) and all(row.filed_on is not None for row in rows)
