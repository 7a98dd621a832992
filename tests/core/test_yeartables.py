"""Year tables: what is refused and in which words, which local day turns which other, and what is known of years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from core.calendar.workdays import Calendar, half_month_period, month_halves
from core.calendar.yeartables import differing_days, hash_tables, order_tables, walk_days
from core.errors import CalendarMissing, InvalidInput

MONDAY, SATURDAY = date(2026, 6, 1), date(2026, 6, 6)


@dataclass(frozen=True)
class Table:
    year: int
    status: str = "official"
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


@dataclass(frozen=True)
class Local:
    name: str
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    status: str = "official"


def plain(*years: int) -> Calendar:
    return Calendar.of(Table(year) for year in years)


def test_tables_are_ordered_by_year() -> None:
    assert list(order_tables([Table(2027), Table(2025), Table(2026)])) == [2025, 2026, 2027]
    assert plain(2027, 2025, 2026).years == (2025, 2026, 2027)


@pytest.mark.parametrize(("tables", "said", "found", "expected", "remedy"), [
    ([Table(2026), Table(2026)], "工作日历年表重复", "2026年", "每年一张年表", "删去多余的一张"),
    ([Table(2026, off=(MONDAY, SATURDAY), work=(SATURDAY, MONDAY))], "2026年工作日历有误", "2026-06-01、2026-06-06",
     "同一日期只列入放假或上班之一", "对照放假通知改正年表"),
    ([Table(2026, off=(date(2027, 1, 1),))], "2026年工作日历有误", "2027-01-01", "2026年的日期",
     "对照放假通知改正年表"),
    ([Table(2026, work=(date(2025, 11, 30),))], "2026年工作日历有误", "2025-11-30", "2026年的日期",
     "对照放假通知改正年表"),
    ([Table(2026, off=(date(2024, 12, 31),))], "2026年工作日历有误", "2024-12-31", "2026年的日期",
     "对照放假通知改正年表"),
    ([Table(2026, off=(date(2027, 12, 31),))], "2026年工作日历有误", "2027-12-31", "2026年的日期",
     "对照放假通知改正年表"),
])  # fmt: skip
def test_a_wrong_table_is_refused_in_words(
    tables: Iterable[Table], said: str, found: str, expected: str, remedy: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        order_tables(tables)
    told = refused.value
    assert (told.found, told.expected, told.remedy) == (found, expected, remedy)
    assert str(told).startswith(said)


def test_the_december_before_belongs_to_a_table_too() -> None:
    assert list(order_tables([Table(2026, off=(date(2025, 12, 1),), work=(date(2025, 12, 31),))])) == [2026]


def test_a_local_day_counts_only_where_it_turns_the_national_one_and_its_year_is_known() -> None:
    national = order_tables([Table(2026, off=(MONDAY,), work=(SATURDAY,))])
    tuesday, sunday, unknown = date(2026, 6, 2), date(2026, 6, 7), date(2027, 6, 1)
    same = Local("同", off=(MONDAY, sunday), work=(SATURDAY, tuesday))
    assert differing_days(national, [same]) == {}
    first = Local("先", off=(tuesday, SATURDAY, unknown), work=(MONDAY,))
    last = Local("后", off=(MONDAY,), work=(sunday,))
    assert differing_days(national, [first, last]) == {tuesday: first, SATURDAY: first, sunday: last}
    assert list(differing_days(national, [first, last])) == [tuesday, SATURDAY, sunday]
    assert differing_days(national, [last, first]) == {
        MONDAY: first, tuesday: first, SATURDAY: first, sunday: last,
    }  # fmt: skip


def test_every_day_of_the_span_is_walked_and_a_year_without_a_table_never_works() -> None:
    years = order_tables([Table(2024), Table(2026, off=(MONDAY,), work=(SATURDAY,))])
    days = dict(walk_days(years, [date(2026, 6, 2), SATURDAY, date(2026, 6, 7)]))
    assert (min(days), max(days), len(days)) == (date(2024, 1, 1), date(2026, 12, 31), 366 + 365 + 365)
    assert not any(works for day, works in days.items() if day.year == 2025)
    assert [days[MONDAY + timedelta(at)] for at in range(8)] == [
        False, False, True, True, True, False, True, True,
    ]  # fmt: skip
    assert sum(works for day, works in days.items() if day.year == 2024) == 262
    assert list(walk_days({})) == []


def test_the_hash_is_told_by_every_part_of_every_table_in_any_order() -> None:
    tables = [Table(2025), Table(2026, off=(MONDAY, SATURDAY))]
    usual = hash_tables(tables)
    assert len(usual) == 12
    assert (
        usual
        == hash_tables(reversed(tables))
        == hash_tables([Table(2026, off=(SATURDAY, MONDAY)), Table(2025)])
    )
    place = Local("县", off=(MONDAY,))
    others = [
        hash_tables([Table(2025), Table(2026, work=(MONDAY, SATURDAY))]), hash_tables(tables[:1]),
        hash_tables([Table(2025, "provisional"), tables[1]]), hash_tables(tables, [place]),
        hash_tables(tables, [Local("乡", off=(MONDAY,))]), hash_tables(tables, [Local("县", work=(MONDAY,))]),
        hash_tables(tables, [Local("县", off=(MONDAY,), status="provisional")]),
        hash_tables(tables, [place, Local("乡")]), hash_tables(tables, [Local("乡"), place]),
    ]  # fmt: skip
    assert len({usual, *others}) == len(others) + 1


# ---- years that are not known -------------------------------------------------------------------------------


@pytest.mark.parametrize(("years", "known"), [
    ((), "没有任何年度的工作日历"), ((2026,), "已有2026年"), ((2025, 2026), "已有2025年至2026年"),
    ((2024, 2025, 2026), "已有2024年至2026年"), ((2024, 2026), "已有2024年、2026年"),
    ((2023, 2024, 2026), "已有2023年、2024年、2026年"),
])  # fmt: skip
def test_the_years_that_are_known_are_told(years: tuple[int, ...], known: str) -> None:
    with pytest.raises(CalendarMissing) as refused:
        plain(*years).is_workday(date(2030, 1, 1))
    assert (refused.value.year, refused.value.found) == (2030, known)


@pytest.mark.parametrize(("start", "count", "year"), [
    (date(2026, 12, 31), 1, 2027), (date(2025, 1, 1), -1, 2024), (date(2025, 6, 1), 600, 2027),
    (date(2025, 6, 1), -600, 2024), (date(2028, 1, 1), 1, 2028), (date(2023, 1, 1), -1, 2023),
])  # fmt: skip
def test_the_first_year_that_is_missed_is_named(start: date, count: int, year: int) -> None:
    with pytest.raises(CalendarMissing) as refused:
        plain(2025, 2026).after(start, count)
    assert refused.value.year == year


@pytest.mark.parametrize(("start", "count", "year"), [
    (date(2026, 12, 31), 1, 2027), (date(2025, 1, 1), -1, 2024), (date(2025, 6, 1), 1000, 2028),
    (date(2025, 6, 1), -1000, 2022), (date(2028, 6, 1), 1, 2028), (date(2026, 6, 1), 10**9, 2027),
])  # fmt: skip
def test_of_calendar_days_only_the_year_of_the_last_one_is_missed(start: date, count: int, year: int) -> None:
    with pytest.raises(CalendarMissing) as refused:
        plain(2025, 2026).after_days(start, count)
    assert refused.value.year == year


@pytest.mark.parametrize(("a", "b"), [(2024, 2026), (2026, 2024), (2024, 2027), (2027, 2024)])
def test_a_year_between_known_ones_is_named_either_way(a: int, b: int) -> None:
    holed = plain(2024, 2026, 2027)
    with pytest.raises(CalendarMissing) as refused:
        holed.between(date(a, 6, 1), date(b, 6, 1))
    assert refused.value.year == 2025
    assert holed.between(MONDAY, MONDAY) == 0
    assert holed.between(date(2026, 12, 30), date(2027, 1, 4)) == 3


def test_both_halves_of_a_month() -> None:
    assert month_halves(date(2026, 2, 20)) == (
        (date(2026, 2, 1), date(2026, 2, 15)), (date(2026, 2, 16), date(2026, 2, 28)),
    )  # fmt: skip
    assert month_halves(date(2026, 12, 1))[1] == (date(2026, 12, 16), date(2026, 12, 31))
    assert [half_month_period(date(2026, 1, day)).from_on.day for day in (1, 15, 16, 31)] == [1, 1, 16, 16]
