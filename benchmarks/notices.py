"""The State Council's yearly notices on holidays as they are worded: from day to day, and the weekend days worked.

Written down from the notices on 部分节假日安排 of 2018 to 2026, with the notice that prolonged the Spring Festival of
2020, and apart from the day-by-day tables in rules/calendars: what both say the same is not an error of one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

# year: (holidays from-to as month-day, weekend days worked); days of the year before or after stand with their year.
NOTICES: Mapping[int, tuple[str, str]] = {
    2018: (
        "01-01 02-15/02-21 04-05/04-07 04-29/05-01 06-16/06-18 09-22/09-24 10-01/10-07 12-30/12-31",
        "02-11 02-24 04-08 04-28 09-29 09-30 12-29",
    ),
    2019: (
        "01-01 02-04/02-10 04-05/04-07 05-01/05-04 06-07/06-09 09-13/09-15 10-01/10-07",
        "02-02 02-03 04-28 05-05 09-29 10-12",
    ),
    2020: (
        "01-01 01-24/02-02 04-04/04-06 05-01/05-05 06-25/06-27 10-01/10-08",
        "01-19 04-26 05-09 06-28 09-27 10-10",
    ),
    2021: (
        "01-01/01-03 02-11/02-17 04-03/04-05 05-01/05-05 06-12/06-14 09-19/09-21 10-01/10-07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    2022: (
        "01-01/01-03 01-31/02-06 04-03/04-05 04-30/05-04 06-03/06-05 09-10/09-12 10-01/10-07 12-31",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    2023: (
        "01-01/01-02 01-21/01-27 04-05 04-29/05-03 06-22/06-24 09-29/10-06",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    2024: (
        "01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10 09-15/09-17 10-01/10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
FIRST, LAST = date(min(NOTICES), 1, 1), date(max(NOTICES), 12, 31)


def holidays() -> frozenset[date]:
    """Return every day that a notice names as off."""
    found: set[date] = set()
    for year, (off, _work) in NOTICES.items():
        for span in off.split():
            first, _, last = span.partition("/")
            day, end = _day(year, first), _day(year, last or first)
            while day <= end:
                found.add(day)
                day += timedelta(1)
    return frozenset(found)


def worked_weekends() -> frozenset[date]:
    """Return every weekend day that a notice makes a working day."""
    return frozenset(_day(year, text) for year, (_off, work) in NOTICES.items() for text in work.split())


def working_days() -> list[date]:
    """Return every working day of the notices, in order: each day asked, as by a person with a wall calendar."""
    off, worked = holidays(), worked_weekends()
    days = (FIRST + timedelta(number) for number in range((LAST - FIRST).days + 1))
    return [day for day in days if day in worked or (day.weekday() < 5 and day not in off)]


def _day(year: int, text: str) -> date:
    return date.fromisoformat(f"{year}-{text}")
