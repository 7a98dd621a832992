"""What a ladder makes of facts: its own examples, events, the colour of a unit, the days of a review."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.codes import Light, Severity
from core.ladders.ladderfacts import judge_example, review_days, unit_light, used_percent, why_not
from core.rulebook.examples import Example, ExampleFacts
from core.rulebook.ladder import Ladder
from core.rulebook.timetable import CalendarYear
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR, read_texts

NONE, BLUE, YELLOW, ORANGE, RED, BLACK = Light
GRAVE, MINOR = Severity.GRAVE, Severity.MINOR


def shipped(path: str) -> Any:
    return read_yaml((RULES_DIR / path).read_text(encoding="utf-8"), path).tree


TREE = shipped("ladders/problem.yaml")
LADDER = Ladder.model_validate({"key": "problem", **TREE})
YEARS = [
    read_yaml(text, path).tree
    for path, text in read_texts(RULES_DIR, ".yaml").items()
    if path.startswith("calendars/")
]
CALENDAR = Calendar.of([CalendarYear.model_validate(tree) for tree in YEARS])
FACTS: dict[str, object] = {
    "percent": 100, "plan_submitted": True, "extension_granted": False, "returns": 0, "severity": "minor",
    "overdue_workdays": -9, "closure_applied": False,
}  # fmt: skip


def judge(**facts: Any) -> Any:
    return judge_example(LADDER, ExampleFacts.model_validate(facts), CALENDAR)


def test_the_shipped_ladder_has_its_dozen_examples_and_many_more() -> None:
    assert len(LADDER.examples) >= 12 + 25
    assert len({example.case for example in LADDER.examples}) == len(LADDER.examples)


@pytest.mark.parametrize("example", LADDER.examples, ids=lambda example: example.case)
def test_every_example_of_the_shipped_ladder_comes_out_as_it_says(example: Example) -> None:
    judged = judge_example(LADDER, example.facts, CALENDAR, example.on)
    assert judged is not None
    assert judged.light is example.expect.light
    assert example.expect.level in (None, judged.severity)
    assert example.expect.screening in (None, judged.screening)


def test_the_examples_light_every_colour_of_the_ladder_and_name_every_event_that_gives_one() -> None:
    shown = {example.expect.light for example in LADDER.examples}
    assert shown == {NONE, *LADDER.palette.lights}
    named = {code for example in LADDER.examples for code in example.facts.events}
    assert named == set(LADDER.events) - {"E6", "E7"}  # these move or stop the clock and light nothing


@pytest.mark.parametrize(
    "facts",
    [{}, {"severity": "minor"}, {"severity": "minor", "served_on": "2026-05-06"},
     {"severity": "minor", "workdays": "1", "events": ["E99"]}, {"workdays": "1"}],
)  # fmt: skip
def test_facts_that_say_too_little_give_no_answer(facts: dict[str, Any]) -> None:
    assert judge(**facts) is None


def test_an_example_may_have_a_limit_of_its_own() -> None:
    facts = {"severity": "minor", "anchor": "served", "workdays": "6"}
    assert judge(**facts).light is NONE
    assert judge(**facts, rectify_workdays="10").light is BLUE


def test_an_event_that_does_not_apply_changes_nothing_in_an_example() -> None:
    early = {
        "severity": "minor",
        "anchor": "served",
        "workdays": "8",
        "percent": "100",
        "events": ["E4", "E5"],
    }
    assert judge(**early).light is BLUE
    assert judge(**{**early, "percent": "90"}).light is YELLOW
    assert judge(**{**early, "workdays": "11"}).light is YELLOW


def test_early_rectification_counts_only_when_it_is_whole_and_before_half_of_the_period() -> None:
    event = LADDER.events["E5"]
    assert why_not(event, MINOR, FACTS, 50) == ""
    assert "50%" in why_not(event, MINOR, FACTS, 51)
    assert "50%" in why_not(event, MINOR, FACTS, None)
    assert "percent" in why_not(event, MINOR, {**FACTS, "percent": 99}, 10)
    assert "程度" in why_not(event, GRAVE, FACTS, 10)


def test_a_period_is_used_up_by_its_working_days() -> None:
    start, due = date(2026, 5, 6), CALENDAR.after(date(2026, 5, 6), 20)
    used = [used_percent(CALENDAR, start, due, CALENDAR.after(start, count)) for count in (0, 1, 10, 20, 30)]
    assert used == [0, 5, 50, 100, 150]
    assert used_percent(CALENDAR, start, start, start) == 100
    assert used_percent(CALENDAR, None, due, start) is None
    assert used_percent(CALENDAR, start, None, start) is None


@pytest.mark.parametrize(
    ("lights", "colour"),
    [
        ([], NONE),
        ([NONE, NONE], NONE),
        ([BLUE, NONE], BLUE),
        ([YELLOW, YELLOW], YELLOW),
        ([YELLOW] * 3, RED),
        ([YELLOW] * 6, RED),  # counted together they are red, but not red ones to be counted again
        ([YELLOW] * 3 + [RED], RED),
        ([RED, RED], BLACK),
        ([RED, BLUE], RED),
        ([BLACK, YELLOW], BLACK),
    ],
)
def test_three_yellow_cases_of_a_unit_count_as_red_and_two_red_as_black(
    lights: list[Light], colour: Light
) -> None:
    assert unit_light(lights, LADDER) is colour


def test_a_ladder_may_count_what_was_counted_together_once_more() -> None:
    carried = [{**rule, "carries": "true"} if "of" in rule else rule for rule in TREE["aggregation"]]
    ladder = Ladder.model_validate({"key": "problem", **TREE, "aggregation": carried})
    assert unit_light([YELLOW] * 6, ladder) is BLACK
    assert unit_light([YELLOW] * 3 + [RED], ladder) is BLACK
    assert unit_light([YELLOW] * 3, ladder) is RED


def test_rules_that_count_together_are_taken_from_the_lowest_colour_up_however_they_are_listed() -> None:
    listed = [{**rule, "carries": "true"} for rule in reversed(TREE["aggregation"]) if "of" in rule]
    ladder = Ladder.model_validate({"key": "problem", **TREE, "aggregation": listed})
    assert unit_light([YELLOW] * 6, ladder) is BLACK


@settings(max_examples=60)
@given(st.lists(st.sampled_from(Light), max_size=12))
def test_the_colour_of_a_unit_is_what_its_rules_say_and_never_below_a_case(lights: list[Light]) -> None:
    counts = Counter(lights)
    expected = list(lights)
    expected += [RED] if counts[YELLOW] >= 3 else []
    expected += [BLACK] if counts[RED] >= 2 else []
    ranks = LADDER.palette.ranks
    colour = unit_light(lights, LADDER)
    assert ranks[colour] == max((ranks[light] for light in expected), default=0)
    more = unit_light([*lights, YELLOW], LADDER)
    assert ranks[more] >= ranks[colour]


def test_a_review_of_every_working_day_begins_after_the_first() -> None:
    since = date(2026, 3, 2)
    assert review_days(CALENDAR, since, 1, since) == (None, date(2026, 3, 3))
    assert review_days(CALENDAR, since, 1, date(2026, 3, 3)) == (date(2026, 3, 3), date(2026, 3, 4))
    assert review_days(CALENDAR, since, 2, date(2026, 2, 1)) == (None, date(2026, 3, 4))


def test_a_suspension_is_reviewed_every_thirty_working_days() -> None:
    since = date(2026, 3, 2)
    every = LADDER.events["E7"].review_workdays
    assert every == 30
    first, second = CALENDAR.after(since, 30), CALENDAR.after(since, 60)
    assert review_days(CALENDAR, since, every, since) == (None, first)
    assert review_days(CALENDAR, since, every, CALENDAR.after(since, 29)) == (None, first)
    assert review_days(CALENDAR, since, every, first) == (first, second)
    assert review_days(CALENDAR, since, every, CALENDAR.after(since, 59)) == (first, second)
    assert review_days(CALENDAR, since, every, date(2026, 2, 20)) == (None, first)


def test_a_copy_of_a_ladder_with_other_colours_has_their_order() -> None:
    assert LADDER.palette.lights == (BLUE, YELLOW, RED, BLACK)
    turned = LADDER.model_copy(update={"colours": tuple(reversed(LADDER.colours))})
    assert turned.palette.lights == (BLACK, RED, YELLOW, BLUE)
    assert LADDER.palette is LADDER.palette


def test_a_parameter_of_a_rung_stands_in_its_condition_and_in_its_words() -> None:
    rung = LADDER.profiles[MINOR].rungs[0]
    assert (rung.when, rung.meaning) == ("percent < progress", "未提交整改进展或完成率不足50%")
    assert rung.holds({"percent": 49})
    assert not rung.holds({"percent": 50})
