"""Look-backs (回头看): which closed cases get one, drawn or without drawing, and on which day.

A colour that the rule names is looked back at without drawing; of the others a share is drawn for each quarter.
"""

from __future__ import annotations

from datetime import date

from core.calendar.workdays import Calendar, Period
from core.errors import InvalidInput


def quarter_of(day: date) -> Period:
    """Return the quarter that holds a day."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    month = first.month + 3
    following = date(first.year + month // 13, (month - 1) % 12 + 1, 1)
    return Period(first, date.fromordinal(following.toordinal() - 1))


def read_quarter(text: str) -> Period:
    """Return the quarter meant by `2026Q2`; raise InvalidInput."""
    year, _, number = text.upper().partition("Q")
    if year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4"):  # a year as people write it
        return quarter_of(date(int(year), int(number) * 3, 1))
    raise InvalidInput("季度不正确", found=text, expected="年份和季度，如 2026Q2", remedy="改正 --period")


def write_quarter(period: Period) -> str:
    """Return how a quarter is written: 2026Q2."""
    return f"{period.from_on.year}Q{(period.from_on.month + 2) // 3}"


def look_back_day(
    calendar: Calendar, closed_on: date, observation_workdays: int, today: date | None = None
) -> date:
    """Return the last day of the observation period after closure; never a day that is over.

    raises   CalendarMissing
    """
    day = calendar.after(closed_on, observation_workdays)
    return day if today is None or day > today else calendar.after(today, 1)


def how_many(count: int, percent: int) -> int:
    """Return how many of so many are drawn: never less than the share asks for."""
    return -(-count * percent // 100)
