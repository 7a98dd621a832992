"""Statutory clocks: every last day equals a walk over the days of the official calendar, and says how it was found."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.statutory import Term, add_months, due, write_term
from core.calendar.workdays import Calendar
from core.errors import CalendarMissing, InvalidInput, NotFound
from core.rulebook.clocks import ClockFile, StatutoryClock, find_clock, list_clocks
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

CALENDAR = Calendar.of(load_years())
TREE = read_yaml((RULES_DIR / "clocks/statutory.yaml").read_text(encoding="utf-8"), "").tree
FILE = ClockFile.model_validate(TREE)
FILES = {"statutory": FILE}
ONE_DAY = timedelta(1)
KINDS = [(clock, variant) for clock in FILE.clocks for variant in ("", *(one.code for one in clock.variants))]
COUNTED = [(clock, variant) for clock, variant in KINDS if clock.term(variant).unit != "date"]
DAYS = [date(2023, 12, 1) + timedelta(at) for at in range(1126)]
WORKS = frozenset(day for day in DAYS if chinese_calendar.is_workday(day))
starts = st.dates(date(2024, 1, 1), date(2026, 6, 30))


def clock(code: str) -> StatutoryClock:
    return find_clock(FILES, code)


def walk(term: Term, start: date) -> date:
    """The last day found one day at a time, with another package's calendar."""
    step = -ONE_DAY if term.back else ONE_DAY
    day, left = start, term.count
    if term.unit == "hour":
        return start + timedelta(-(-term.count // 24))
    if term.unit == "month":
        year, month = start.year + (start.month + left - 1) // 12, (start.month + left - 1) % 12 + 1
        day, left = date(year, month, min(start.day, months.monthrange(year, month)[1])), 0
    while left:
        day += step
        left -= 1 if term.unit != "workday" or day in WORKS else 0
    while term.rolls and day not in WORKS:
        day += step
    return day


@pytest.mark.parametrize(("one", "variant"), COUNTED, ids=lambda value: getattr(value, "code", value))
def test_every_clock_ends_where_a_walk_over_the_days_ends(one: StatutoryClock, variant: str) -> None:
    for offset in range(0, 730, 14):
        for start in (date(2024, 1, 1) + timedelta(offset + at) for at in (0, 3, 5)):
            assert one.due(start, CALENDAR, variant).due_on == walk(one.term(variant), start)


@pytest.mark.parametrize("one", [one for one in FILE.clocks if one.extend], ids=lambda one: one.code)
def test_an_extended_clock_counts_on_without_a_break(one: StatutoryClock) -> None:
    term = one.term(extended=True)
    assert term.count == (one.count or 0) + (one.extend or 0)
    assert one.due(date(2026, 3, 2), CALENDAR, extended=True).due_on == walk(term, date(2026, 3, 2))
    assert "已延长" in one.due(date(2026, 3, 2), CALENDAR, extended=True).steps[0]


@given(first=starts, later=st.integers(0, 60), kind=st.sampled_from(KINDS))
def test_a_later_start_never_ends_earlier(first: date, later: int, kind: tuple[StatutoryClock, str]) -> None:
    one, variant = kind
    ends = [one.due(first + timedelta(days), CALENDAR, variant).due_on for days in (0, later)]
    assert ends == sorted(ends)


@given(start=starts, kind=st.sampled_from(COUNTED))
def test_a_period_never_ends_on_its_first_day_and_a_rolled_end_is_a_working_day(
    start: date, kind: tuple[StatutoryClock, str]
) -> None:
    one, variant = kind
    term, told = one.term(variant), one.due(start, CALENDAR, variant)
    assert (told.due_on < start) if term.back else (told.due_on > start)
    if term.rolls or term.unit == "workday":
        assert CALENDAR.is_workday(told.due_on)
    assert told.steps[0].startswith(one.matter)
    assert told.version == CALENDAR.version


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2026, 2, 28), 2, date(2026, 4, 28)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -2, date(2025, 11, 15)),
    ],
)
def test_a_month_ends_on_the_same_number_or_on_the_last_day(start: date, count: int, end: date) -> None:
    assert add_months(start, count) == end


def test_a_period_of_months_tells_its_corresponding_day_and_its_roll() -> None:
    told = clock("procuratorial_advice_reply").due(date(2026, 3, 3), CALENDAR)
    assert told.due_on == date(2026, 5, 6)
    assert (told.count, told.unit, told.start_on) == (2, "month", date(2026, 3, 3))
    assert "对应日" in told.steps[1]
    assert "2026年5月3日" in told.steps[1]
    assert "顺延" in told.steps[-1]


def test_months_may_be_counted_back_too() -> None:
    term = Term("提前报告", "month", 1, "届满", "within", True, True)
    assert due(term, date(2026, 3, 31), CALENDAR).due_on == date(2026, 2, 28)  # a Saturday that was worked


