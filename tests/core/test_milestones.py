"""A milestone falls on the day its rule says; its light is arithmetic, and what was done late stays said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.campaign.milestones import day_of, standing_of
from core.codes import Light
from core.rulebook import CalendarYear

CALENDAR = Calendar([CalendarYear(year=2026, status="official", source="表", off=(), work=())])
FRIDAY = date(2026, 3, 6)


@dataclass(frozen=True)
class Rule:
    anchor: str = "period_to"
    offset: int = 0
    unit: str = "workday"


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (Rule(offset=5), date(2026, 3, 13)),
        (Rule(offset=-5), date(2026, 2, 27)),
        (Rule(offset=2, unit="day"), date(2026, 3, 9)),
        (Rule(offset=0, unit="day"), FRIDAY),
        (Rule(anchor="feedback"), None),
    ],
)
def test_a_milestone_falls_on_the_day_its_rule_says(rule: Rule, day: date | None) -> None:
    assert day_of(rule, {"period_to": FRIDAY}, CALENDAR) == day


@pytest.mark.parametrize(
    ("today", "light", "late", "words"),
    [
        (date(2026, 3, 2), Light.NONE, 0, "还有4个工作日"),
        (date(2026, 3, 4), Light.YELLOW, 0, "还有2个工作日"),
        (FRIDAY, Light.YELLOW, 0, "今天到期"),
        (date(2026, 3, 7), Light.RED, 0, "逾期"),
        (date(2026, 3, 10), Light.RED, 2, "逾期2个工作日"),
    ],
)
def test_few_days_left_are_yellow_and_an_overdue_milestone_is_red(
    today: date, light: Light, late: int, words: str
) -> None:
    standing = standing_of(FRIDAY, None, 2, today, CALENDAR)
    assert (standing.light, standing.late_workdays, standing.words) == (light, late, words)


def test_what_was_done_late_bears_no_light_but_stays_said() -> None:
    late = standing_of(FRIDAY, date(2026, 3, 11), 2, date(2026, 9, 1), CALENDAR)
    assert (late.light, late.late_workdays, late.words) == (Light.NONE, 3, "逾期3个工作日完成")
    timely = standing_of(FRIDAY, FRIDAY, 2, date(2026, 9, 1), CALENDAR)
    assert (timely.light, timely.late_workdays, timely.words) == (Light.NONE, 0, "按期完成")
    assert standing_of(None, None, 2, FRIDAY, CALENDAR).words == "待定"
    assert standing_of(None, FRIDAY, 2, FRIDAY, CALENDAR).words == "已完成"


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(DAYS, st.integers(0, 10), DAYS, DAYS)
def test_the_light_never_goes_back_while_a_milestone_waits(due: date, warn: int, a: date, b: date) -> None:
    earlier, later = sorted((a, b))
    order = [Light.NONE, Light.YELLOW, Light.RED]
    first = standing_of(due, None, warn, earlier, CALENDAR).light
    assert order.index(first) <= order.index(standing_of(due, None, warn, later, CALENDAR).light)
