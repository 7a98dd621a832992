"""The litigation ladder: scores, events that people record and that dates bring about, steps that follow, and rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from benchmarks.workdays import load_years
from core.calendar.workdays import Calendar
from core.codes import Light
from core.errors import InvalidInput
from core.ladders.litigation import (
    grade,
    next_report,
    report_due,
    score,
    stand,
    task_days,
    trigger_day,
    unit_light,
)
from core.ladders.matters import ANCHORS, FACTS, Assessment, Happening, Matter, MatterStanding
from core.rulebook.litigation import LitigationLadder
from core.rulebook.risks import Anchor, Fact, LitigationEvent, Report, Then, Trigger
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

CALENDAR = Calendar.of(load_years())
TREE = read_yaml((RULES_DIR / "litigation/county.yaml").read_text(encoding="utf-8"), "").tree
assert isinstance(TREE, dict)
LADDER = LitigationLadder.model_validate({"key": "county", **TREE})
PALETTE = LADDER.palette
NONE, BLUE, YELLOW, RED, BLACK = Light.NONE, Light.BLUE, Light.YELLOW, Light.RED, Light.BLACK
FACTORS = [one.code for one in LADDER.factors]
CODES = [one.code for one in LADDER.events]
MONDAY = date(2026, 3, 2)
days = st.dates(date(2026, 2, 1), date(2026, 8, 31))


def on(day: date, matter: Matter) -> MatterStanding:
    return stand(LADDER, matter, day, CALENDAR)


def events(*codes: str, day: date = MONDAY) -> tuple[Happening, ...]:
    return tuple(Happening(code, day) for code in codes)


def with_event(code: str, **changes: object) -> LitigationLadder:
    """The shipped ladder with one event changed."""
    changed = [one.model_copy(update=changes) if one.code == code else one for one in LADDER.events]
    return LADDER.model_copy(update={"events": tuple(changed)})


def rising(lights: Iterable[Light]) -> bool:
    ranks = [PALETTE.rank(light) for light in lights]
    return ranks == sorted(ranks)


# ---- score ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "light"),
    [(0, NONE), (19, NONE), (20, BLUE), (39, BLUE), (40, YELLOW), (59, YELLOW), (60, RED), (79, RED), (80, BLACK),
     (100, BLACK)],
)  # fmt: skip
def test_points_fall_into_their_band(points: int, light: Light) -> None:
    graded = grade(LADDER, points)
    assert (graded.points, graded.light) == (points, light)
    assert PALETTE.word(light) in graded.why[0]


@pytest.mark.parametrize("points", [-1, 101])
def test_points_outside_the_scale_are_refused(points: int) -> None:
    with pytest.raises(InvalidInput, match="评分超出范围"):
        grade(LADDER, points)


def test_a_score_adds_up_what_holds_once_and_says_so() -> None:
    scored = score(LADDER, ["F5", "F3", "F5"])
    assert (scored.points, scored.light) == (23, BLUE)
    assert [line[:2] for line in scored.why] == ["F3", "F5", "合计"]
    assert scored.why[0] == "F3 依据失效、抵触上位法或适用错误：15分"


def test_a_fatal_factor_keeps_the_light_from_falling_below_yellow_and_says_so() -> None:
    low, high = score(LADDER, ["F4"]), score(LADDER, ["F1", "F2", "F3", "F4"])
    assert (low.points, low.light) == (15, YELLOW)
    assert low.why[-1] == "F4 为致命因子，灯色不低于黄灯"
    assert (high.points, high.light) == (70, RED)
    assert high.why[-1] == "F1、F2、F4 为致命因子，灯色不低于黄灯，已满足"


def test_all_factors_make_a_hundred_points_and_more_are_not_counted() -> None:
    assert score(LADDER, FACTORS).points == 100
    small = LADDER.model_copy(update={"scoring": LADDER.scoring.model_copy(update={"max": 90})})
    assert score(small, FACTORS).points == 90


def test_an_unknown_factor_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        score(LADDER, ["F1", "F9"])
    assert refused.value.found == "F9"


@given(fewer=st.sets(st.sampled_from(FACTORS)), more=st.sets(st.sampled_from(FACTORS)))
def test_more_factors_never_lower_points_or_light(fewer: set[str], more: set[str]) -> None:
    low, high = score(LADDER, fewer), score(LADDER, fewer | more)
    assert low.points <= high.points
    assert rising((low.light, high.light))


# ---- what people record ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "light"),
    [("J1", NONE), ("J2", YELLOW), ("J3", RED), ("J4", YELLOW), ("J5", RED), ("J6", BLACK), ("J7", RED), ("J8", BLACK),
     ("J9", NONE), ("J10", NONE), ("J11", YELLOW), ("J12", RED), ("J13", YELLOW), ("J14", RED), ("J15", YELLOW),
     ("J16", RED), ("J17", RED), ("J18", YELLOW), ("J19", RED)],
)  # fmt: skip
def test_each_of_the_19_events_gives_its_colour_on_its_own(code: str, light: Light) -> None:
    standing = on(MONDAY, Matter(events=events(code)))
    assert standing.light is light
    assert standing.turns[0].cause == code
    assert standing.why[0].startswith(f"2026年3月2日（星期一），{code} ")


def test_the_light_is_replayed_in_order_with_every_change_and_its_reason() -> None:
    matter = Matter(
        assessments=(
            Assessment(date(2026, 3, 4), ("F3", "F5")),
            Assessment(date(2026, 3, 9), ("F1",)),
        ),
        events=(Happening("J7", date(2026, 3, 10)), Happening("J9", date(2026, 3, 20))),
    )
    standing = on(date(2026, 3, 31), matter)
    turned = [(turn.cause, turn.before, turn.after) for turn in standing.turns]
    assert turned == [("score", NONE, BLUE), ("score", BLUE, YELLOW), ("J7", YELLOW, RED), ("J9", RED, NONE)]
    assert (standing.light, standing.highest, standing.next_on) == (NONE, RED, None)
    assert standing.why[2].endswith("由黄灯变为红灯")
    assert "合计23分" in standing.why[0]


def test_a_better_assessment_does_not_lower_the_light() -> None:
    matter = Matter(
        assessments=(Assessment(MONDAY, ("F1", "F2", "F3", "F4")), Assessment(date(2026, 3, 9), ()))
    )
    standing = on(date(2026, 3, 9), matter)
    assert standing.light is RED
    assert standing.why[-1].endswith("保持红灯")


def test_what_happens_after_the_day_is_not_known_yet() -> None:
    matter = Matter(events=(Happening("J7", date(2026, 3, 10)),))
    assert on(date(2026, 3, 9), matter).light is NONE
    assert on(date(2026, 3, 10), matter).light is RED


def test_on_one_day_the_score_comes_before_the_dates_and_the_dates_before_what_people_record() -> None:
    day = date(2026, 3, 21)
    matter = Matter(
        dates={"defence_due": date(2026, 3, 20)},
        assessments=(Assessment(day, ("F3", "F5")),),
        events=events("J9", day=day),
    )
    standing = on(day, matter)
    assert [turn.cause for turn in standing.turns] == ["J2", "score", "J3", "J9"]
    assert (standing.light, standing.highest) == (NONE, RED)


def test_an_event_may_set_raise_and_lower_but_only_lowering_lowers() -> None:
    for effect, light, expected in (
        ("raise_one", None, BLACK), ("lower_one", None, YELLOW), ("keep", None, RED), ("set", BLUE, RED),
    ):  # fmt: skip
        ladder = with_event("J1", effect=effect, light=light)
        matter = Matter(events=events("J7", "J1"))
        assert stand(ladder, matter, MONDAY, CALENDAR).light is expected


@pytest.mark.parametrize(
    "matter",
    [Matter(events=events("J20")), Matter(dates={"hearings": MONDAY}), Matter(facts={"won": MONDAY}),
     Matter(assessments=(Assessment(MONDAY, ("F0",)),))],
)  # fmt: skip
def test_words_that_no_rule_knows_are_refused(matter: Matter) -> None:
    with pytest.raises(InvalidInput):
        on(MONDAY, matter)


recorded = st.builds(Happening, st.sampled_from([code for code in CODES if code not in ("J9", "J10")]), days)


@given(
    happened=st.lists(recorded, max_size=6),
    dates=st.dictionaries(st.sampled_from(list(ANCHORS)), days),
    facts=st.dictionaries(st.sampled_from(list(FACTS)), days),
    factors=st.sets(st.sampled_from(FACTORS)),
)
def test_without_a_clearing_event_a_light_only_rises(
    happened: list[Happening], dates: dict[str, date], facts: dict[str, date], factors: set[str]
) -> None:
    matter = Matter(None, dates, facts, (Assessment(MONDAY, tuple(factors)),), tuple(happened))
    standing = on(date(2026, 9, 30), matter)
    assert rising([standing.light for standing in (on(day, matter) for day in _sample())])
    assert all(rising((turn.before, turn.after)) for turn in standing.turns)
    assert standing.highest is standing.light


def _sample() -> list[date]:
    return [date(2026, 2, 1) + timedelta(21 * at) for at in range(11)]


@given(
    dates=st.dictionaries(st.sampled_from(list(ANCHORS)), days),
    facts=st.dictionaries(st.sampled_from(list(FACTS)), days),
    happened=st.lists(st.builds(Happening, st.sampled_from(CODES), days), max_size=4),
    today=days,
)
def test_until_the_next_day_told_time_changes_nothing(
    dates: dict[str, date], facts: dict[str, date], happened: list[Happening], today: date
) -> None:
    matter = Matter(None, dates, facts, (), tuple(happened))
    now = on(today, matter)
    last = now.next_on - timedelta(1) if now.next_on else date(2026, 12, 31)
    assert last >= today
    assert on(last, matter).light is now.light
    assert on(last, matter).turns == now.turns


# ---- what dates bring about -------------------------------------------------------------------------------------

TRIGGERS = [
    ("defence_due", date(2026, 3, 20), "J2", date(2026, 3, 15), "defence_submitted"),
    ("defence_due", date(2026, 3, 20), "J3", date(2026, 3, 21), "defence_submitted"),
    ("hearing", date(2026, 3, 20), "J4", date(2026, 3, 13), "attendee_named"),
    ("hearing", date(2026, 3, 20), "J5", date(2026, 3, 18), "attendee_named"),
    ("hearing", date(2026, 10, 9), "J4", date(2026, 9, 24), "attendee_named"),
    ("performance_due", date(2026, 3, 31), "J11", date(2026, 3, 17), "judgment_performed"),
    ("performance_due", date(2026, 3, 31), "J12", date(2026, 4, 1), "judgment_performed"),
    ("advice_due", date(2026, 3, 31), "J13", date(2026, 3, 17), "advice_answered"),
    ("advice_due", date(2026, 3, 31), "J14", date(2026, 4, 1), "advice_answered"),
    ("review_reply_due", date(2026, 3, 20), "J15", date(2026, 3, 18), "review_replied"),
    ("review_reply_due", date(2026, 3, 20), "J16", date(2026, 3, 21), "review_replied"),
    ("opinion_due", date(2026, 5, 29), "J18", date(2026, 5, 15), "opinion_answered"),
    ("opinion_due", date(2026, 5, 29), "J19", date(2026, 5, 30), "opinion_answered"),
]


@pytest.mark.parametrize(("anchor", "day", "code", "expected", "fact"), TRIGGERS)
def test_a_date_brings_its_event_about_unless_it_was_seen_to_the_day_before(
    anchor: str, day: date, code: str, expected: date, fact: str
) -> None:
    event = LADDER.event(code)
    assert trigger_day(event, Matter(dates={anchor: day}), CALENDAR) == expected
    before, same = expected - timedelta(1), expected
    assert trigger_day(event, Matter(dates={anchor: day}, facts={fact: before}), CALENDAR) is None
    assert trigger_day(event, Matter(dates={anchor: day}, facts={fact: same}), CALENDAR) == expected
    assert code in [turn.cause for turn in on(expected, Matter(dates={anchor: day})).turns]
    assert code not in [turn.cause for turn in on(before, Matter(dates={anchor: day})).turns]


def test_every_event_that_has_a_trigger_is_among_those_tried() -> None:
    tried = {code for _, _, code, _, _ in TRIGGERS} | {"J8"}
    assert {one.code for one in LADDER.events if one.trigger} == tried


def test_a_lost_judgment_counts_from_its_service_or_from_when_it_is_known_to_be_lost() -> None:
    served = {"judgment_served": MONDAY}
    event = LADDER.event("J8")
    assert trigger_day(event, Matter(dates=served), CALENDAR) is None
    assert trigger_day(event, Matter(dates=served, facts={"first_instance_lost": MONDAY}), CALENDAR) == MONDAY
    late = Matter(dates=served, facts={"first_instance_lost": date(2026, 3, 5)})
    assert trigger_day(event, late, CALENDAR) == date(2026, 3, 5)
    assert on(date(2026, 3, 5), late).light is BLACK


def test_no_light_turns_before_the_unit_could_know() -> None:
    matter = Matter(received_on=date(2026, 3, 17), dates={"defence_due": date(2026, 3, 20)})
    assert on(date(2026, 3, 16), matter).light is NONE
    assert on(date(2026, 3, 17), matter).light is YELLOW


def test_an_event_without_trigger_or_date_never_happens_by_itself() -> None:
    assert trigger_day(LADDER.event("J6"), Matter(dates={"hearing": MONDAY}), CALENDAR) is None
    assert trigger_day(LADDER.event("J5"), Matter(), CALENDAR) is None


def test_red_turns_black_when_nothing_is_done_for_the_working_days_named() -> None:
    for anchor, due_on, fact, code, after in (
        ("performance_due", date(2026, 3, 31), "judgment_performed", "J12", 15),
        ("advice_due", date(2026, 3, 31), "advice_answered", "J14", 10),
        ("opinion_due", date(2026, 5, 29), "opinion_answered", "J19", 15),
    ):
        late = due_on + timedelta(1)
        black_on = CALENDAR.after(late, after)
        matter = Matter(dates={anchor: due_on})
        assert on(late, matter).next_on == black_on
        assert on(black_on - timedelta(1), matter).light is RED
        standing = on(black_on, matter)
        assert (standing.light, standing.turns[-1].cause) == (BLACK, f"{code}+{after}")
        assert f"{after}个工作日后仍未办理" in standing.why[-1]
        done = Matter(dates={anchor: due_on}, facts={fact: black_on - timedelta(1)})
        assert on(date(2026, 12, 31), done).light is RED


def test_a_recorded_event_stands_for_the_one_its_date_brings_about_and_never_postpones_it() -> None:
    dates = {"performance_due": date(2026, 3, 31)}
    same = Matter(dates=dates, events=events("J12", day=date(2026, 4, 1)))
    assert [turn.cause for turn in on(date(2026, 4, 1), same).turns] == ["J11", "J12"]
    later = Matter(dates=dates, events=events("J12", day=date(2026, 4, 20)))
    assert on(date(2026, 4, 1), later).light is RED
    assert on(date(2026, 4, 23), later).light is BLACK


def test_steps_follow_only_where_the_rule_says_what_would_stop_them() -> None:
    ladder = with_event("J7", then=(Then(after_workdays=5, light=BLACK),))
    assert stand(ladder, Matter(events=events("J7")), date(2026, 12, 31), CALENDAR).light is RED


def test_the_end_of_a_matter_stops_its_dates_but_not_a_duty_to_answer_a_recommendation() -> None:
    matter = Matter(
        dates={
            "hearing": date(2026, 3, 20),
            "performance_due": date(2026, 2, 27),
            "advice_due": date(2026, 3, 31),
        },
        events=events("J9", day=date(2026, 3, 10)),
    )
    ended = on(date(2026, 3, 16), matter)
    assert (ended.light, ended.highest, ended.next_on) == (NONE, RED, date(2026, 3, 17))
    assert [turn.cause for turn in on(date(2026, 4, 30), matter).turns][-3:] == ["J13", "J14", "J14+10"]


# ---- units, tasks, reports --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "lost", "same_cause", "light"),
    [(0, 0, 0, NONE), (19, 1, 1, BLUE), (19, 2, 1, YELLOW), (19, 3, 1, RED), (19, 4, 1, BLACK), (19, 19, 1, BLACK),
     (20, 1, 1, NONE), (25, 2, 1, BLUE), (25, 3, 1, YELLOW), (20, 3, 1, RED), (25, 4, 1, BLACK), (12, 2, 2, RED),
     (100, 2, 2, RED), (19, 5, 5, BLACK), (12, 2, 1, YELLOW), (30, 3, 1, YELLOW)],
)  # fmt: skip
def test_a_unit_is_judged_by_rate_from_20_cases_on_and_by_number_below(
    closed: int, lost: int, same_cause: int, light: Light
) -> None:
    assert unit_light(LADDER, closed, lost, same_cause).light is light


def test_a_units_light_says_its_numbers_its_rate_and_the_override() -> None:
    assert unit_light(LADDER, 30, 3, 1).why == ("近12个月审结30件、败诉3件，败诉率10.0%：黄灯",)
    few = unit_light(LADDER, 12, 2, 2).why
    assert few[0] == "近12个月审结12件、败诉2件，不足20件按件数：黄灯"
    assert few[1] == "同因败诉2件，近12个月同因败诉2件以上：不低于红灯"


@pytest.mark.parametrize("numbers", [(1, 2, 0), (5, 1, 2), (-1, -1, -1), (5, 2, -1)])
def test_numbers_that_cannot_be_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput, match="件数不合常理"):
        unit_light(LADDER, *numbers)


@given(closed=st.integers(1, 80), lost=st.integers(0, 80), same=st.integers(0, 80))
def test_more_lost_cases_never_lower_a_units_light(closed: int, lost: int, same: int) -> None:
    lost = min(lost, closed)
    same = min(same, lost)
    lights = [unit_light(LADDER, closed, many, min(same, many)).light for many in range(lost + 1)]
    assert rising(lights)
    assert rising(unit_light(LADDER, closed, lost, many).light for many in range(same + 1))


def test_an_event_asks_for_its_tasks_by_working_days_and_never_beyond_the_time_to_appeal() -> None:
    asked = task_days(LADDER.event("J8"), date(2026, 2, 4), CALENDAR)
    assert dict(asked) == {
        "报告": date(2026, 2, 6),
        "提出上诉意见": date(2026, 2, 11),
        "复盘": date(2026, 2, 25),
        "报整改方案": date(2026, 3, 10),
    }
    capped = task_days(
        LADDER.event("J8"), date(2026, 2, 4), CALENDAR, {"litigation_appeal_judgment": date(2026, 2, 9)}
    )
    assert dict(capped)["提出上诉意见"] == date(2026, 2, 9)
    assert dict(task_days(LADDER.event("J5"), MONDAY, CALENDAR)) == {"督办": MONDAY}


@pytest.mark.parametrize(
    ("report", "last", "next_one"),
    [
        (Report(every="half_month"), date(2026, 3, 2), date(2026, 3, 16)),
        (Report(every="half_month"), date(2026, 3, 16), date(2026, 4, 1)),
        (Report(every="half_month"), date(2026, 4, 17), date(2026, 5, 6)),
        (Report(every="half_month"), date(2026, 12, 20), date(2027, 1, 4)),
        (Report(every="workdays", workdays=3), date(2026, 4, 30), date(2026, 5, 8)),
    ],
)
def test_the_next_report_is_due_in_the_next_half_month_or_after_its_working_days(
    report: Report, last: date, next_one: date
) -> None:
    assert next_report(report, last, CALENDAR) == next_one


HALF, FIVE = Report(every="half_month"), Report(every="workdays", workdays=5)


@pytest.mark.parametrize(
    ("report", "reported", "due"),
    [
        (HALF, [], date(2026, 3, 16)),
        (HALF, [date(2026, 3, 13)], date(2026, 4, 1)),  # before its day
        (HALF, [date(2026, 3, 16)], date(2026, 4, 1)),  # on its day
        (HALF, [date(2026, 3, 5), date(2026, 3, 13)], date(2026, 4, 1)),  # twice in one half month
        (HALF, [date(2026, 4, 20)], date(2026, 5, 6)),  # late: makes up for what was missed
        (HALF, [date(2026, 2, 20)], date(2026, 3, 16)),  # before the colour was reached
        (FIVE, [], date(2026, 3, 11)),
        (FIVE, [date(2026, 3, 9)], date(2026, 3, 16)),
    ],
)
def test_reports_that_were_made_move_the_next_one_on(report: Report, reported: list[date], due: date) -> None:
    assert report_due(report, date(2026, 3, 4), reported, CALENDAR) == due


def test_the_words_of_the_files_are_those_that_the_decisions_know() -> None:
    assert get_args(Anchor) == tuple(ANCHORS)
    assert get_args(Fact) == tuple(FACTS)
    assert {one.code for one in LADDER.anchors} == set(ANCHORS)


def test_an_event_is_found_by_its_code() -> None:
    found: LitigationEvent = LADDER.event("J6")
    assert found.light is BLACK
    with pytest.raises(InvalidInput, match="没有这个诉讼事件"):
        LADDER.event("J0")
    band = LADDER.band(RED)
    assert band is not None
    assert band.document == "litigation_supervision"
    assert LADDER.band(NONE) is None


def test_a_trigger_names_a_fact_of_a_matter_or_its_absence() -> None:
    trigger = Trigger(anchor="hearing", offset=-5, unit="workday", condition="not attendee_named")
    assert (trigger.fact, trigger.negated) == ("attendee_named", True)
    for wrong, hint in (("not atendee_named", "attendee_named"), ("won", "defence_submitted")):
        with pytest.raises(ValidationError, match=hint):
            Trigger(anchor="hearing", offset=-5, unit="workday", condition=wrong)


def test_a_date_of_a_matter_names_the_clocks_that_set_it() -> None:
    anchor = LADDER.anchor("advice_due")
    assert anchor is not None
    assert anchor.clocks == ("judicial_advice_reply", "procuratorial_advice_reply")
    assert LADDER.anchor("someday") is None
