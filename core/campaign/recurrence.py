"""When a recurring plan comes due: on a fixed grid or from the last completion, single occurrences left out or moved.

Nothing is stored in advance. An occurrence is known by its period (期次), which an exception never changes: a moved
occurrence keeps the name of the month it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from core.calendar.workdays import Calendar
from core.errors import CalendarMissing

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
MOST = 5_000
"""More occurrences than this between two days mean a plan that nobody meant."""


class ExceptionLike(Protocol):
    """One occurrence that is left out or moved."""

    @property
    def period(self) -> str: ...
    @property
    def skip(self) -> bool: ...
    @property
    def move_to(self) -> date | None: ...


class RecurringLike(Protocol):
    """What of a recurring plan decides its days."""

    @property
    def every(self) -> str: ...
    @property
    def workdays(self) -> int | None: ...
    @property
    def mode(self) -> str: ...
    @property
    def anchor(self) -> date: ...
    @property
    def until(self) -> date | None: ...
    @property
    def exceptions(self) -> Sequence[ExceptionLike]: ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a plan comes due.

    number    how many came before it on the grid, 0 for the first; themes turn by it
    period    what it is called, unique within the plan
    planned_on   the day of the grid, before any exception and working or not
    due_on    the working day on which it is due
    provisional  the year's holidays are not known: `due_on` is the day as planned
    """

    number: int
    period: str
    planned_on: date
    due_on: date
    moved: bool = False
    provisional: bool = False


def occurrences(
    plan: RecurringLike, since: date, until: date, calendar: Calendar, completed: Sequence[date] = ()
) -> tuple[Occurrence, ...]:
    """Return the occurrences planned between two days, both included, those left out excepted, in order of period.

    completed   the days on which earlier occurrences were finished or passed over, for plans that run from completion
    """
    except_for = {one.period: one for one in plan.exceptions}
    last = min(until, plan.until) if plan.until else until
    found = []
    first = len(completed) if plan.mode == "after_completion" else 0
    for number, planned in enumerate(_days(plan, last, calendar, completed, except_for), first):
        if planned > last or number > MOST:
            break
        occurrence = _held(plan, number, planned, calendar, except_for)
        if planned >= since and occurrence is not None:
            found.append(occurrence)
    return tuple(found)


def period_of(plan: RecurringLike, planned: date) -> str:
    """Return what the occurrence planned for a day is called: 2026-08, 2026-Q3, 2026-H2, 2026, or the day itself."""
    if plan.mode == "after_completion" or plan.every == "workdays":
        return planned.isoformat()
    if plan.every == "month":
        return f"{planned.year}-{planned.month:02}"
    if plan.every == "quarter":
        return f"{planned.year}-Q{(planned.month + 2) // 3}"
    if plan.every == "half_year":
        return f"{planned.year}-H{1 if planned.month <= 6 else 2}"
    return str(planned.year)


def add_months(day: date, months: int) -> date:
    """Return the day that many months later; the 31st becomes the last day of a shorter month.

    source   民法典 第二百零二条
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for clamped in range(day.day, 27, -1):
        try:
            return date(year, month + 1, clamped)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def _held(
    plan: RecurringLike,
    number: int,
    planned: date,
    calendar: Calendar,
    except_for: Mapping[str, ExceptionLike],
) -> Occurrence | None:
    period = period_of(plan, planned)
    exception = except_for.get(period)
    if exception is not None and exception.skip:
        return None
    wanted = exception.move_to if exception is not None and exception.move_to else planned
    try:
        due_on, sure = calendar.next_workday(wanted), not calendar.is_provisional(wanted, wanted)
    except CalendarMissing:
        due_on, sure = wanted, False
    return Occurrence(number, period, planned, due_on, wanted != planned, not sure)


def _days(
    plan: RecurringLike,
    last: date,
    calendar: Calendar,
    completed: Sequence[date],
    except_for: Mapping[str, ExceptionLike],
) -> Iterator[date]:
    if plan.mode == "after_completion":
        yield from _after_completion(plan, last, calendar, completed, except_for)
    elif plan.every == "workdays":
        yield from _every_workdays(plan, last, calendar)
    else:
        # From the anchor each time: a plan of the 31st comes back to the 31st after a short month.
        step, number = MONTHS[plan.every], 0
        while (day := add_months(plan.anchor, number * step)) <= last:
            yield day
            number += 1


def _every_workdays(plan: RecurringLike, last: date, calendar: Calendar) -> Iterator[date]:
    day: date | None = plan.anchor
    while day is not None and day <= last:
        yield day
        day = _next(plan, day, calendar)


def _after_completion(
    plan: RecurringLike,
    last: date,
    calendar: Calendar,
    completed: Sequence[date],
    except_for: Mapping[str, ExceptionLike],
) -> Iterator[date]:
    """Yield the one day that follows from the last completion; before the first completion it is the anchor.

    An occurrence that is left out counts as finished on its day, so the one after it follows at once.
    """
    day = _next(plan, max(completed), calendar) if completed else plan.anchor
    while day is not None and day <= last:
        yield day
        exception = except_for.get(day.isoformat())
        if exception is None or not exception.skip:
            return
        day = _next(plan, day, calendar)


def _next(plan: RecurringLike, day: date, calendar: Calendar) -> date | None:
    """Return the day one interval later, None where the calendar ends: working days are not guessed."""
    if plan.every != "workdays":
        return add_months(day, MONTHS[plan.every])
    try:
        return calendar.after(day, plan.workdays or 1)
    except CalendarMissing:
        return None
