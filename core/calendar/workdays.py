"""Working days and due dates, read from tables of years; nothing is guessed.

The start day is never counted. A period in working days ends on its n-th working day; a period in calendar
days ends on its last day, and only that last day rolls over to the next working day. A weekend day that a notice
makes a working day (调休上班) is one. A year without a table raises `CalendarMissing`; a year whose notice is not
published yet is computed and marked provisional.

source: 民法典 第二百零一条、第二百零三条; the yearly notice named in `rules/calendars/<year>.yaml`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from core.calendar.yeartables import (
    OFFICIAL,
    CalendarYearLike,
    LocalDaysLike,
    differing_days,
    hash_tables,
    order_tables,
    walk_days,
)
from core.errors import CalendarMissing
from core.ladders.derivation import derive_days, derive_workdays

__all__ = [
    "Calendar",
    "CalendarYearLike",
    "Due",
    "LocalDaysLike",
    "Period",
    "Unit",
    "half_month_period",
    "month_halves",
]


class Unit(StrEnum):
    """How a period counts: 工作日, or 日 (calendar days)."""

    WORKDAY = "workday"
    DAY = "day"


class Period(NamedTuple):
    """Both days belong to the period."""

    from_on: date
    to_on: date


class Reach(NamedTuple):
    """Where a period ends; the years from `decided_from` to there decided it."""

    due_on: date
    provisional: bool
    decided_from: date


@dataclass(frozen=True, slots=True)
class Due:
    """A due date with everything that is printed and kept beside it.

    `provisional`: a year that decided the date has no published notice yet.
    `steps`: the derivation, one Chinese sentence each, in order.
    `version`: `Calendar.version` of the tables it was computed with.
    """

    start_on: date
    count: int
    unit: Unit
    due_on: date
    provisional: bool
    steps: tuple[str, ...]
    version: str


class Calendar:
    """The working days of the known years, indexed so that a question costs two list look-ups.

    `_days` holds every working day in order; `_before[i]` counts the working days before day i of the span,
    which is also the place in `_days` of the first working day that is not before day i.
    """

    __slots__ = (
        "_before",
        "_days",
        "_first",
        "_gaps",
        "_last_index",
        "_local",
        "_local_names",
        "_official",
        "_size",
        "_years",
        "version",
    )

    def __init__(self, years: Iterable[CalendarYearLike], local: Iterable[LocalDaysLike] = ()) -> None:
        self._years = order_tables(years)
        self._local = tuple(local)
        turned = differing_days(self._years, self._local)
        self._local_names = {day: one.name for day, one in turned.items()}
        unsure = {day.year for day, one in turned.items() if one.status != OFFICIAL}
        self._official = frozenset(
            y for y, table in self._years.items() if table.status == OFFICIAL and y not in unsure
        )
        self._gaps = bool(self._years) and len(self._years) <= max(self._years) - min(self._years)
        self._first = date(min(self._years), 1, 1).toordinal() if self._years else 0
        self._days: list[date] = []
        self._before = [0]
        for day, works in walk_days(self._years, turned):
            if works:
                self._days.append(day)
            self._before.append(len(self._days))
        self._size = len(self._before) - 1
        self._last_index = len(self._days) - 1
        self.version = hash_tables(self._years.values(), self._local)

    @classmethod
    def of(cls, years: Iterable[CalendarYearLike]) -> Calendar:
        """Build the calendar of these years, in any order.

        raises: InvalidInput when a year comes twice, a day is both off and working or of another year
        """
        return cls(years)

    def overlay(self, years: Iterable[CalendarYearLike]) -> Calendar:
        """Return a calendar in which these years replace (or join) the present ones; local days stay."""
        return Calendar((self._years | order_tables(years)).values(), self._local)

    def with_local(self, local: Iterable[LocalDaysLike]) -> Calendar:
        """Return a calendar with these local days over its years, the last one winning."""
        return Calendar(self._years.values(), local)

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(self._years)

    def after(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`, which itself is not counted.

        count: below zero goes back; zero is `start` itself, working day or not
        raises: CalendarMissing when the walk leaves the known years
        """
        if count == 0:
            return start
        at = start.toordinal() - self._first
        if 0 <= at < self._size:
            index = self._before[at + 1] + count - 1 if count > 0 else self._before[at] + count
            if 0 <= index <= self._last_index:
                day = self._days[index]
                if self._gaps:
                    self._refuse_gap(start, day)
                return day
        raise self._missing(start.year, forward=count > 0)

    def after_days(self, start: date, count: int) -> date:
        """Return the last day of a period of calendar days, rolled over to a working day.

        count: below zero goes back, and rolls back too: a notice "at least n days before" is never shorter
        raises: CalendarMissing when the last day or the day it rolls to lies outside the known years
        source: 民法典 第二百零三条
        """
        at = start.toordinal() - self._first + count
        if 0 <= at < self._size:
            index = self._before[at] if count >= 0 else self._before[at + 1] - 1
            if 0 <= index <= self._last_index:
                day = self._days[index]
                if self._gaps:
                    self._refuse_gap(start + timedelta(count), day)
                return day
        raise self._missing(_year_of(start, count), forward=count >= 0)

    def due(self, start: date, count: int, unit: Unit) -> Due:
        """Return the due date of a period that starts on `start`, with its derivation in Chinese.

        raises: CalendarMissing
        """
        due_on, provisional, decided_from = self.reach(start, count, unit)
        derive = derive_workdays if unit is Unit.WORKDAY else derive_days
        steps = derive(self.is_workday, start, count, due_on, self._local_names)
        sentences = (*steps, *self._reservations(decided_from, due_on))
        return Due(start, count, unit, due_on, provisional, sentences, self.version)

    def reach(self, start: date, count: int, unit: Unit) -> Reach:
        """Return what `due` does without a word of its derivation, for many dates at once; raises CalendarMissing."""
        if unit is Unit.WORKDAY:
            due_on, decided_from = self.after(start, count), start
        else:
            due_on = self.after_days(start, count)
            decided_from = start + timedelta(count)  # holidays inside the period do not matter, only its end
        return Reach(due_on, self.is_provisional(decided_from, due_on), decided_from)

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is a working day; raises CalendarMissing for an unknown year."""
        at = self._position(day)
        return self._before[at + 1] != self._before[at]

    def next_workday(self, day: date) -> date:
        """Return `day` itself if it is a working day, else the first one after it; raises CalendarMissing."""
        return self.after_days(day, 0)

    def between(self, a: date, b: date) -> int:
        """Count the working days after `a` up to and including `b`; negative when `b` is before `a`.

        raises: CalendarMissing when a year from `a` to `b` is unknown
        """
        count = self._before[self._position(b) + 1] - self._before[self._position(a) + 1]
        if self._gaps:
            self._refuse_gap(a, b)
        return count

    def is_provisional(self, a: date, b: date) -> bool:
        """Tell whether any year from `a` to `b` (either order) lacks a published notice or a table."""
        low, high = (a.year, b.year) if a <= b else (b.year, a.year)
        return any(year not in self._official for year in range(low, high + 1))

    def is_half_month_day(self, day: date) -> bool:
        """Tell whether half-month jobs run on `day`: the first working day from the 1st or the 16th on."""
        return self.next_workday(half_month_period(day).from_on) == day

    def _position(self, day: date) -> int:
        if day.year not in self._years:
            raise self._missing(day.year, forward=True)
        return day.toordinal() - self._first

    def _missing(self, year: int, *, forward: bool) -> CalendarMissing:
        """Name the first year without a table, going from `year` in the direction of the count."""
        while year in self._years:
            year += 1 if forward else -1
        return CalendarMissing(year, known=_list_years(tuple(self._years)))

    def _refuse_gap(self, a: date, b: date) -> None:
        step = 1 if a <= b else -1
        for year in range(a.year, b.year + step, step):
            if year not in self._years:
                raise self._missing(year, forward=True)

    def _reservations(self, a: date, b: date) -> Iterator[str]:
        low, high = min(a.year, b.year), max(a.year, b.year)
        for year in range(low, high + 1):
            if year not in self._official:
                yield f"{year}年放假通知尚未公布，本期限为暂定，通知公布后重新核定"
        if b >= date(b.year, 12, 29) and b.year in self._official and b.year + 1 not in self._official:
            yield f"{b.year}年12月29日至31日的安排可能随{b.year + 1}年放假通知调整"


def half_month_period(day: date) -> Period:
    """Return the half of the month that holds `day`: the 1st to the 15th, or the 16th to the last day."""
    first, second = month_halves(day)
    return first if day <= first.to_on else second


def month_halves(day: date) -> tuple[Period, Period]:
    """Return both halves of the month of `day`, in order."""
    first = day.replace(day=1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return Period(first, day.replace(day=15)), Period(day.replace(day=16), last)


def _list_years(years: tuple[int, ...]) -> str:
    if len(years) > 1 and len(years) == years[-1] - years[0] + 1:
        return f"{years[0]}年至{years[-1]}年"
    return "、".join(f"{year}年" for year in years)


def _year_of(start: date, count: int) -> int:
    try:
        return (start + timedelta(count)).year
    except OverflowError:  # further than the Gregorian calendar of Python reaches
        return start.year
