"""When a job of the timetable runs, and when it should last have begun."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from benchmarks.workdays import load_years
from core.calendar.timetable import DAYS_BACK, SHANGHAI, falls_on, last_due
from core.calendar.workdays import Calendar
from core.rulebook import Job


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.of(load_years())


def job(days: str, time: str | None = "07:30", every_minutes: int | None = None) -> Job:
    told: dict[str, Any] = {"name": "job", "verb": "sweep", "title": "巡查", "days": days}
    return Job(**told, time=time, every_minutes=every_minutes)


def at(month: int, day: int, clock: str) -> datetime:
    """Return an instant of 2026 by the wall clock of Shanghai."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(("day", "workday", "half"), [
    (date(2026, 5, 1), False, False),  # 劳动节
    (date(2026, 5, 6), True, True),  # the first working day of the half
    (date(2026, 5, 7), True, False),
    (date(2026, 5, 9), True, False),  # a Saturday on which people work
    (date(2026, 5, 10), False, False),
    (date(2026, 5, 16), False, False),
    (date(2026, 5, 18), True, True),
])  # fmt: skip
def test_a_job_holds_on_its_days(calendar: Calendar, day: date, workday: bool, half: bool) -> None:
    assert falls_on("workday", calendar, day) is workday
    assert falls_on("month_half", calendar, day) is half
    assert falls_on("daily", calendar, day)
    assert falls_on("every", calendar, day)


@pytest.mark.parametrize(("days", "now", "due"), [
    ("daily", at(5, 27, "07:30"), at(5, 27, "07:30")),
    ("daily", at(5, 27, "07:29"), at(5, 26, "07:30")),
    ("daily", at(5, 27, "00:10"), at(5, 26, "07:30")),  # still the day before in UTC
    ("daily", at(5, 27, "23:50"), at(5, 27, "07:30")),
    ("workday", at(5, 25, "07:29"), at(5, 22, "07:30")),  # Monday before its time: Friday
    ("workday", at(5, 5, "12:00"), at(4, 30, "07:30")),  # in the holidays: the day before them
    ("workday", at(5, 9, "12:00"), at(5, 9, "07:30")),
    ("month_half", at(5, 6, "07:29"), at(4, 16, "07:30")),
    ("month_half", at(5, 6, "07:30"), at(5, 6, "07:30")),
    ("month_half", at(5, 15, "12:00"), at(5, 6, "07:30")),
])  # fmt: skip
def test_a_job_was_last_due_at_its_time_on_its_latest_day(
    calendar: Calendar, days: str, now: datetime, due: datetime
) -> None:
    found = last_due(job(days), calendar, now)
    assert found == due
    assert found is not None
    assert found.astimezone(SHANGHAI).strftime("%H:%M") == "07:30"


@pytest.mark.parametrize(("minutes", "ago"), [(1, 1), (15, 15), (None, 1)])
def test_a_job_of_every_so_many_minutes_was_due_one_interval_ago(
    calendar: Calendar, minutes: int | None, ago: int
) -> None:
    now = at(5, 27, "10:00")
    assert last_due(job("every", None, minutes), calendar, now) == now - timedelta(minutes=ago)


def test_a_job_whose_day_lies_too_far_back_was_never_due() -> None:
    class Idle(Calendar):
        """Nobody works for a long time."""

        first = date(2026, 5, 1)

        def is_workday(self, day: date) -> bool:
            return day < self.first

    calendar = Idle(load_years())
    latest = Idle.first + timedelta(DAYS_BACK - 2)
    seen = datetime(latest.year, latest.month, latest.day, 12, tzinfo=SHANGHAI)
    assert last_due(job("workday"), calendar, seen) == at(4, 30, "07:30")
    assert last_due(job("workday"), calendar, seen + timedelta(1)) is None
