"""When mail goes out: the office's hours by its working calendar; what somebody waits for at a screen goes at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.calendar.workdays import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
FARTHEST = 60  # days: no run of days off is nearly as long


@dataclass(frozen=True, slots=True)
class SendingHours:
    """From when until when mail goes out, Asia/Shanghai.

    days_off   whether it goes on days off too
    """

    opens: time
    closes: time
    days_off: bool

    def are_open(self, now: datetime, calendar: Calendar) -> bool:
        """Tell whether mail may go at an instant."""
        wall = now.astimezone(SHANGHAI)
        return self._is_day(wall.date(), calendar) and self.opens <= wall.time() < self.closes

    def open_from(self, now: datetime, calendar: Calendar) -> datetime:
        """Return the instant from which mail may go: now, or the next opening, in UTC."""
        if self.are_open(now, calendar):
            return now
        wall = now.astimezone(SHANGHAI)
        day = wall.date() if wall.time() < self.opens else wall.date() + timedelta(1)
        return self._at(self._next_day(day, calendar), self.opens)

    def hours_ago(self, now: datetime, calendar: Calendar, span: timedelta) -> datetime:
        """Return the instant so much service time before now, in UTC; for spans below one day's hours."""
        wall = now.astimezone(SHANGHAI)
        day, until = wall.date(), min(wall.time(), self.closes)
        if not self._is_day(day, calendar) or until <= self.opens:
            day, until = self._day_before(day, calendar), self.closes
        here = self._at(day, until) - self._at(day, self.opens)
        if span <= here:
            return self._at(day, until) - span
        return self._at(self._day_before(day, calendar), self.closes) - (span - here)

    def _is_day(self, day: date, calendar: Calendar) -> bool:
        return self.days_off or calendar.is_workday(day)

    def _next_day(self, day: date, calendar: Calendar) -> date:
        return next(
            (one for one in (day + timedelta(n) for n in range(FARTHEST)) if self._is_day(one, calendar)), day
        )

    def _day_before(self, day: date, calendar: Calendar) -> date:
        earlier = (day - timedelta(n) for n in range(1, FARTHEST))
        return next((one for one in earlier if self._is_day(one, calendar)), day - timedelta(1))

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
