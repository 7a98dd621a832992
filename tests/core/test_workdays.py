"""Due dates: the vectors of the law, a naive walk over every start day, and the years nobody knows yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.workdays import Calendar, Period, Unit, half_month_period, month_halves
from core.errors import CalendarMissing, InvalidInput, Refused

CALENDAR = Calendar.of(load_years())
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(i) for i in range((LAST - FIRST).days + 1)]
WORKDAYS = [day for day in DAYS if chinese_calendar.is_workday(day)]
WORKS = frozenset(WORKDAYS)
days_inside = st.dates(date(2018, 7, 1), date(2026, 6, 30))
counts = st.integers(1, 90)


@dataclass(frozen=True)
class Table:
    year: int
    status: str = "official"
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


def plain(*years: int) -> Calendar:
    """Monday to Friday and nothing else."""
    return Calendar.of(Table(year) for year in years)


@pytest.mark.parametrize(
    ("start", "count", "unit", "due_on"),
    [
        ("2026-02-11", 5, "workday", "2026-02-25"),
        ("2026-02-11", 15, "workday", "2026-03-10"),
        ("2026-02-14", 1, "workday", "2026-02-24"),
        ("2026-09-23", 5, "workday", "2026-10-08"),
        ("2026-09-23", 10, "workday", "2026-10-14"),
        ("2026-04-30", 3, "workday", "2026-05-08"),
        ("2025-09-26", 3, "workday", "2025-09-30"),
        ("2026-01-16", 30, "day", "2026-02-24"),
        ("2026-09-03", 30, "day", "2026-10-08"),
        ("2026-04-01", 30, "day", "2026-05-06"),
    ],
)
def test_the_ten_vectors_of_the_notices(start: str, count: int, unit: str, due_on: str) -> None:
    due = CALENDAR.due(date.fromisoformat(start), count, Unit(unit))
    assert due.due_on == date.fromisoformat(due_on)
    assert not due.provisional


def test_every_start_day_and_count_to_sixty_equals_a_day_by_day_walk_both_ways() -> None:
    # The walk of one start day passes all its counts at once: the n-th working day it meets is the answer for n.
    asked = 0
    for at, start in enumerate(DAYS):
        onward = [day for day in DAYS[at + 1 : at + 110] if day in WORKS][:60]
        assert [CALENDAR.after(start, n) for n in range(1, len(onward) + 1)] == onward
        back = [day for day in reversed(DAYS[max(at - 110, 0) : at]) if day in WORKS][:60]
        assert [CALENDAR.after(start, -n) for n in range(1, len(back) + 1)] == back
        asked += len(onward) + len(back)
    assert asked > 380_000


def test_every_calendar_day_period_to_ninety_rolls_only_its_last_day() -> None:
    for start in DAYS[:-130]:
        for count in (0, 1, 7, 15, 30, 60, 90):
            day = start + timedelta(count)
            while day not in WORKS:
                day += timedelta(1)
            assert CALENDAR.after_days(start, count) == day


def test_a_calendar_day_period_counted_back_rolls_back() -> None:
    assert CALENDAR.after_days(date(2026, 2, 26), -5) == date(2026, 2, 14)
    assert CALENDAR.after_days(date(2026, 3, 10), -1) == date(2026, 3, 9)


def test_a_count_of_zero_is_the_start_day_itself() -> None:
    assert CALENDAR.after(date(2026, 2, 15), 0) == date(2026, 2, 15)


@given(days_inside, counts)
def test_between_counts_what_after_walked(start: date, count: int) -> None:
    due_on = CALENDAR.after(start, count)
    assert CALENDAR.between(start, due_on) == count
    assert CALENDAR.between(due_on, start) == -count
    assert CALENDAR.is_workday(due_on)
    if CALENDAR.is_workday(start):
        assert CALENDAR.after(due_on, -count) == start


@given(days_inside, counts, st.integers(0, 40), st.integers(0, 40))
def test_a_later_start_or_a_longer_period_never_ends_earlier(
    start: date, count: int, later: int, more: int
) -> None:
    for after in (CALENDAR.after, CALENDAR.after_days):
        assert after(start, count) <= after(start + timedelta(later), count)
        assert after(start, count) <= after(start, count + more)


@given(days_inside, days_inside)
def test_between_equals_a_count_of_the_days_in_between(a: date, b: date) -> None:
    low, high = sorted((a, b))
    walked = bisect_right(WORKDAYS, high) - bisect_right(WORKDAYS, low)
    assert CALENDAR.between(a, b) == (walked if a <= b else -walked)


@given(days_inside)
def test_the_next_workday_is_the_day_itself_or_the_first_one_after_it(day: date) -> None:
    assert CALENDAR.next_workday(day) == WORKDAYS[bisect_left(WORKDAYS, day)]


def test_the_derivation_names_start_holidays_make_up_workdays_and_the_end() -> None:
    assert CALENDAR.due(date(2026, 2, 11), 15, Unit.WORKDAY).steps == (
        "起算日2026年2月11日（星期三）不计入",
        "自2026年2月12日（星期四）起按工作日计算，共15个工作日",
        "跳过放假：2026年2月15日至2月23日（9天）",
        "跳过其他双休日3天",
        "调休上班，计为工作日：2026年2月14日（星期六）、2026年2月28日（星期六）",
        "第15个工作日为2026年3月10日（星期二），期限至当日届满",
    )


@pytest.mark.parametrize(
    ("start", "count", "last_step"),
    [
        (date(2026, 1, 16), 30, "当日为休息日，顺延至其后第一个工作日2026年2月24日（星期二）届满"),
        (date(2026, 1, 15), 30, "当日为调休上班日，不顺延，期限至当日届满"),
        (date(2026, 3, 2), 30, "当日为工作日，不顺延，期限至当日届满"),
        (date(2026, 2, 26), -5, "当日为休息日，提前至其前第一个工作日2026年2月14日（星期六）届满"),
        (date(2026, 2, 1), 0, "当日为休息日，顺延至其后第一个工作日2026年2月2日（星期一）届满"),
    ],
)
def test_the_derivation_of_a_calendar_day_period_says_whether_it_rolled(
    start: date, count: int, last_step: str
) -> None:
    assert CALENDAR.due(start, count, Unit.DAY).steps[-1] == last_step


def test_the_derivation_of_a_count_back_and_of_nothing_is_readable() -> None:
    back = CALENDAR.due(date(2026, 1, 5), -4, Unit.WORKDAY)
    assert back.due_on == date(2025, 12, 29)
    assert "自2026年1月4日（星期日）起按工作日向前倒推，共4个工作日" in back.steps
    assert "跳过放假：2026年1月1日至1月3日（3天）" in back.steps
    assert CALENDAR.due(date(2026, 2, 1), 0, Unit.WORKDAY).steps == (
        "期限为零，即起算日2026年2月1日（星期日）",
    )


def test_a_single_day_off_and_one_across_new_year_are_written_in_full() -> None:
    assert "跳过放假：2025年1月1日（1天）" in CALENDAR.due(date(2024, 12, 31), 1, Unit.WORKDAY).steps
    assert (
        "跳过放假：2018年12月30日至2019年1月1日（3天）"
        in CALENDAR.due(date(2018, 12, 28), 2, Unit.WORKDAY).steps
    )


def test_a_period_that_reaches_an_unpublished_year_is_provisional_and_says_so() -> None:
    due = CALENDAR.due(date(2026, 12, 20), 15, Unit.WORKDAY)
    assert due.provisional
    assert due.steps[-1] == "2027年放假通知尚未公布，本期限为暂定，通知公布后重新核定"
    assert due.version == CALENDAR.version


def test_a_calendar_day_period_is_provisional_only_when_its_end_is() -> None:
    calendar = Calendar.of([Table(2026), Table(2027, "provisional"), Table(2028)])
    assert not calendar.due(date(2026, 12, 1), 420, Unit.DAY).provisional
    assert calendar.due(date(2026, 12, 1), 60, Unit.DAY).provisional


def test_the_last_days_of_december_carry_a_reservation_until_the_next_notice() -> None:
    due = CALENDAR.due(date(2026, 12, 20), 9, Unit.DAY)
    assert not due.provisional
    assert due.steps[-1] == "2026年12月29日至31日的安排可能随2027年放假通知调整"


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda: CALENDAR.after(date(2027, 12, 1), 60), 2028),
        (lambda: CALENDAR.after(date(2018, 1, 3), -5), 2017),
        (lambda: CALENDAR.after(date(2031, 1, 3), 5), 2031),
        (lambda: CALENDAR.after(date(2011, 1, 3), 5), 2011),
        (lambda: CALENDAR.after_days(date(2027, 12, 1), 60), 2028),
        (lambda: CALENDAR.after_days(date(2018, 1, 1), 0 - 400), 2016),
        (lambda: CALENDAR.after_days(date(2018, 1, 3), -2), 2017),
        (lambda: CALENDAR.is_workday(date(2028, 1, 1)), 2028),
        (lambda: CALENDAR.next_workday(date(2029, 1, 1)), 2029),
        (lambda: CALENDAR.between(date(2027, 1, 1), date(2028, 1, 1)), 2028),
        (lambda: CALENDAR.after_days(date(2026, 1, 1), 10**9), 2028),
        (lambda: Calendar.of([]).after(date(2026, 1, 1), 1), 2026),
    ],
)
def test_a_year_without_a_table_is_refused_by_name_with_the_remedy(ask: object, year: int) -> None:
    assert callable(ask)
    with pytest.raises(CalendarMissing) as caught:
        ask()
    assert caught.value.year == year
    assert isinstance(caught.value, Refused)
    assert f"{year}年" in caught.value.what
    assert "ducha calendar import" in caught.value.remedy


def test_a_hole_between_known_years_is_never_stepped_over() -> None:
    calendar = plain(2024, 2026)
    for ask in (
        lambda: calendar.after(date(2024, 12, 20), 30),
        lambda: calendar.after(date(2026, 1, 10), -30),
        lambda: calendar.after(date(2025, 3, 3), 400),
        lambda: calendar.after_days(date(2024, 12, 20), 30),
        lambda: calendar.between(date(2024, 1, 1), date(2026, 1, 1)),
        lambda: calendar.between(date(2026, 1, 1), date(2024, 1, 1)),
    ):
        with pytest.raises(CalendarMissing, match="2025年"):
            ask()
    assert calendar.after(date(2026, 1, 1), 1) == date(2026, 1, 2)
    assert calendar.after_days(date(2026, 1, 1), 1) == date(2026, 1, 2)
    assert calendar.is_provisional(date(2026, 1, 1), date(2024, 1, 1))


def test_an_imported_year_replaces_the_provisional_one_and_changes_the_version() -> None:
    noticed = Table(2027, off=(date(2027, 1, 1),), work=(date(2027, 1, 2), date(2027, 1, 3)))
    imported = CALENDAR.overlay([noticed])
    assert CALENDAR.is_provisional(date(2026, 12, 1), date(2027, 1, 10))
    assert not imported.is_provisional(date(2026, 12, 1), date(2027, 1, 10))
    assert imported.after(date(2026, 12, 31), 2) == date(2027, 1, 3)
    assert imported.version != CALENDAR.version
    assert imported.years == CALENDAR.years


def test_a_notice_may_rearrange_the_december_before_its_year() -> None:
    noticed = Table(2027, off=(date(2026, 12, 31), date(2027, 1, 1)), work=(date(2026, 12, 26),))
    imported = CALENDAR.overlay([noticed])
    assert imported.is_workday(date(2026, 12, 26))
    assert not imported.is_workday(date(2026, 12, 31))
    assert CALENDAR.is_workday(date(2026, 12, 31))


def test_the_version_depends_on_the_tables_and_not_on_their_order() -> None:
    years = load_years()
    assert Calendar.of(reversed(years)).version == CALENDAR.version
    assert Calendar.of(years[1:]).version != CALENDAR.version


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([Table(2026), Table(2026)], "年表重复"),
        ([Table(2026, off=(date(2026, 5, 9),), work=(date(2026, 5, 9),))], "2026-05-09"),
        ([Table(2026, off=(date(2027, 1, 1),))], "2027-01-01"),
        ([Table(2026, work=(date(2025, 11, 30),))], "2025-11-30"),
    ],
)
def test_a_contradictory_table_is_refused(tables: Iterable[Table], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Calendar.of(tables)


def test_a_month_has_two_halves_whatever_its_length() -> None:
    assert month_halves(date(2028, 2, 20)) == (
        Period(date(2028, 2, 1), date(2028, 2, 15)),
        Period(date(2028, 2, 16), date(2028, 2, 29)),
    )
    assert half_month_period(date(2026, 12, 15)).to_on == date(2026, 12, 15)
    assert half_month_period(date(2026, 12, 16)).to_on == date(2026, 12, 31)


def test_half_month_jobs_run_once_on_the_first_working_day_of_each_half() -> None:
    days = [date(2026, 2, 1) + timedelta(i) for i in range(28)]
    assert [day.day for day in days if CALENDAR.is_half_month_day(day)] == [2, 24]


@dataclass(frozen=True)
class Local:
    name: str
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    status: str = "official"


FESTIVAL = Local("示例县民族传统节日", off=(date(2026, 4, 20), date(2026, 4, 21)))


def test_a_local_day_off_is_skipped_and_the_derivation_names_it() -> None:
    here = CALENDAR.with_local([FESTIVAL])
    due = here.due(date(2026, 4, 16), 3, Unit.WORKDAY)
    assert (CALENDAR.after(date(2026, 4, 16), 3), due.due_on) == (date(2026, 4, 21), date(2026, 4, 23))
    assert (
        "其中2026年4月20日（星期一）、2026年4月21日（星期二）按地方安排放假（示例县民族传统节日）"
        in due.steps
    )
    assert "示例县" not in "".join(CALENDAR.due(date(2026, 4, 16), 3, Unit.WORKDAY).steps)


def test_the_last_day_of_a_period_rolls_over_a_local_day_off_and_says_why() -> None:
    here = CALENDAR.with_local([FESTIVAL])
    due = here.due(date(2026, 3, 21), 30, Unit.DAY)  # ends on Monday 20 April
    assert due.due_on == date(2026, 4, 22)
    assert due.steps[-1].endswith("按地方安排放假（示例县民族传统节日）")


def test_a_local_working_weekend_counts_and_the_local_calendar_chosen_last_wins() -> None:
    saturday = date(2026, 4, 18)
    working = Local("补班", work=(saturday,))
    here = CALENDAR.with_local([FESTIVAL, working])
    assert here.is_workday(saturday)
    assert here.due(date(2026, 4, 17), 1, Unit.WORKDAY).due_on == saturday
    assert any(
        "按地方安排上班（补班）" in step for step in here.due(date(2026, 4, 17), 1, Unit.WORKDAY).steps
    )
    assert not CALENDAR.with_local([working, Local("不补", off=(saturday,))]).is_workday(saturday)


def test_a_provisional_local_calendar_makes_its_year_provisional_where_it_changes_a_day() -> None:
    unsure = Local("暂定", off=(date(2026, 4, 20),), status="provisional")
    idle = Local("本已放假", off=(date(2026, 5, 1),), status="provisional")
    assert CALENDAR.with_local([unsure]).due(date(2026, 4, 16), 3, Unit.WORKDAY).provisional
    assert not CALENDAR.with_local([idle]).due(date(2026, 4, 16), 3, Unit.WORKDAY).provisional


def test_local_days_stay_when_a_year_is_laid_over_and_change_the_version() -> None:
    here = CALENDAR.with_local([FESTIVAL])
    assert here.version != CALENDAR.version
    assert CALENDAR.with_local([]).version == CALENDAR.version
    assert not here.overlay([Table(2026)]).is_workday(date(2026, 4, 20))
    assert here.overlay([Table(2026)]).is_workday(date(2026, 5, 1))
    assert CALENDAR.with_local([Local("无年表", off=(date(2099, 4, 20),))]).years == CALENDAR.years


# domain: 3.2. Periods of the provincial rules: 日 are calendar days whose last day rolls over; 重庆 writes 工作日.
@pytest.mark.parametrize(
    ("start", "count", "unit", "due_on"),
    [
        ("2026-03-02", 30, "day", "2026-04-01"),  # 四川、河北、山东: correct and report, a plain Wednesday
        ("2026-01-19", 30, "day", "2026-02-24"),  # 30 日 end inside the Spring Festival
        ("2026-04-02", 30, "day", "2026-05-06"),  # 30 日 end on a Saturday in the May holiday
        ("2026-01-29", 30, "day", "2026-02-28"),  # the last day is a Saturday that is worked: no roll-over
        ("2026-03-02", 5, "day", "2026-03-09"),  # 四川: told within 5 日 after 立案; ends on a Saturday
        ("2026-03-02", 10, "day", "2026-03-12"),  # 四川: answer or hand over within 10 日
        ("2026-04-24", 10, "day", "2026-05-06"),  # 10 日 end in the May holiday
        ("2026-04-17", 15, "day", "2026-05-06"),  # 四川、河北: 复查 within 15 日, and its answer
        ("2026-09-11", 15, "day", "2026-09-28"),  # 15 日 end on the Saturday of the Mid-Autumn holiday
        ("2026-09-23", 10, "workday", "2026-10-14"),  # 重庆: 复查 within 10 工作日, over both autumn holidays
        ("2026-02-11", 15, "workday", "2026-03-10"),  # 重庆: decided within 15 工作日
    ],
)
def test_the_periods_of_the_provincial_rules(start: str, count: int, unit: str, due_on: str) -> None:
    assert CALENDAR.due(date.fromisoformat(start), count, Unit(unit)).due_on == date.fromisoformat(due_on)
