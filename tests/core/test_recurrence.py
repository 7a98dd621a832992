"""Recurring plans: fixed grids and plans that count from completion; an exception touches one occurrence alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.campaign.recurrence import Occurrence, add_months, occurrences, period_of
from core.rulebook import CalendarYear

# Ordinary years without a holiday: what is tested is the grid.
CALENDAR = Calendar(
    CalendarYear(year=year, status="official", source="表", off=(), work=()) for year in range(2025, 2041)
)
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)


@dataclass(frozen=True)
class Change:
    period: str
    skip: bool = False
    move_to: date | None = None


@dataclass(frozen=True)
class Plan:
    every: str = "month"
    workdays: int | None = None
    mode: str = "grid"
    anchor: date = date(2026, 3, 5)
    until: date | None = None
    exceptions: tuple[Change, ...] = field(default=())


def periods(found: tuple[Occurrence, ...]) -> list[str]:
    return [one.period for one in found]


def test_a_monthly_plan_comes_once_a_month_on_its_day_or_the_working_day_after() -> None:
    found = occurrences(Plan(), FIRST, date(2026, 6, 30), CALENDAR)
    assert periods(found) == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert [one.due_on.isoformat() for one in found] == [
        "2026-03-05",
        "2026-04-06",
        "2026-05-05",
        "2026-06-05",
    ]
    assert [one.number for one in found] == [0, 1, 2, 3]


def test_quarters_halves_and_years_are_called_by_their_names() -> None:
    names = {
        every: periods(occurrences(Plan(every=every), FIRST, date(2027, 3, 31), CALENDAR))
        for every in ("quarter", "half_year", "year")
    }
    assert names == {
        "quarter": ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"],
        "half_year": ["2026-H1", "2026-H2", "2027-H1"],
        "year": ["2026", "2027"],
    }


def test_the_thirty_first_becomes_the_last_day_of_a_short_month_and_comes_back() -> None:
    days = [add_months(date(2027, 12, 31), months) for months in range(4)]
    assert [day.isoformat() for day in days] == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]
    planned = [
        one.planned_on.day for one in occurrences(Plan(anchor=date(2026, 1, 31)), FIRST, LAST, CALENDAR)
    ]
    assert planned[:4] == [31, 28, 31, 30]


def test_an_occurrence_that_is_left_out_or_moved_leaves_the_others_alone() -> None:
    plain = occurrences(Plan(), FIRST, date(2026, 8, 31), CALENDAR)
    changed = Plan(exceptions=(Change("2026-04", skip=True), Change("2026-06", move_to=date(2026, 6, 23))))
    found = occurrences(changed, FIRST, date(2026, 8, 31), CALENDAR)
    assert periods(found) == ["2026-03", "2026-05", "2026-06", "2026-07", "2026-08"]
    moved = next(one for one in found if one.period == "2026-06")
    assert (moved.due_on, moved.moved, moved.number) == (date(2026, 6, 23), True, 3)
    assert [one for one in found if one is not moved] == [
        one for one in plain if one.period not in ("2026-04", "2026-06")
    ]


def test_from_the_last_completion_there_is_one_occurrence_and_before_the_first_it_is_the_anchor() -> None:
    plan = Plan(every="half_year", mode="after_completion")
    first = occurrences(plan, FIRST, LAST, CALENDAR)
    assert [(one.period, one.number) for one in first] == [("2026-03-05", 0)]
    second = occurrences(plan, FIRST, LAST, CALENDAR, [date(2026, 5, 20)])
    assert [(one.period, one.number) for one in second] == [("2026-11-20", 1)]
    skipping = replace(plan, exceptions=(Change("2026-11-20", skip=True),))
    assert periods(occurrences(skipping, FIRST, LAST, CALENDAR, [date(2026, 5, 20)])) == ["2027-05-20"]


def test_a_plan_in_working_days_counts_them_and_stops_where_the_calendar_ends() -> None:
    plan = Plan(every="workdays", workdays=10, anchor=date(2040, 12, 3))
    found = occurrences(plan, FIRST, date(2041, 12, 31), CALENDAR)
    assert periods(found) == ["2040-12-03", "2040-12-17", "2040-12-31"]


def test_a_year_without_a_table_keeps_the_day_as_planned_and_says_so() -> None:
    (only,) = occurrences(Plan(every="year", anchor=date(2050, 3, 5)), FIRST, date(2050, 12, 31), CALENDAR)
    assert (only.due_on, only.provisional) == (date(2050, 3, 5), True)
    assert not occurrences(Plan(until=date(2026, 4, 30)), FIRST, LAST, CALENDAR)[-1].provisional


def test_nothing_comes_after_the_last_day_of_a_plan() -> None:
    assert periods(occurrences(Plan(until=date(2026, 5, 31)), FIRST, LAST, CALENDAR))[-1] == "2026-05"


PLANS = st.builds(
    Plan,
    every=st.sampled_from(["month", "quarter", "half_year", "year", "workdays"]),
    workdays=st.just(7),
    anchor=st.dates(date(2025, 1, 1), date(2029, 12, 31)),
)


@given(PLANS, st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.integers(0, 900))
def test_occurrences_come_once_in_order_and_the_same_each_time(plan: Plan, since: date, days: int) -> None:
    until = since + timedelta(days)
    found = occurrences(plan, since, until, CALENDAR)
    assert found == occurrences(plan, since, until, CALENDAR)
    assert len(set(periods(found))) == len(found)
    planned = [one.planned_on for one in found]
    assert planned == sorted(set(planned))
    assert all(since <= one.planned_on <= until and one.due_on >= one.planned_on for one in found)
    assert all(period_of(plan, one.planned_on) == one.period for one in found)


@given(PLANS, st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.integers(1, 600), st.integers(1, 600))
def test_looking_in_two_steps_finds_what_one_look_finds(plan: Plan, since: date, one: int, two: int) -> None:
    middle, until = since + timedelta(one), since + timedelta(one + two)
    halves = occurrences(plan, since, middle, CALENDAR) + occurrences(
        plan, middle + timedelta(1), until, CALENDAR
    )
    assert halves == occurrences(plan, since, until, CALENDAR)


@given(PLANS, st.data())
def test_an_exception_moves_or_drops_exactly_one(plan: Plan, data: st.DataObject) -> None:
    plain = occurrences(plan, date(2025, 1, 1), date(2031, 12, 31), CALENDAR)
    chosen = data.draw(st.sampled_from(plain))
    skip = data.draw(st.booleans())
    day = data.draw(st.dates(date(2026, 1, 1), date(2031, 12, 31)))
    exception = Change(chosen.period, skip=skip, move_to=None if skip else day)
    found = occurrences(
        replace(plan, exceptions=(exception,)), date(2025, 1, 1), date(2031, 12, 31), CALENDAR
    )
    others = [one for one in plain if one.period != chosen.period]
    assert [one for one in found if one.period != chosen.period] == others
    mine = [one for one in found if one.period == chosen.period]
    assert [one.due_on for one in mine] == ([] if skip else [CALENDAR.next_workday(day)])
