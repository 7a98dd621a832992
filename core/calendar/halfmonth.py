"""Half-month reports (半月报): for which halves of a month a case owes one, and by which day.

A report is owed for a half, the 1st to the 15th or the 16th to the last day, on whose last day the case is open and
shows a colour that the rule names. It is due on a working day after the half; nothing is owed before the half is over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar.workdays import Calendar, Period, Unit, half_month_period
from core.codes import Light

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a case shows from a day on: its colour, and whether it is open with its clock running."""

    on: date
    light: Light
    open: bool = True


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that is owed, with the colour that asks for it and the day it is due."""

    period: Period
    light: Light
    due_on: date
    provisional: bool


def halves_between(first_on: date, last_on: date) -> Iterator[Period]:
    """Yield the halves of months whose last day lies between two days, both included, in order."""
    half = half_month_period(first_on)
    while half.to_on <= last_on:
        yield half
        half = half_month_period(half.to_on + ONE_DAY)


def shown_on(history: Sequence[Shown], day: date) -> Shown | None:
    """Return what was shown at the end of a day; of several changes on one day the last one counts.

    history   in the order in which things happened
    """
    return next((one for one in reversed(history) if one.on <= day), None)


def owed_reports(
    history: Sequence[Shown],
    lights: Collection[Light],
    calendar: Calendar,
    due_workdays: int,
    *,
    first_on: date,
    today: date,
) -> Iterator[Owed]:
    """Yield the reports a case owes for the halves that ended between a day and yesterday, in order.

    lights         the colours that ask for a report
    due_workdays   the working day after the last day of the half on which the report is due
    raises         CalendarMissing
    """
    for half in halves_between(first_on, today - ONE_DAY):
        state = shown_on(history, half.to_on)
        if state is None or not state.open or state.light not in lights:
            continue
        due = calendar.due(half.to_on, due_workdays, Unit.WORKDAY)
        yield Owed(half, state.light, due.due_on, due.provisional)
