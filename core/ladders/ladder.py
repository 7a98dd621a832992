"""The ladder (预警督办等级): which rung comes next for a case, on which day, and what holds it back.

Pure arithmetic over facts. A case climbs one rung at a time: after an outage it gets only the rung after the last
one issued, the next at least `min_gap_workdays` later. Beyond the lowest colour of the ladder a rung needs proof of
service of what came before it, so a timer alone never raises the pressure on a unit that was never reached. Named
events set a colour directly. The order of the colours is the ladder's own (core/ladders/palette.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from core.codes import Light
from core.ladders.palette import Palette

TIME_FACT = "overdue_workdays"


class WorkdayCalendar(Protocol):
    """What the ladder needs of a calendar."""

    def after(self, start: date, count: int) -> date: ...

    def next_workday(self, day: date) -> date: ...

    def after_days(self, start: date, count: int) -> date: ...

    def between(self, start: date, end: date) -> int: ...


class RungLike(Protocol):
    """One rung as the rule file gives it."""

    @property
    def code(self) -> str: ...
    @property
    def anchor(self) -> str: ...
    @property
    def offset(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def light(self) -> Light: ...
    @property
    def min_gap_workdays(self) -> int: ...
    @property
    def issue(self) -> str: ...
    @property
    def when(self) -> str: ...
    def holds(self, facts: Mapping[str, object]) -> bool: ...


@dataclass(frozen=True, slots=True)
class LastRung:
    """The rung issued last in the present round and due version."""

    code: str
    light: Light
    fired_on: date
    needs_service: bool
    served_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts about a case that the ladder looks at; all days are civil days in Asia/Shanghai."""

    served_on: date | None
    due_on: date
    last: LastRung | None
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the sweep does with a case today: a rung or none, the day to look again, and what holds it back.

    rung           index into the profile's rungs, or None
    next_due_on    None when only an act can bring the next rung
    held_by        "service" while proof of service is missing, else ""
    """

    rung: int | None
    next_due_on: date | None
    held_by: str = ""


def rung_day(rung: RungLike, standing: Standing, calendar: WorkdayCalendar) -> date | None:
    """Return the first day on which a rung may be issued, or None while its anchor has not happened.

    A day before service falls on the day of service: nobody is late before being told.
    """
    anchor = standing.due_on if rung.anchor == "due" else standing.served_on
    if anchor is None:
        return None
    if rung.offset == 0:
        day = calendar.next_workday(anchor)
    elif rung.unit == "workday":
        day = calendar.after(anchor, rung.offset)
    else:
        day = calendar.after_days(anchor, rung.offset)
    return max(day, standing.served_on) if standing.served_on else day


def decide(
    rungs: Sequence[RungLike], standing: Standing, today: date, calendar: WorkdayCalendar, palette: Palette
) -> Decision:
    """Return the one rung to issue today, if any, and the next day on which the case must be looked at."""
    rank = palette.rank(standing.last.light) if standing.last else 0
    waiting: list[date] = []
    pending: list[RungLike] = []
    for index, rung in _upwards(rungs, rank, palette):
        day = _ripe_on(rung, standing, calendar)
        if day is None:
            continue
        if day > today:
            waiting.append(day)
            pending.append(rung)
        elif rung.holds(standing.facts):
            if _would_jump(rung, pending, standing.facts, palette):
                continue
            held = _held_by(rung, standing, palette)
            if held:
                return Decision(None, None, held)
            return Decision(index, _next_day(rungs, index, standing, today, calendar, palette))
        elif TIME_FACT in rung.when:
            # Time alone may make this condition true, so the case is looked at again every working day.
            waiting.append(calendar.after(today, 1))
    return Decision(None, min(waiting) if waiting else None)


def _upwards(rungs: Sequence[RungLike], rank: int, palette: Palette) -> list[tuple[int, RungLike]]:
    """Return the rungs above a rank with their places, lowest colour first."""
    ranks = palette.ranks
    above = [(index, rung) for index, rung in enumerate(rungs) if ranks[rung.light] > rank]
    return sorted(above, key=lambda entry: ranks[entry[1].light])


def _would_jump(
    rung: RungLike, pending: Sequence[RungLike], facts: Mapping[str, object], palette: Palette
) -> bool:
    """Return whether a lower rung, whose day is still to come, must be issued before this one."""
    rank = palette.rank(rung.light)
    return any(palette.rank(lower.light) < rank and lower.holds(facts) for lower in pending)


def _ripe_on(rung: RungLike, standing: Standing, calendar: WorkdayCalendar) -> date | None:
    """Return the first day of a rung with the gap to the last one kept; None while its anchor has not happened."""
    day = rung_day(rung, standing, calendar)
    if day is None or standing.last is None:
        return day
    return max(day, calendar.after(standing.last.fired_on, rung.min_gap_workdays))


def _held_by(rung: RungLike, standing: Standing, palette: Palette) -> str:
    if palette.rank(rung.light) <= palette.rank(palette.lowest):
        return ""
    if standing.served_on is None:
        return "service"
    if standing.last is not None and standing.last.needs_service and standing.last.served_on is None:
        return "service"
    return ""


def _next_day(
    rungs: Sequence[RungLike],
    fired: int,
    standing: Standing,
    today: date,
    calendar: WorkdayCalendar,
    palette: Palette,
) -> date | None:
    """Return the day of the rung after the one fired today; None when that one waits for its proof of service."""
    rung = rungs[fired]
    if rung.issue != "automatic":
        return None
    now = LastRung(rung.code, rung.light, today, False, None)
    later = Standing(standing.served_on, standing.due_on, now, standing.facts)
    days = [
        _ripe_on(other, later, calendar) for _, other in _upwards(rungs, palette.rank(rung.light), palette)
    ]
    return min((day for day in days if day is not None), default=None)


def arithmetic_light(
    rungs: Sequence[RungLike], standing: Standing, today: date, calendar: WorkdayCalendar, palette: Palette
) -> Light:
    """Return the colour that lateness alone would give today, whatever was issued: what `explain` sets beside it."""
    return palette.highest(
        rung.light
        for rung in rungs
        if (day := rung_day(rung, standing, calendar)) is not None
        and day <= today
        and rung.holds(standing.facts)
    )


def apply_event(effect: str, current: Light, target: Light | None, palette: Palette) -> Light:
    """Return the colour after an escalation event (E1..E8).

    effect   set | at_least | raise_one | lower_one | clear | pause | recalculate_due | keep | none, as in the rule file
    """
    if effect == "set" and target is not None:
        return target
    if effect == "at_least" and target is not None:
        return palette.highest((current, target))
    if effect == "raise_one":
        return palette.raised(current)
    if effect == "lower_one":
        return palette.lowered(current)
    if effect == "clear":
        return Light.NONE
    return current
