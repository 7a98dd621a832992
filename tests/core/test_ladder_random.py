"""Any ladder an office may write: lateness never lowers a colour, no rung is jumped, and decide does what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.codes import Light
from core.conditions import compile_condition
from core.ladders.ladder import LastRung, Standing, arithmetic_light, decide, rung_day
from core.ladders.palette import Palette
from core.rulebook.timetable import CalendarYear
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

YEAR = RULES_DIR / "calendars/2026.yaml"
CALENDAR = Calendar.of([CalendarYear.model_validate(read_yaml(YEAR.read_text("utf-8"), YEAR.name).tree)])
SERVED = date(2026, 5, 6)
DAYS = [SERVED + timedelta(n) for n in range(100)]
COLOURS = [light for light in Light if light is not Light.NONE]
CONDITIONS = (
    "true",
    "percent < 50",
    "not plan_submitted",
    "not closure_applied",
    "percent < 80 and returns == 0",
)
TIMED = "overdue_workdays > 3"


@dataclass(frozen=True)
class Step:
    """A rung that hypothesis made."""

    code: str
    light: Light
    anchor: str
    offset: int
    unit: str
    when: str
    issue: str
    min_gap_workdays: int

    def holds(self, facts: Mapping[str, object]) -> bool:
        return compile_condition(self.when)(facts)


@dataclass(frozen=True)
class Case:
    """A ladder, the colours it uses in their order, and a case on it with facts that stand still."""

    palette: Palette
    rungs: tuple[Step, ...]
    served_on: date | None
    due_on: date
    last: LastRung | None
    facts: Mapping[str, object]

    def stand(self, today: date, last: LastRung | None = None) -> Standing:
        overdue = CALENDAR.between(self.due_on, today)
        return Standing(self.served_on, self.due_on, last, {**self.facts, "overdue_workdays": overdue})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a ladder whose colours rise with its days, in an order of their own, and a case on it."""
    lights = draw(st.lists(st.sampled_from(COLOURS), min_size=1, max_size=5, unique=True))
    palette = Palette(tuple(lights), {})
    count = draw(st.integers(1, 6))
    ranks = sorted(draw(st.lists(st.integers(0, len(lights) - 1), min_size=count, max_size=count)))
    offsets = sorted(draw(st.lists(st.integers(-8, 25), min_size=count, max_size=count)))
    steps = [
        Step(
            f"r{number}", lights[rank], "due" if draw(st.booleans()) else "served", offset,
            draw(st.sampled_from(["workday", "day"])), draw(st.sampled_from([*CONDITIONS, TIMED])),
            draw(st.sampled_from(["automatic", "on_signature"])), draw(st.integers(0, 4)),
        )
        for number, (rank, offset) in enumerate(zip(ranks, offsets, strict=True))
    ]  # fmt: skip
    facts = {
        "percent": draw(st.sampled_from([0, 60, 100])), "plan_submitted": draw(st.booleans()),
        "extension_granted": False, "returns": draw(st.integers(0, 1)), "severity": "minor",
        "closure_applied": False,
    }  # fmt: skip
    served = draw(st.none() | st.integers(0, 20))
    last = draw(st.none() | st.sampled_from(steps))
    fired = SERVED + timedelta(draw(st.integers(0, 60)))
    proof = draw(st.none() | st.just(fired))
    return Case(
        palette, tuple(draw(st.permutations(steps))), None if served is None else SERVED + timedelta(served),
        CALENDAR.after(SERVED, draw(st.integers(1, 25))),
        last and LastRung(last.code, last.light, fired, draw(st.booleans()), proof), facts,
    )  # fmt: skip


many = settings(max_examples=120)


@many
@given(cases())
def test_a_later_day_never_gives_a_lower_colour(case: Case) -> None:
    standing = Standing(case.served_on, case.due_on, None, {**case.facts, "overdue_workdays": 9})
    rungs = [rung for rung in case.rungs if case.served_on is not None or rung.anchor == "due"]
    colours = [arithmetic_light(rungs, standing, day, CALENDAR, case.palette) for day in DAYS]
    ranks = [case.palette.rank(light) for light in colours]
    assert ranks == sorted(ranks)


@many
@given(cases(), st.sampled_from(DAYS))
def test_the_colour_of_lateness_is_the_highest_whose_day_has_come(case: Case, today: date) -> None:
    standing = case.stand(today)
    come = [
        case.palette.rank(rung.light)
        for rung in case.rungs
        if (day := rung_day(rung, standing, CALENDAR)) and day <= today and rung.holds(standing.facts)
    ]
    found = arithmetic_light(case.rungs, standing, today, CALENDAR, case.palette)
    assert case.palette.rank(found) == max(come, default=0)


def ripe(case: Case, rung: Step, standing: Standing) -> date | None:
    day = rung_day(rung, standing, CALENDAR)
    if day is None or standing.last is None:
        return day
    return max(day, CALENDAR.after(standing.last.fired_on, rung.min_gap_workdays))


@many
@given(cases(), st.sampled_from(DAYS))
def test_a_decision_never_goes_down_and_never_jumps_a_rung_that_applies(case: Case, today: date) -> None:
    standing = case.stand(today, case.last)
    decision = decide(case.rungs, standing, today, CALENDAR, case.palette)
    if decision.rung is None:
        return
    rank, rung = case.palette.rank, case.rungs[decision.rung]
    floor = rank(case.last.light) if case.last else 0
    assert rank(rung.light) > floor
    between = [one for one in case.rungs if floor < rank(one.light) < rank(rung.light)]
    assert not [one for one in between if ripe(case, one, standing) is not None and one.holds(standing.facts)]


@many
@given(cases(), st.sampled_from(DAYS))
def test_a_decision_is_the_one_that_trying_every_rung_gives(case: Case, today: date) -> None:
    standing = case.stand(today, case.last)
    rank = case.palette.rank
    floor = rank(case.last.light) if case.last else 0
    above = [(i, r, ripe(case, r, standing)) for i, r in enumerate(case.rungs) if rank(r.light) > floor]
    dated = [(index, rung, day) for index, rung, day in above if day is not None]
    applies = [(index, rung, day) for index, rung, day in dated if rung.holds(standing.facts)]
    first_rank = min((rank(rung.light) for _, rung, _ in applies), default=0)
    ready = [
        (rank(rung.light), index)
        for index, rung, day in applies
        if day <= today and not any(d > today and rank(r.light) < rank(rung.light) for _, r, d in applies)
    ]
    decision = decide(case.rungs, standing, today, CALENDAR, case.palette)
    if not ready:
        assert (decision.rung, decision.held_by) == (None, "")
        soon = [day for _, _, day in dated if day > today]
        timed = [r for _, r, day in dated if day <= today and not r.holds(standing.facts) and r.when == TIMED]
        soon += [CALENDAR.after(today, 1)] if timed else []
        assert decision.next_due_on == min(soon, default=None)
        return
    best_rank, best = min(ready)
    assert best_rank == first_rank
    last = standing.last
    unproven = standing.served_on is None or (last and last.needs_service and last.served_on is None)
    if best_rank > rank(case.palette.lowest) and unproven:
        assert (decision.rung, decision.held_by) == (None, "service")
    else:
        assert (decision.rung, decision.held_by) == (best, "")
