"""The derivation of a light and a due date as data that anyone can work out again, with nothing else at hand.

A derivation holds the settings of the due date and the steps of the light in their order, each with the rule, the
facts and the days it rests on, and of each calendar the days that are not as in an ordinary week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from core.calendar.workdays import Calendar
from core.codes import Light
from core.conditions import compile_condition
from core.errors import InvalidInput
from core.ladders.derivation import SATURDAY
from core.ladders.ladder import Standing, apply_event, rung_day
from core.ladders.palette import Palette

ONE_DAY = timedelta(1)
MARGIN = timedelta(20)


@dataclass(frozen=True, slots=True)
class Span:
    """The working days of a span: Monday to Friday, but for the days named; it answers what a ladder asks."""

    first: date
    last: date
    off: frozenset[date]
    work: frozenset[date]

    @staticmethod
    def of(calendar: Calendar, days: Iterable[date]) -> Span:
        """Return what a calendar says of a span around some days, within its years."""
        known = [date(min(calendar.years), 1, 1), date(max(calendar.years), 12, 31)]
        wanted = list(days)
        first, last = max(known[0], min(wanted) - MARGIN), min(known[1], max(wanted) + MARGIN)
        off: set[date] = set()
        work: set[date] = set()
        day = first
        while day <= last:
            works, ordinary = calendar.is_workday(day), day.weekday() < SATURDAY
            if works != ordinary:
                (work if works else off).add(day)
            day += ONE_DAY
        return Span(first, last, frozenset(off), frozenset(work))

    @staticmethod
    def read(data: Mapping[str, Any]) -> Span:
        """Return the span that `as_dict` wrote."""
        days = {name: frozenset(map(date.fromisoformat, data[name])) for name in ("off", "work")}
        return Span(date.fromisoformat(data["from"]), date.fromisoformat(data["to"]), **days)

    def as_dict(self) -> dict[str, Any]:
        """Return the span as data: ISO dates, in order."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "off": sorted(day.isoformat() for day in self.off),
            "work": sorted(day.isoformat() for day in self.work),
        }

    def is_workday(self, day: date) -> bool:
        """Tell whether a day of the span works; raise InvalidInput for a day outside."""
        if not self.first <= day <= self.last:
            raise InvalidInput(
                "推算用的日历不含这一天", found=str(day), expected=f"{self.first}至{self.last}"
            )
        return day in self.work or (day.weekday() < SATURDAY and day not in self.off)

    def after(self, start: date, count: int) -> date:
        """Return the working day that many after (below zero: before) a day, which itself is not counted."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        day = start
        for _ in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def after_days(self, start: date, count: int) -> date:
        """Return the last day of a period of calendar days, rolled over to a working day as the law has it."""
        step = ONE_DAY if count >= 0 else -ONE_DAY
        day = start + timedelta(count)
        while not self.is_workday(day):
            day += step
        return day

    def next_workday(self, day: date) -> date:
        """Return the day itself if it works, else the first one after it."""
        return self.after_days(day, 0)

    def between(self, start: date, end: date) -> int:
        """Return the working days after one day up to and including another; negative backwards."""
        low, high = min(start, end), max(start, end)
        count = sum(self.is_workday(low + timedelta(at)) for at in range(1, (high - low).days + 1))
        return count if end >= start else -count


def recompute(derivation: Mapping[str, Any]) -> tuple[Light, date | None]:
    """Return the light and the due date that follow from a derivation, worked out anew from its steps alone."""
    spans = {version: Span.read(span) for version, span in derivation["calendars"].items()}
    palette = Palette(tuple(Light(code) for code in derivation["palette"]), {})
    return _light(derivation["light_steps"], spans, palette), _due_on(derivation["due_steps"], spans)


def _due_on(steps: Iterable[Mapping[str, Any]], spans: Mapping[str, Span]) -> date | None:
    """Return the last due date: within a round a notified one never moves earlier."""
    due_on: date | None = None
    for step in steps:
        if step["kind"] == "restart":
            due_on = None
            continue
        day = date.fromisoformat(step["due_on"])
        if step["kind"] == "counted":
            span, start = spans[step["calendar"]], date.fromisoformat(step["start_on"])
            count = span.after if step["unit"] == "workday" else span.after_days
            day = count(start, step["count"])
        due_on = day if due_on is None else max(due_on, day)
    return due_on


def _light(steps: Iterable[Mapping[str, Any]], spans: Mapping[str, Span], palette: Palette) -> Light:
    light = floor = Light.NONE
    for step in steps:
        if step["kind"] != "rung" or is_reached(step, spans[step["calendar"]]):
            light, floor = after_step(step, light, floor, palette)
    return light


def after_step(step: Mapping[str, Any], light: Light, floor: Light, palette: Palette) -> tuple[Light, Light]:
    """Return the light after a step, and the one with which a new period begins: what a named event fixed."""
    kind = step["kind"]
    if kind == "rung":
        return Light(step["rule"]["light"]), floor
    if kind in ("event", "reopen"):
        fixed = _after_event(step, light if kind == "event" else palette.lowest, palette)
        return fixed, fixed
    if kind == "extension":
        return floor, floor
    return Light(step["light"]), floor


def _after_event(step: Mapping[str, Any], current: Light, palette: Palette) -> Light:
    target = Light(step["light"]) if step["light"] else None
    light = apply_event(step["effect"], current, target, palette)
    return palette.highest((light, *(Light(code) for code in step["at_least"])))


def is_reached(step: Mapping[str, Any], span: Span) -> bool:
    """Tell whether a rung's day had come on the day of the step, with its gap kept, and its condition held."""
    rule = step["rule"]
    served_on, due_on, last_on, on = (_day(step[name]) for name in ("served_on", "due_on", "last_on", "on"))
    if due_on is None or on is None:
        return False
    rung: Any = SimpleNamespace(anchor=rule["anchor"], offset=rule["offset"], unit=rule["unit"])
    day = rung_day(rung, Standing(served_on, due_on, None, {}), span)
    if day is None or on < day:
        return False
    if last_on is not None and on < span.after(last_on, rule["min_gap_workdays"]):
        return False
    facts = {**step["facts"], "overdue_workdays": span.between(due_on, on)}
    return compile_condition(rule["when"], tuple(map(tuple, rule["constants"])))(facts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
