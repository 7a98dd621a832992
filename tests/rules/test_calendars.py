"""The year tables of the rule book against the package that they were generated from, and against the notices."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from benchmarks.workdays import Year, load_years
from casework.rulesets.library import rules_calendar
from core.calendar.workdays import Calendar, Unit
from core.rulebook import load_rulebook
from system.paths import RULES_DIR, read_texts

YEARS = {year.year: year for year in load_years()}
CALENDAR = Calendar.of(YEARS.values())
OFFICIAL = sorted(year for year, table in YEARS.items() if table.status == "official")


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(i) for i in range((date(year + 1, 1, 1) - first).days)]


def test_the_rule_book_knows_every_year_from_2018_to_2026_officially_and_2027_provisionally() -> None:
    assert list(range(2018, 2027)) == OFFICIAL
    assert YEARS[2027].status == "provisional"


@pytest.mark.parametrize("year", OFFICIAL)
def test_an_official_year_equals_the_package_day_by_day(year: int) -> None:
    differing = [day for day in days_of(year) if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize(
    ("year", "off", "work"),
    [
        (
            2025,
            [((1, 1), 1), ((1, 28), 8), ((4, 4), 3), ((5, 1), 5), ((5, 31), 3), ((10, 1), 8)],
            [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
        ),
        (
            2026,
            [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)],
            [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
        ),
    ],
)
def test_the_years_with_a_checked_notice_list_exactly_its_days(
    year: int, off: list[tuple[tuple[int, int], int]], work: list[tuple[int, int]]
) -> None:
    noticed = [date(year, *first) + timedelta(i) for first, length in off for i in range(length)]
    assert list(YEARS[year].off) == noticed
    assert list(YEARS[year].work) == [date(year, month, day) for month, day in work]


@pytest.mark.parametrize("table", YEARS.values(), ids=lambda table: str(table.year))
def test_a_year_lists_its_own_days_once_in_order_and_only_weekends_as_make_up_workdays(table: Year) -> None:
    for days in (table.off, table.work):
        assert list(days) == sorted(set(days))
        assert all(day.year == table.year for day in days)
    assert all(day.weekday() >= 5 for day in table.work)


def test_2025_and_2026_have_248_working_days_each() -> None:
    assert [sum(map(CALENDAR.is_workday, days_of(year))) for year in (2025, 2026)] == [248, 248]


def test_the_provisional_year_is_monday_to_friday_without_the_thirteen_statutory_days() -> None:
    off = set(YEARS[2027].off)
    assert len(off) == 13
    assert YEARS[2027].work == ()
    assert all(CALENDAR.is_workday(d) == (d.weekday() < 5 and d not in off) for d in days_of(2027))


def test_the_shipped_example_of_local_holidays_is_chosen_by_no_office_and_counts_where_it_is_chosen() -> None:
    files = read_texts(RULES_DIR, ".yaml")
    book = load_rulebook(files)
    assert all(not office.choices.local_calendars for office in book.offices.values())
    path = "offices/shilixian.yaml"
    line = "  self_report_workdays: 5\n"
    assert line in files[path]
    files[path] = files[path].replace(line, f"{line}  local_calendars: [minzu_jieri_shili]\n")
    chosen = load_rulebook(files)
    day, usual = date(2026, 4, 20), rules_calendar(book, "shilixian")
    here = rules_calendar(chosen, "shilixian")
    assert usual.is_workday(day)
    assert not here.is_workday(day)
    due = here.due(date(2026, 4, 17), 1, Unit.WORKDAY)
    assert (due.due_on, due.provisional) == (date(2026, 4, 22), True)
    assert any("示例县民族传统节日放假安排" in step for step in due.steps)
    assert rules_calendar(chosen).version == here.version != usual.version
    assert rules_calendar(chosen, "elsewhere").version == usual.version
