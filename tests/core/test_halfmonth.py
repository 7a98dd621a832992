"""For which halves of a month a report is owed, and by which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.halfmonth import Shown, halves_between, owed_reports, shown_on
from core.calendar.workdays import Calendar
from core.codes import Light
from core.errors import CalendarMissing

CALENDAR = Calendar.of(load_years())
RED = (Light.RED, Light.BLACK)


def owed(history: list[Shown], first_on: date, today: date, workdays: int = 1) -> list[tuple[date, date]]:
    found = owed_reports(history, RED, CALENDAR, workdays, first_on=first_on, today=today)
    return [(one.period.to_on, one.due_on) for one in found]


def test_a_report_is_owed_for_each_half_on_whose_last_day_the_colour_shows() -> None:
    history = [Shown(date(2026, 4, 10), Light.YELLOW), Shown(date(2026, 4, 20), Light.RED)]
    assert owed(history, date(2026, 4, 1), date(2026, 5, 20)) == [
        (date(2026, 4, 30), date(2026, 5, 6)),  # the first working day after the holidays of May
        (date(2026, 5, 15), date(2026, 5, 18)),
    ]


def test_nothing_is_owed_before_the_half_is_over() -> None:
    history = [Shown(date(2026, 4, 2), Light.RED)]
    assert owed(history, date(2026, 4, 1), date(2026, 4, 15)) == []
    assert owed(history, date(2026, 4, 1), date(2026, 4, 16)) == [(date(2026, 4, 15), date(2026, 4, 16))]


def test_a_case_that_was_closed_or_suspended_within_the_half_owes_nothing() -> None:
    history = [Shown(date(2026, 4, 2), Light.RED), Shown(date(2026, 4, 15), Light.RED, open=False)]
    assert owed(history, date(2026, 4, 1), date(2026, 5, 1)) == []


def test_of_several_changes_on_one_day_the_last_one_counts() -> None:
    day = date(2026, 4, 15)
    history = [Shown(day, Light.RED), Shown(day, Light.NONE, open=False), Shown(day, Light.BLACK)]
    assert shown_on(history, day) == Shown(day, Light.BLACK)
    assert shown_on(history, day - timedelta(1)) is None


def test_february_ends_with_its_last_day_and_a_make_up_saturday_is_a_working_day() -> None:
    halves = list(halves_between(date(2028, 2, 20), date(2028, 2, 29)))
    assert [half.to_on for half in halves] == [date(2028, 2, 29)]
    # 15 February 2026 lies in the Spring Festival: the first working day after it is the 24th; 28 February works.
    history = [Shown(date(2026, 2, 1), Light.RED)]
    assert owed(history, date(2026, 2, 1), date(2026, 2, 16)) == [(date(2026, 2, 15), date(2026, 2, 24))]


def test_a_year_without_a_table_is_no_guess() -> None:
    with pytest.raises(CalendarMissing):
        owed([Shown(date(2031, 1, 2), Light.RED)], date(2031, 1, 1), date(2031, 2, 1))


shown = st.builds(
    Shown, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(list(Light)), st.booleans()
)


@given(st.lists(shown, max_size=12), st.dates(date(2026, 2, 1), date(2026, 12, 31)), st.integers(1, 5))
def test_reports_come_in_order_once_a_half_and_are_due_on_a_working_day_after_it(
    history: list[Shown], today: date, workdays: int
) -> None:
    history.sort(key=lambda one: one.on)
    found = list(owed_reports(history, RED, CALENDAR, workdays, first_on=date(2026, 1, 1), today=today))
    ends = [one.period.to_on for one in found]
    assert ends == sorted(set(ends))
    for one in found:
        assert one.period.to_on < today
        assert one.light in RED
        assert CALENDAR.is_workday(one.due_on)
        assert CALENDAR.between(one.period.to_on, one.due_on) == workdays
