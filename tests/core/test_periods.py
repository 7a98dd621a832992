from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.calendar.periods import PeriodKind, kind_of, last_ended, name_period, period_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS, st.sampled_from(PeriodKind))
def test_every_day_lies_in_one_period_that_its_neighbours_continue(day: date, kind: PeriodKind) -> None:
    first, last = period_of(kind, day)
    assert first <= day <= last
    assert period_of(kind, first) == period_of(kind, last) == (first, last)
    assert period_of(kind, last + timedelta(1))[0] == last + timedelta(1)
    assert last_ended(kind, day)[1] == first - timedelta(1)
    assert kind_of(first, last) is kind


def test_half_months_end_on_the_fifteenth_and_on_the_last_day() -> None:
    half = PeriodKind.HALF_MONTH
    assert period_of(half, date(2024, 2, 15)) == (date(2024, 2, 1), date(2024, 2, 15))
    assert period_of(half, date(2024, 2, 16)) == (date(2024, 2, 16), date(2024, 2, 29))


def test_periods_have_the_names_that_offices_use() -> None:
    first = date(2026, 10, 1)
    names = [name_period(kind, first) for kind in PeriodKind]
    assert names == ["2026年10月上半月", "2026年10月", "2026年第四季度", "2026年度"]
    assert kind_of(date(2026, 10, 1), date(2026, 10, 2)) is None
    assert name_period(PeriodKind.HALF_MONTH, date(2026, 3, 16)) == "2026年3月下半月"
    quarters = [name_period(PeriodKind.QUARTER, date(2026, month, 1)) for month in (1, 4, 7, 10)]
    assert quarters == [f"2026年第{which}季度" for which in "一二三四"]


def test_the_last_period_of_each_kind_that_was_over() -> None:
    ended = {kind: last_ended(kind, date(2026, 5, 20)) for kind in PeriodKind}
    assert ended == {
        PeriodKind.HALF_MONTH: (date(2026, 5, 1), date(2026, 5, 15)),
        PeriodKind.MONTH: (date(2026, 4, 1), date(2026, 4, 30)),
        PeriodKind.QUARTER: (date(2026, 1, 1), date(2026, 3, 31)),
        PeriodKind.YEAR: (date(2025, 1, 1), date(2025, 12, 31)),
    }