def test_hours_do_not_stop_at_weekends_and_part_of_a_day_ends_on_the_next() -> None:
    told = clock("crime_transfer_decision").due(date(2026, 3, 6), CALENDAR, "hand_over")
    assert told.due_on == date(2026, 3, 7)
    assert "不扣除" in told.steps[1]
    assert write_term(clock("crime_transfer_decision").term("hand_over")) == "自批准移送之时起24小时内"
    assert due(Term("某事", "hour", 36, "收到"), date(2026, 3, 6), CALENDAR).due_on == date(2026, 3, 8)


def test_a_measure_against_rights_is_not_lengthened_by_a_weekend() -> None:
    told = clock("seizure").due(date(2026, 7, 2), CALENDAR)
    assert told.due_on == date(2026, 8, 1)
    assert not CALENDAR.is_workday(told.due_on)
    assert "不顺延" in told.steps[-1]


def test_days_that_do_not_roll_may_be_counted_back() -> None:
    term = Term("提前告知", "day", 3, "开庭", "at_least", True, False)
    told = due(term, date(2026, 3, 17), CALENDAR)
    assert told.due_on == date(2026, 3, 14)
    assert "最迟" in told.steps[-1]


def test_a_period_before_a_hearing_is_never_shorter_than_its_days() -> None:
    told = clock("court_attendance_notice").due(date(2026, 3, 17), CALENDAR)
    assert told.due_on == date(2026, 3, 13)
    assert told.steps[0].endswith("开庭3日前")
    assert "最迟于2026年3月13日" in told.steps[-1]


def test_a_shortest_period_says_before_when_it_may_not_end() -> None:
    told = clock("decision_public_comment").due(date(2026, 6, 11), CALENDAR)
    assert told.due_on == date(2026, 7, 13)
    assert "不少于30日" in told.steps[0]
    assert "此前不得结束" in told.steps[-1]


def test_a_yearly_date_has_no_start_and_excludes_the_day_it_names() -> None:
    report = clock("annual_report_publication")
    assert report.yearly(2026) == date(2026, 3, 31)
    assert report.due(date(2026, 3, 31), CALENDAR).due_on == date(2026, 3, 31)
    told = report.due(date(2026, 4, 1), CALENDAR)
    assert (told.start_on, told.due_on) == (None, date(2027, 3, 31))
    assert "不含2027年4月1日" in told.steps[1]
    whole = Term("某事", "date", month=4, day=1, including=True)
    assert due(whole, date(2026, 4, 1), CALENDAR).due_on == date(2026, 4, 1)
    assert write_term(whole) == "每年4月1日以前"


def test_a_period_is_refused_before_its_law_was_in_force() -> None:
    reply = clock("review_reply")
    with pytest.raises(InvalidInput, match="不施行") as refused:
        reply.due(date(2023, 12, 31), CALENDAR)
    assert "2024-01-01" in refused.value.expected
    assert reply.due(date(2024, 1, 1), CALENDAR).due_on == date(2024, 1, 15)
    ended = reply.model_copy(update={"effective_until": date(2026, 1, 31)})
    with pytest.raises(InvalidInput, match="不施行"):
        ended.due(date(2026, 2, 1), CALENDAR)


def test_a_year_without_a_table_is_not_guessed() -> None:
    with pytest.raises(CalendarMissing):
        clock("review_reply").due(date(2030, 3, 1), CALENDAR)


def test_a_year_without_a_notice_makes_the_day_provisional() -> None:
    told = clock("review_reply").due(date(2027, 3, 1), CALENDAR)
    assert told.provisional
    assert "暂定" in told.steps[-1]


@pytest.mark.parametrize(
    ("code", "variant", "extended"),
    [
        ("review_reply", "urgent", False),
        ("review_reply", "", True),
        ("procuratorial_advice_reply", "urgent", True),
    ],
)
def test_a_variant_or_an_extension_that_law_does_not_know_is_refused(
    code: str, variant: str, extended: bool
) -> None:
    with pytest.raises(NotFound):
        clock(code).due(date(2026, 3, 2), CALENDAR, variant, extended=extended)


def test_a_clock_is_found_by_its_code_or_its_matter_and_a_near_one_is_proposed() -> None:
    assert clock("行政复议答复（普通程序）") is clock("review_reply") is FILE.find("review_reply")
    for asked, proposed in (
        ("行政复议答复", "review_reply_simple"),
        ("reviewreply", "review_reply"),
        ("?", "seizure"),
    ):
        with pytest.raises(NotFound) as refused:
            find_clock(FILES, asked)
        assert proposed in refused.value.expected


def test_the_list_names_every_clock_and_variant_with_its_period_and_law() -> None:
    rows = list_clocks(FILES)
    assert [(row["code"], row["variant"]) for row in rows] == [(one.code, variant) for one, variant in KINDS]
    by_code = {(row["code"], row["variant"]): row for row in rows}
    assert by_code["procuratorial_advice_reply", "urgent"]["period"] == "自收到检察建议书之日起15日内"
    assert by_code["review_decision", ""]["extend"] == 30
    assert all(row["document"] and row["verified"] for row in rows)
