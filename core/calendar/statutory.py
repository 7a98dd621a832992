"""Statutory periods (法定期限): a start, a term, a calendar, and the last day with its derivation in Chinese.

source: 民法典 第二百零一条 (the day of the start is not counted), 第二百零二条 (a month ends on the day of the same
number, or on its last day), 第二百零三条 (a last day off rolls over to the next working day)
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from core.calendar.workdays import Calendar, Unit
from core.errors import InvalidInput
from core.ladders.derivation import write_date

TermUnit = Literal["workday", "day", "month", "hour", "date"]
UNIT_LABELS: dict[str, str] = {
    "workday": "个工作日",
    "day": "日",
    "month": "个月",
    "hour": "小时",
    "date": "日期",
}
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Term:
    """One period as law sets it.

    count      of `unit`; 0 for a fixed date
    direction  within: act by the last day; at_least: the period may not end before it
    back       counted back from the start, as in 开庭三日前
    rolls      whether a last day off moves on to the next working day; only days and months do
    month, day the fixed date of every year; `including` tells whether that day itself is still in time
    """

    matter: str
    unit: TermUnit
    count: int = 0
    start_event: str = ""
    direction: Literal["within", "at_least"] = "within"
    back: bool = False
    rolls: bool = False
    month: int = 1
    day: int = 1
    including: bool = False


@dataclass(frozen=True, slots=True)
class TermDue:
    """The last day of a statutory period with everything that is printed beside it.

    start_on     None for a fixed date of the year
    provisional  a year that decided the date has no published notice yet
    steps        the derivation, one Chinese sentence each, in order
    version      `Calendar.version` of the tables it was computed with
    """

    start_on: date | None
    count: int
    unit: str
    due_on: date
    provisional: bool
    steps: tuple[str, ...]
    version: str


def due(term: Term, start: date, calendar: Calendar) -> TermDue:
    """Return the last day of a period; for a fixed date the first one that is not before `start`.

    start    the day of the event that starts the period, itself not counted
    raises   CalendarMissing when a year that decides the date has no table
    """
    if term.unit == "date":
        year = start.year if yearly(term, start.year) >= start else start.year + 1
        return _fixed(term, year, calendar)
    if term.unit == "hour":
        return _hours(term, start, calendar)
    if term.unit == "workday":
        return _counted(term, start, term.count, Unit.WORKDAY, calendar)
    days = term.count if term.unit == "day" else (add_months(start, _signed(term)) - start).days
    if not term.rolls:
        return _unmoved(term, start, abs(days), calendar)
    return _counted(term, start, abs(days), Unit.DAY, calendar)


def yearly(term: Term, year: int) -> date:
    """Return the last day in time of a fixed date (before 1 April: 31 March)."""
    return date(year, term.month, term.day) - timedelta(0 if term.including else 1)


def add_months(day: date, count: int) -> date:
    """Return the day of the same number `count` months on, or the last day of a shorter month.

    source: 民法典 第二百零二条
    """
    at = day.year * 12 + day.month - 1 + count
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def write_term(term: Term) -> str:
    """Write a period as law does: 自收到起诉状副本之日起15日内."""
    if term.unit == "date":
        return f"每年{term.month}月{term.day}日{'以前' if term.including else '之前'}"
    length = f"{term.count}{UNIT_LABELS[term.unit]}"
    if term.back:
        return f"{term.start_event}{length}前"
    least = term.direction == "at_least"
    moment = "时" if term.unit == "hour" else "日"
    return f"自{term.start_event}之{moment}起{'不少于' if least else ''}{length}{'' if least else '内'}"


def _signed(term: Term) -> int:
    return -term.count if term.back else term.count


def _counted(term: Term, start: date, count: int, unit: Unit, calendar: Calendar) -> TermDue:
    told = calendar.due(start, -count if term.back else count, unit)
    steps = (*_opening(term, start), *told.steps, *_closing(term, told.due_on))
    return TermDue(start, term.count, term.unit, told.due_on, told.provisional, steps, told.version)


def _unmoved(term: Term, start: date, count: int, calendar: Calendar) -> TermDue:
    """Count calendar days whose last day stays where it falls."""
    due_on = start + timedelta(-count if term.back else count)
    way = "向前倒推" if term.back else "计算"
    steps = (
        *_opening(term, start),
        f"起算日{write_date(start)}不计入，按自然日{way}，共{count}日",
        f"第{count}日为{write_date(due_on)}，本期限遇休息日不顺延",
        *_closing(term, due_on),
    )
    return TermDue(start, term.count, term.unit, due_on, False, steps, calendar.version)


def _hours(term: Term, start: date, calendar: Calendar) -> TermDue:
    due_on = start + timedelta(-(-term.count // HOURS_A_DAY))
    steps = (
        *_opening(term, start),
        f"按小时计算，自{write_date(start)}的起算时刻起{term.count}小时，不扣除夜间和休息日",
        f"至迟于{write_date(due_on)}同一时刻届满",
    )
    return TermDue(start, term.count, term.unit, due_on, False, steps, calendar.version)


def _fixed(term: Term, year: int, calendar: Calendar) -> TermDue:
    due_on = yearly(term, year)
    named = date(year, term.month, term.day)
    steps = [f"{term.matter}：{write_term(term)}"]
    if not term.including:
        steps.append(f"“之前”从严理解为不含{write_date(named)}当日")
    steps.append(f"{year}年最迟为{write_date(due_on)}；固定日期遇休息日不顺延，应提前办理")
    return TermDue(None, 0, term.unit, due_on, False, tuple(steps), calendar.version)


def _opening(term: Term, start: date) -> tuple[str, ...]:
    first = f"{term.matter}：{write_term(term)}"
    if term.unit != "month":
        return (first,)
    last = add_months(start, _signed(term))
    return first, f"按月计算，到期月的对应日（没有对应日的为月末日）为{write_date(last)}"


def _closing(term: Term, due_on: date) -> tuple[str, ...]:
    if term.back:
        return (f"最迟于{write_date(due_on)}办理",)
    if term.direction == "at_least":
        return (f"本期限为最短期限，最早于{write_date(due_on)}届满，此前不得结束",)
    return ()


def refuse_before(matter: str, start: date, first: date | None, last: date | None) -> None:
    """Refuse to compute a period under a rule that was not in force on its first day.

    raises   InvalidInput
    """
    if (first is not None and start < first) or (last is not None and start > last):
        span = f"{first or '不限'}至{last or '今'}"
        raise InvalidInput(
            f"“{matter}”的规定在起算日不施行",
            found=start.isoformat(),
            expected=f"起算日在{span}之间",
            remedy="按起算日当时有效的规定另行核定",
        )
