"""What a statutory period is as a whole: its day and every sentence beside it, one kind of period after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from benchmarks.workdays import load_years
from core.calendar.statutory import Term, TermDue, add_months, due, refuse_before, write_term, yearly
from core.calendar.workdays import Calendar, Unit
from core.errors import InvalidInput

CALENDAR = Calendar.of(load_years())
START = date(2026, 1, 15)  # a Thursday


def term(unit: Any, count: int = 0, **values: Any) -> Term:
    return Term("某事", unit, count, "收到通知", **values)


def whole(
    asked: Term, due_on: date, *steps: str, start: date | None = START, provisional: bool = False
) -> TermDue:
    return TermDue(start, asked.count, asked.unit, due_on, provisional, steps, CALENDAR.version)


def test_days_that_stay_where_they_fall() -> None:
    stays = term("day", 9)
    assert due(stays, START, CALENDAR) == whole(
        stays, date(2026, 1, 24), "某事：自收到通知之日起9日内",
        "起算日2026年1月15日（星期四）不计入，按自然日计算，共9日",
        "第9日为2026年1月24日（星期六），本期限遇休息日不顺延",
    )  # fmt: skip
    back = term("day", 3, back=True)
    assert due(back, START, CALENDAR) == whole(
        back, date(2026, 1, 12), "某事：收到通知3日前", "起算日2026年1月15日（星期四）不计入，按自然日向前倒推，共3日",
        "第3日为2026年1月12日（星期一），本期限遇休息日不顺延", "最迟于2026年1月12日（星期一）办理",
    )  # fmt: skip
    least = term("day", 9, direction="at_least")
    assert due(least, START, CALENDAR).steps == (
        "某事：自收到通知之日起不少于9日", "起算日2026年1月15日（星期四）不计入，按自然日计算，共9日",
        "第9日为2026年1月24日（星期六），本期限遇休息日不顺延",
        "本期限为最短期限，最早于2026年1月24日（星期六）届满，此前不得结束",
    )  # fmt: skip


@pytest.mark.parametrize(("back", "due_on"), [(False, date(2026, 1, 26)), (True, date(2026, 1, 6))])
def test_days_that_roll_are_told_by_the_calendar(back: bool, due_on: date) -> None:
    rolls = term("day", 9, rolls=True, back=back)
    told = CALENDAR.due(START, -9 if back else 9, Unit.DAY)
    found = due(rolls, START, CALENDAR)
    assert (found.due_on, found.start_on, found.count, found.unit, found.version) == (
        due_on, START, 9, "day", CALENDAR.version,
    )  # fmt: skip
    assert found.steps[1 : 1 + len(told.steps)] == told.steps
    assert len(found.steps) == 1 + len(told.steps) + int(back)


def test_working_days_are_told_by_the_calendar_with_its_doubts() -> None:
    asked, late = term("workday", 5), date(2027, 3, 1)
    told = CALENDAR.due(late, 5, Unit.WORKDAY)
    assert told.provisional
    assert due(asked, late, CALENDAR) == whole(
        asked, told.due_on, "某事：自收到通知之日起5个工作日内", *told.steps, start=late, provisional=True
    )


def test_months_end_on_their_day_and_may_be_counted_back() -> None:
    start = date(2026, 3, 31)
    one = term("month", 1)
    assert due(one, start, CALENDAR).steps == (
        "某事：自收到通知之日起1个月内", "按月计算，到期月的对应日（没有对应日的为月末日）为2026年4月30日（星期四）",
        "起算日2026年3月31日（星期二）不计入，按自然日计算，共30日",
        "第30日为2026年4月30日（星期四），本期限遇休息日不顺延",
    )  # fmt: skip
    back = term("month", 1, back=True)
    found = due(back, start, CALENDAR)
    assert found.due_on == date(2026, 2, 28)
    assert found.steps[1].endswith("为2026年2月28日（星期六）")
    assert found.count == 1
    rolling = due(term("month", 1, back=True, rolls=True), start, CALENDAR)
    assert rolling.due_on == CALENDAR.after_days(start, -31)


@pytest.mark.parametrize(("start", "count", "end"), [
    (date(2026, 12, 31), 2, date(2027, 2, 28)), (date(2026, 1, 1), -1, date(2025, 12, 1)),
    (date(2026, 1, 31), 0, date(2026, 1, 31)), (date(2026, 11, 30), 1, date(2026, 12, 30)),
    (date(2026, 12, 5), 12, date(2027, 12, 5)), (date(2023, 12, 31), 2, date(2024, 2, 29)),
])  # fmt: skip
def test_months_on_or_back(start: date, count: int, end: date) -> None:
    assert add_months(start, count) == end


@pytest.mark.parametrize(("hours", "due_on"), [
    (24, date(2026, 1, 16)), (25, date(2026, 1, 17)), (23, date(2026, 1, 16)), (48, date(2026, 1, 17)),
])  # fmt: skip
def test_hours_run_through_nights_and_weekends(hours: int, due_on: date) -> None:
    asked = term("hour", hours)
    day = f"{due_on.month}月{due_on.day}日（星期{'一二三四五六日'[due_on.weekday()]}）"
    assert due(asked, START, CALENDAR) == whole(
        asked, due_on, f"某事：自收到通知之时起{hours}小时内",
        f"按小时计算，自2026年1月15日（星期四）的起算时刻起{hours}小时，不扣除夜间和休息日",
        f"至迟于2026年{day}同一时刻届满",
    )  # fmt: skip


def test_a_fixed_date_of_the_year_with_and_without_its_day() -> None:
    before = Term("年报", "date", month=4, day=1)
    assert due(before, date(2026, 3, 31), CALENDAR) == TermDue(
        None, 0, "date", date(2026, 3, 31), False,
        ("年报：每年4月1日之前", "“之前”从严理解为不含2026年4月1日（星期三）当日",
         "2026年最迟为2026年3月31日（星期二）；固定日期遇休息日不顺延，应提前办理"), CALENDAR.version,
    )  # fmt: skip
    until = Term("年报", "date", month=4, day=1, including=True)
    assert due(until, date(2026, 4, 2), CALENDAR).steps == (
        "年报：每年4月1日以前", "2027年最迟为2027年4月1日（星期四）；固定日期遇休息日不顺延，应提前办理",
    )  # fmt: skip
    assert (yearly(before, 2026), yearly(until, 2026)) == (date(2026, 3, 31), date(2026, 4, 1))
    assert yearly(Term("年报", "date"), 2026) == date(2025, 12, 31)


def test_a_period_is_written_as_the_law_has_it() -> None:
    assert [write_term(one) for one in (
        term("workday", 5), term("hour", 24, direction="at_least"), term("month", 2, back=True),
        term("day", 30, direction="at_least"),
    )] == [
        "自收到通知之日起5个工作日内", "自收到通知之时起不少于24小时", "收到通知2个月前", "自收到通知之日起不少于30日",
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "refused"), [
    (None, None, ""), (START, START, ""), (date(2026, 1, 16), None, "2026-01-16至今"),
    (None, date(2026, 1, 14), "不限至2026-01-14"), (date(2026, 2, 1), date(2026, 3, 1), "2026-02-01至2026-03-01"),
])  # fmt: skip
def test_a_rule_counts_from_its_first_to_its_last_day(
    first: date | None, last: date | None, refused: str
) -> None:
    if not refused:
        refuse_before("某事", START, first, last)
        return
    with pytest.raises(InvalidInput) as met:
        refuse_before("某事", START, first, last)
    told = met.value
    assert (told.found, told.expected, told.remedy) == (
        "2026-01-15", f"起算日在{refused}之间", "按起算日当时有效的规定另行核定",
    )  # fmt: skip
    assert str(told).startswith("“某事”的规定在起算日不施行")
