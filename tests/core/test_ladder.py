"""The ladder: one rung at a time, with gaps, never beyond blue unserved, and the colours the office asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.codes import Light, Severity
from core.conditions import compile_condition
from core.ladders.ladder import Decision, LastRung, Standing, apply_event, arithmetic_light, decide, rung_day
from core.rulebook.ladder import Ladder, Rung
from core.rulebook.timetable import CalendarYear
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR


def shipped(path: str) -> object:
    return read_yaml((RULES_DIR / path).read_text(encoding="utf-8"), path).tree


LADDER = Ladder.model_validate(shipped("ladders/problem.yaml"))
PALETTE = LADDER.palette
CALENDAR = Calendar.of([CalendarYear.model_validate(shipped("calendars/2026.yaml"))])
SERVED, DUE = date(2026, 5, 6), date(2026, 6, 3)
FACTS: dict[str, object] = {
    "percent": 0,
    "plan_submitted": False,
    "extension_granted": False,
    "returns": 0,
    "severity": "minor",
    "overdue_workdays": 0,
    "closure_applied": False,
}
MINOR, MAJOR, GRAVE = Severity.MINOR, Severity.MAJOR, Severity.GRAVE
NONE, BLUE, YELLOW, ORANGE, RED, BLACK = Light


@dataclass(frozen=True)
class Step:
    """A rung of a ladder made for one test."""

    code: str
    light: Light
    offset: int = 1
    anchor: str = "due"
    unit: str = "workday"
    when: str = "true"
    min_gap_workdays: int = 0
    issue: str = "on_signature"

    def holds(self, facts: Mapping[str, object]) -> bool:
        return compile_condition(self.when)(facts)


def standing(
    last: LastRung | None = None, served_on: date | None = SERVED, due_on: date = DUE, **facts: object
) -> Standing:
    return Standing(served_on, due_on, last, {**FACTS, **facts})


def workday(count: int, start: date = DUE) -> date:
    return CALENDAR.after(start, count)


# ---- the colours the office asked for: catalog/ladder.yaml, examples that concern problems --------------------


@pytest.mark.parametrize(
    ("severity", "anchor", "offset", "facts", "light"),
    [
        (MINOR, DUE, -6, {"percent": 60, "plan_submitted": True}, NONE),
        (MINOR, DUE, -5, {}, BLUE),
        (MINOR, DUE, 1, {}, YELLOW),
        (MINOR, DUE, 6, {}, RED),
        (MINOR, DUE, 16, {}, BLACK),
        (MAJOR, DUE, 4, {}, RED),
        (MAJOR, DUE, 11, {}, BLACK),
        (GRAVE, SERVED, 0, {}, BLUE),
        (GRAVE, SERVED, 5, {}, YELLOW),
        (GRAVE, DUE, 1, {}, RED),
        (GRAVE, DUE, 4, {}, BLACK),
    ],
)
def test_the_examples_of_the_office_have_their_colour(
    severity: Severity, anchor: date, offset: int, facts: dict[str, object], light: Light
) -> None:
    rungs = LADDER.profiles[severity].rungs
    assert arithmetic_light(rungs, standing(**facts), workday(offset, anchor), CALENDAR, PALETTE) is light


def test_false_evidence_makes_a_case_black_at_once() -> None:
    event = LADDER.events["E1"]
    assert apply_event(event.effect, NONE, event.light, PALETTE) is BLACK


@pytest.mark.parametrize(
    ("severity", "offset", "light"),
    [(MINOR, -6, NONE), (MINOR, 0, BLUE), (MINOR, 5, YELLOW), (MINOR, 15, RED), (MAJOR, 3, YELLOW), (MAJOR, 10, RED)],
)  # fmt: skip
def test_a_colour_does_not_come_a_day_early(severity: Severity, offset: int, light: Light) -> None:
    assert (
        arithmetic_light(LADDER.profiles[severity].rungs, standing(), workday(offset), CALENDAR, PALETTE)
        is light
    )


# ---- the day of a rung ----------------------------------------------------------------------------------------


def test_a_rung_anchored_at_the_service_has_no_day_before_it() -> None:
    step = Step("blue", BLUE, 0, "served")
    assert rung_day(step, standing(served_on=None), CALENDAR) is None
    assert rung_day(step, standing(), CALENDAR) == SERVED


def test_a_day_before_the_service_falls_on_the_service() -> None:
    late = standing(served_on=workday(-2))
    assert rung_day(Step("blue", BLUE, -5), late, CALENDAR) == workday(-2)
    assert rung_day(Step("blue", BLUE, -5), standing(served_on=None), CALENDAR) == workday(-5)


def test_an_offset_of_zero_on_a_day_off_waits_for_the_next_working_day() -> None:
    saturday = date(2026, 5, 30)
    assert rung_day(Step("blue", BLUE, 0), standing(due_on=saturday), CALENDAR) == date(2026, 6, 1)


def test_calendar_days_roll_over_to_a_working_day() -> None:
    assert rung_day(Step("blue", BLUE, 3, unit="day"), standing(), CALENDAR) == date(2026, 6, 8)


# ---- one decision ---------------------------------------------------------------------------------------------

LOW, HIGH = Step("low", YELLOW, 1), Step("high", RED, 2, min_gap_workdays=3)


def test_nothing_is_due_before_the_first_day_which_is_the_day_to_look_again() -> None:
    assert decide([LOW, HIGH], standing(), DUE, CALENDAR, PALETTE) == Decision(None, workday(1))


def test_a_rung_that_asks_for_a_signature_gives_no_next_day_because_its_service_is_waited_for() -> None:
    assert decide([LOW, HIGH], standing(), workday(1), CALENDAR, PALETTE) == Decision(0, None)


def test_an_automatic_rung_says_when_the_next_one_comes() -> None:
    blue = replace(LOW, light=BLUE, issue="automatic")
    assert decide([blue, HIGH], standing(), workday(1), CALENDAR, PALETTE) == Decision(0, workday(4))
    assert decide([blue], standing(), workday(1), CALENDAR, PALETTE) == Decision(0, None)
    unserved = decide(
        [blue, replace(HIGH, anchor="served")], standing(served_on=None), workday(1), CALENDAR, PALETTE
    )
    assert unserved == Decision(0, None)


def test_after_an_outage_only_the_rung_after_the_last_one_is_issued() -> None:
    much_later = workday(30)
    assert decide([LOW, HIGH], standing(), much_later, CALENDAR, PALETTE).rung == 0
    last = LastRung("low", YELLOW, much_later, True, much_later)
    assert decide([LOW, HIGH], standing(last), much_later, CALENDAR, PALETTE) == Decision(None, workday(33))
    assert decide([LOW, HIGH], standing(last), workday(33), CALENDAR, PALETTE).rung == 1


def test_the_order_of_the_file_does_not_let_a_higher_rung_go_first() -> None:
    assert decide([HIGH, LOW], standing(), workday(9), CALENDAR, PALETTE).rung == 1


def test_a_higher_rung_waits_for_a_lower_one_whose_day_is_still_to_come() -> None:
    late_low = replace(LOW, offset=9)
    assert decide([late_low, HIGH], standing(), workday(5), CALENDAR, PALETTE) == Decision(None, workday(9))


def test_a_lower_rung_whose_condition_fails_bars_nothing() -> None:
    idle = replace(LOW, offset=9, when="percent > 50")
    assert decide([idle, HIGH], standing(), workday(5), CALENDAR, PALETTE).rung == 1


def test_a_rung_is_issued_once_and_the_top_ends_the_ladder() -> None:
    last = LastRung("low", YELLOW, DUE, False, None)
    assert decide([LOW], standing(last), workday(9), CALENDAR, PALETTE) == Decision(None, None)


def test_beyond_blue_nothing_is_issued_before_the_notice_is_served() -> None:
    blue = replace(LOW, light=BLUE, offset=-5)
    unserved = standing(served_on=None)
    assert decide([blue, HIGH], unserved, workday(-5), CALENDAR, PALETTE).rung == 0
    assert decide([HIGH], unserved, workday(9), CALENDAR, PALETTE) == Decision(None, None, "service")


def test_the_next_rung_waits_for_the_service_of_the_last_document() -> None:
    waiting = LastRung("low", YELLOW, workday(1), True, None)
    assert decide([LOW, HIGH], standing(waiting), workday(9), CALENDAR, PALETTE) == Decision(
        None, None, "service"
    )
    served = replace(waiting, served_on=workday(2))
    assert decide([LOW, HIGH], standing(served), workday(9), CALENDAR, PALETTE).rung == 1


def test_a_condition_that_only_an_act_can_change_is_not_looked_at_daily() -> None:
    idle = replace(LOW, when="percent > 50")
    assert decide([idle], standing(), workday(5), CALENDAR, PALETTE) == Decision(None, None)


def test_a_condition_about_overdue_days_is_looked_at_every_working_day() -> None:
    timed = replace(LOW, when="overdue_workdays > 7")
    friday = date(2026, 6, 12)
    assert decide([timed], standing(), friday, CALENDAR, PALETTE) == Decision(None, date(2026, 6, 15))


# ---- events ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "current", "target", "after"),
    [
        ("set", RED, BLUE, BLUE),
        ("set", RED, None, RED),
        ("at_least", BLUE, RED, RED),
        ("at_least", BLACK, RED, BLACK),
        ("at_least", BLUE, None, BLUE),
        ("raise_one", NONE, None, BLUE),
        ("raise_one", RED, None, BLACK),
        ("raise_one", BLACK, None, BLACK),
        ("raise_one", ORANGE, None, RED),
        ("lower_one", YELLOW, None, BLUE),
        ("lower_one", NONE, None, NONE),
        ("clear", BLACK, None, NONE),
        ("keep", RED, BLUE, RED),
        ("pause", RED, None, RED),
        ("none", RED, BLACK, RED),
    ],
)
def test_an_event_has_its_effect(effect: str, current: Light, target: Light | None, after: Light) -> None:
    assert apply_event(effect, current, target, PALETTE) is after


# ---- whole lives: properties over the shipped ladder -----------------------------------------------------------

DAYS = [SERVED + timedelta(n) for n in range(90)]


@dataclass(frozen=True)
class Life:
    """A case nobody works on: facts that stand still, days on which the machine runs, and how soon papers arrive."""

    severity: Severity
    due_on: date
    notice_served_on: date | None
    facts: Mapping[str, object]
    running: frozenset[date]
    paper_days: int | None  # from a rung to its proof of service; None: never

    @property
    def rungs(self) -> tuple[Rung, ...]:
        return LADDER.profiles[self.severity].rungs

    def stand(self, today: date, last: tuple[date, Rung] | None) -> Standing:
        served = self.notice_served_on
        known = served if served is not None and served <= today else None
        before = None
        if last is not None:
            day, rung = last
            proof = None if self.paper_days is None else day + timedelta(self.paper_days)
            arrived = proof if proof is not None and proof <= today else None
            before = LastRung(rung.code, rung.light, day, rung.issue != "automatic", arrived)
        overdue = CALENDAR.between(self.due_on, today)
        return Standing(known, self.due_on, before, {**self.facts, "overdue_workdays": overdue})


def climb(life: Life, *, only_when_due: bool = False) -> list[tuple[date, Rung]]:
    """Sweep a life day by day; `only_when_due` looks at it only on the day noted, or when a paper has arrived."""
    fired: list[tuple[date, Rung]] = []
    look_on: date | None = DAYS[0]
    seen: tuple[date | None, date | None] = (None, None)
    for today in DAYS:
        now = life.stand(today, fired[-1] if fired else None)
        arrivals = (now.served_on, now.last.served_on if now.last else None)
        if arrivals != seen:
            seen, look_on = arrivals, today  # serving is an act, and an act has the case looked at
        if today not in life.running or (only_when_due and (look_on is None or look_on > today)):
            continue
        decision = decide(life.rungs, now, today, CALENDAR, PALETTE)
        look_on = decision.next_due_on
        if decision.rung is not None:
            fired.append((today, life.rungs[decision.rung]))
            seen = (now.served_on, None)
    return fired


def lives(*, outages: bool = True) -> st.SearchStrategy[Life]:
    days = st.sets(st.sampled_from(DAYS), max_size=60) if outages else st.just(set())
    return st.builds(
        lambda severity, due, served, percent, plan, off, papers: Life(
            severity, CALENDAR.after(SERVED, due), None if served is None else SERVED + timedelta(served),
            {**FACTS, "severity": severity.value, "percent": percent, "plan_submitted": plan},
            frozenset(DAYS) - off, papers,
        ),
        st.sampled_from(Severity), st.integers(1, 30), st.none() | st.integers(0, 60), st.sampled_from([0, 55, 90]),
        st.booleans(), days, st.none() | st.integers(1, 20),
    )  # fmt: skip


quick = settings(max_examples=60)


@quick
@given(lives())
def test_a_case_climbs_one_rung_a_day_upwards_and_with_its_gap(life: Life) -> None:
    fired = climb(life)
    for (day, rung), (next_day, next_rung) in itertools.pairwise(fired):
        assert PALETTE.rank(next_rung.light) > PALETTE.rank(rung.light)
        assert next_day > day
        assert CALENDAR.between(day, next_day) >= next_rung.min_gap_workdays


@quick
@given(lives())
def test_a_case_never_jumps_a_rung_that_applies_to_it(life: Life) -> None:
    before = 0
    for day, rung in climb(life):
        facts = {**life.facts, "overdue_workdays": CALENDAR.between(life.due_on, day)}
        between = [r for r in life.rungs if before < PALETTE.rank(r.light) < PALETTE.rank(rung.light)]
        assert not [r.code for r in between if r.holds(facts)]
        before = PALETTE.rank(rung.light)


@quick
@given(lives())
def test_a_case_never_goes_beyond_blue_without_proof_of_service(life: Life) -> None:
    papers_of: date | None = None
    for day, rung in climb(life):
        if PALETTE.rank(rung.light) > PALETTE.rank(BLUE):
            assert life.notice_served_on is not None
            assert life.notice_served_on <= day
            assert papers_of is None or life.paper_days is not None
        papers_of = None if rung.issue == "automatic" else day


@quick
@given(lives())
def test_a_second_decision_of_the_day_does_nothing(life: Life) -> None:
    for day, rung in climb(life):
        again = life.stand(day, (day, rung))
        served_at_once = replace(again, last=replace(again.last, served_on=day)) if again.last else again
        assert decide(life.rungs, again, day, CALENDAR, PALETTE).rung is None
        assert decide(life.rungs, served_at_once, day, CALENDAR, PALETTE).rung is None


@quick
@given(lives(outages=False))
def test_looking_only_on_the_noted_days_misses_nothing(life: Life) -> None:
    assert climb(life, only_when_due=True) == climb(life)


@quick
@given(lives(outages=False))
def test_the_colour_of_lateness_only_rises(life: Life) -> None:
    colours = [
        PALETTE.rank(arithmetic_light(life.rungs, life.stand(day, None), day, CALENDAR, PALETTE))
        for day in DAYS
    ]
    settled = colours[DAYS.index(life.notice_served_on) :] if life.notice_served_on else colours
    assert settled == sorted(settled)
