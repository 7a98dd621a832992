"""What a ladder makes of plain facts: the colour after an event, of an example, of a unit; the days of a review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.codes import Light, Severity
from core.conditions import compile_condition
from core.ladders.ladder import Standing, apply_event, arithmetic_light
from core.ladders.palette import Palette

if TYPE_CHECKING:  # the linter of the rule book works examples out with this module
    from core.calendar.workdays import Calendar
    from core.rulebook.examples import ExampleFacts
    from core.rulebook.ladder import EscalationEvent, Ladder


@dataclass(frozen=True, slots=True)
class Judged:
    """What comes out of an example: the severity by which the case is managed, its colour, whether it is screened."""

    severity: Severity
    light: Light
    screening: bool


@dataclass(frozen=True, slots=True)
class _Timing:
    """The days of an example."""

    served_on: date
    due_on: date
    today: date


def light_after_event(
    event: EscalationEvent, severity: Severity, current: Light, times: int, palette: Palette
) -> Light:
    """Return the colour an event gives, which may be higher for a grave case and when it happens again.

    times   how often the event has come, this time included
    """
    target = event.light
    if severity is Severity.GRAVE and event.grave_light is not None:
        target = event.grave_light
    light = apply_event(event.effect, current, target, palette)
    repeated = [repeat.light for repeat in event.repeats if times >= repeat.times]
    return palette.highest((light, *repeated))


def why_not(
    event: EscalationEvent, severity: Severity, facts: Mapping[str, object], used_percent: int | None
) -> str:
    """Return in words why an event does not apply to a case, or nothing when it does.

    used_percent   how much of the period has passed, in per cent; None while it has not begun
    """
    if severity in event.except_severities:
        return "不适用于该程度的问题"
    if event.when is not None and not compile_condition(event.when)(facts):
        return f"条件“{event.when}”不成立"
    share = event.before_share_percent
    if share is not None and (used_percent is None or used_percent > share):
        return f"只适用于期限的前{share}%"
    return ""


def used_percent(calendar: Calendar, start: date | None, due_on: date | None, today: date) -> int | None:
    """Return how much of a period has passed, in per cent of its working days, rounded up; None without a period."""
    if start is None or due_on is None:
        return None
    whole = calendar.between(start, due_on)
    return 100 if whole <= 0 else -(-100 * max(0, calendar.between(start, today)) // whole)


def unit_light(lights: Iterable[Light], ladder: Ladder) -> Light:
    """Return the colour of a unit from those of its open cases: the highest, or what several together count as.

    It serves 通报 and 考核 only and moves no deadline.
    source   ladder, aggregation
    """
    palette = ladder.palette
    counts = Counter(light for light in lights if light is not Light.NONE)
    reached = set(counts)
    rules = [
        (rule.count, rule.of, rule.counts_as, rule.carries)
        for rule in ladder.aggregation
        if rule.count and rule.of and rule.counts_as
    ]
    for count, several, one, carries in sorted(rules, key=lambda rule: palette.rank(rule[1])):
        groups = counts[several] // count
        if groups:
            reached.add(one)
        if carries:
            counts[one] += groups
    return palette.highest(reached)


def review_days(calendar: Calendar, since: date, every: int, today: date) -> tuple[date | None, date]:
    """Return the last and the next day on which a suspension is reviewed, every so many working days from its day.

    A day that is today is the last one; there is none before the first has come.
    """
    passed = max(0, calendar.between(since, today)) // every
    last = calendar.after(since, passed * every) if passed else None
    return last, calendar.after(since, (passed + 1) * every)


def judge_example(
    ladder: Ladder, facts: ExampleFacts, calendar: Calendar, on: date | None = None
) -> Judged | None:
    """Return what the ladder makes of an example's facts; None when they say too little or name an unknown event.

    on       the day of judgement, for facts that give the day of service instead of working days from an anchor
    raises   CalendarMissing
    """
    severity = facts.severity
    if severity not in ladder.profiles or any(code not in ladder.events for code in facts.events):
        return None
    assert severity is not None  # a key of the profiles
    timing = _time(ladder, severity, facts, calendar, on)
    if timing is None:
        return None
    known = _facts(facts, severity, calendar.between(timing.due_on, timing.today))
    standing = Standing(timing.served_on, timing.due_on, None, known)
    light = arithmetic_light(
        ladder.profiles[severity].rungs, standing, timing.today, calendar, ladder.palette
    )
    used = used_percent(calendar, timing.served_on, timing.due_on, timing.today)
    screening = False
    seen: Counter[str] = Counter()
    for code in facts.events:
        event = ladder.events[code]
        if why_not(event, severity, known, used):
            continue
        seen[code] += 1
        light = light_after_event(event, severity, light, seen[code], ladder.palette)
        severity = event.new_severity or severity
        screening = screening or event.screening
    return Judged(severity, light, screening)


def _time(
    ladder: Ladder, severity: Severity, facts: ExampleFacts, calendar: Calendar, on: date | None
) -> _Timing | None:
    """Return the days that the facts mean; working days from an anchor are laid on a day in early June."""
    days = facts.rectify_workdays or ladder.profiles[severity].rectify_workdays
    if facts.served_on is not None:
        return None if on is None else _Timing(facts.served_on, calendar.after(facts.served_on, days), on)
    if facts.workdays is None:
        return None
    years = calendar.years
    # With a year before and after it, where there is one, so that long offsets stay inside the tables.
    year = years[len(years) // 2] if years else date.max.year
    anchor = calendar.next_workday(date(year, 6, 1))
    today = calendar.after(anchor, facts.workdays)
    if facts.anchor == "served":
        return _Timing(anchor, calendar.after(anchor, days), today)
    return _Timing(calendar.after(anchor, -days), anchor, today)


def _facts(facts: ExampleFacts, severity: Severity, overdue_workdays: int) -> dict[str, object]:
    return {
        "percent": facts.percent,
        "plan_submitted": facts.plan_submitted,
        "extension_granted": facts.extension_granted,
        "returns": facts.returns,
        "severity": severity.value,
        "overdue_workdays": overdue_workdays,
        "closure_applied": facts.closure_applied,
    }
