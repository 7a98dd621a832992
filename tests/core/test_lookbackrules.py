"""Which closed cases are drawn for a look-back, and on which day it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.workdays import Calendar
from core.errors import InvalidInput
from core.lookbackrules import how_many, look_back_day, quarter_of, read_quarter, write_quarter

CALENDAR = Calendar.of(load_years())


def test_the_day_is_the_last_of_the_observation_period_and_never_over() -> None:
    closed = date(2026, 4, 20)
    day = look_back_day(CALENDAR, closed, 60)
    assert CALENDAR.between(closed, day) == 60
    late = date(2026, 9, 30)
    assert look_back_day(CALENDAR, closed, 60, late) == date(2026, 10, 8)
    assert look_back_day(CALENDAR, closed, 60, day) > day


def test_a_share_is_never_less_than_asked_for() -> None:
    assert [how_many(n, 20) for n in (0, 1, 5, 6, 10, 11)] == [0, 1, 1, 2, 2, 3]
    assert how_many(7, 0) == 0
    assert how_many(7, 100) == 7


def test_quarters_are_read_as_they_are_written() -> None:
    for text, first, last in (
        ("2026Q1", (1, 1), (3, 31)),
        ("2026q2", (4, 1), (6, 30)),
        ("2026Q4", (10, 1), (12, 31)),
    ):
        period = read_quarter(text)
        assert (period.from_on, period.to_on) == (date(2026, *first), date(2026, *last))
        assert write_quarter(period) == text.upper()
    for wrong in ("2026", "2026Q5", "26Q1", "Q1", "2026-Q1"):
        with pytest.raises(InvalidInput):
            read_quarter(wrong)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_day_lies_in_one_quarter(day: date) -> None:
    period = quarter_of(day)
    assert period.from_on <= day <= period.to_on
    assert quarter_of(period.to_on + timedelta(1)).from_on == period.to_on + timedelta(1)
