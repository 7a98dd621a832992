"""A year of working days as a page shows it: twelve months, each day told by a word and not only by a colour."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.desk import Desk
from casework.sight import sees_office
from core.calendar.workdays import Calendar
from core.errors import NotFound
from core.ladders.derivation import SATURDAY
from core.rulebook import LocalCalendar


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a month; `mark` is 休 for a holiday, 班 for a weekend day that is worked, 末 for a plain weekend."""

    day: date
    works: bool
    mark: str
    local: str

    @property
    def said(self) -> str:
        """What the day is, for who does not see the table."""
        words = {"休": "放假", "班": "调休上班", "末": "休息日", "": "工作日"}
        return f"{self.day.month}月{self.day.day}日{words[self.mark]}" + (
            f"（{self.local}）" if self.local else ""
        )


@dataclass(frozen=True, slots=True)
class MonthTable:
    """A month by weeks from Monday; None before its first and after its last day."""

    month: int
    weeks: tuple[tuple[DayCell | None, ...], ...]
    workdays: int


@dataclass(frozen=True, slots=True)
class YearView:
    """A year with its months; `source` is the notice it comes from."""

    year: int
    status: str
    source: str
    note: str
    months: tuple[MonthTable, ...]
    workdays: int
    holidays: tuple[tuple[date, date], ...]
    made_up: tuple[date, ...]
    locals: tuple[LocalCalendar, ...]


def year_view(desk: Desk, year: int) -> YearView:
    """Return a year of the calendar in force; raise NotFound for one without a table."""
    found = desk.calendar
    if year not in found.years:
        raise NotFound(
            "没有这一年的工作日历", found=f"{year}年", expected="、".join(f"{one}年" for one in found.years),
            remedy="放假通知公布后提出该年年表",
        )  # fmt: skip
    local = {
        day: one.name
        for one in _locals(desk)
        for day in (*one.off, *getattr(one, "work", ()))
        if day.year == year
    }
    tables = tuple(_month(found, year, month, local) for month in range(1, 13))
    cells = [cell for table in tables for week in table.weeks for cell in week if cell is not None]
    provisional = found.is_provisional(date(year, 6, 1), date(year, 6, 1))
    source, note = _source(desk, year)
    return YearView(
        year=year,
        status="暂定" if provisional else "正式",
        source=source,
        note=note,
        months=tables,
        workdays=sum(table.workdays for table in tables),
        holidays=tuple(_spans([cell for cell in cells if cell.mark == "休"])),
        made_up=tuple(cell.day for cell in cells if cell.mark == "班"),
        locals=_locals(desk),
    )


def proposals_in_sight(desk: Desk) -> list[dict[str, Any]]:
    """Return the proposals, newest first; the cases that one moves are for who sees the whole office."""
    from casework.calendar.calendars import list_proposals  # it imports much that a plain year does not need

    found: list[dict[str, Any]] = list_proposals(desk)
    return found if sees_office(desk) else [{**one, "moved": [], "firm": []} for one in found]


def _locals(desk: Desk) -> tuple[LocalCalendar, ...]:
    return tuple(desk.rules.local_calendars[key] for key in desk.office_rules.choices.local_calendars)


def _source(desk: Desk, year: int) -> tuple[str, str]:
    """Return the notice of a year: of the confirmed table where there is one, else of the rule files."""
    from casework.calendar.calendars import newest_table  # it imports much that a plain year does not need

    table = newest_table(desk, year) or desk.rules.calendars.get(year)
    return (table.source, table.note or "") if table is not None else ("", "")


def _month(found: Calendar, year: int, month: int, local: Mapping[date, str]) -> MonthTable:
    weeks = [
        tuple(_cell(found, day, local) if day.month == month else None for day in week)
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    works = sum(cell.works for week in weeks for cell in week if cell is not None)
    return MonthTable(month, tuple(weeks), works)


def _cell(found: Calendar, day: date, local: Mapping[date, str]) -> DayCell:
    works, weekend = found.is_workday(day), day.weekday() >= SATURDAY
    mark = ("班" if weekend else "") if works else "休" if not weekend or _in_break(found, day) else "末"
    return DayCell(day, works, mark, local.get(day, ""))


def _in_break(found: Calendar, day: date) -> bool:
    """Tell whether a weekend day lies in a holiday: a weekday off stands on either side of it."""
    for step in (1, -1):
        near = day
        for _ in range(2):
            near = date.fromordinal(near.toordinal() + step)
            if near.year != day.year or found.is_workday(near):
                break
            if near.weekday() < SATURDAY:
                return True
    return False


def _spans(cells: list[DayCell]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for cell in cells:
        if found and cell.day.toordinal() - found[-1][1].toordinal() == 1:
            found[-1] = (found[-1][0], cell.day)
        else:
            found.append((cell.day, cell.day))
    return found
