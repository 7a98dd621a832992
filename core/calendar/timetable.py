"""When a job of the timetable runs, and when it should last have begun."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.calendar.workdays import Calendar
from core.rulebook import Job

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS_BACK = 40  # longer than half a month that begins with the longest holidays


def falls_on(days: str, calendar: Calendar, today: date) -> bool:
    """Return whether the `days` of a job hold today."""
    if days == "workday":
        return calendar.is_workday(today)
    return days != "month_half" or calendar.is_half_month_day(today)


def last_due(job: Job, calendar: Calendar, now: datetime) -> datetime | None:
    """Return when a job should last have begun: its time on its latest day, or one interval ago; None for never.

    raises   CalendarMissing when the working days around now are not known
    """
    if job.time is None:
        return now - timedelta(minutes=job.every_minutes or 1)
    today = now.astimezone(SHANGHAI).date()
    for back in range(DAYS_BACK):
        day = today - timedelta(back)
        due = datetime.combine(day, time.fromisoformat(job.time), SHANGHAI)
        if due <= now and falls_on(job.days, calendar, day):
            return due
    return None
