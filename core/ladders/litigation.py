"""The litigation ladder (败诉风险预警): the light of a matter from its score, dates and events, with reasons.

Pure arithmetic over facts. A matter's light is never stored as a count of days: it is replayed from its assessments,
its recorded events, and the events that its dates bring about. A light only rises; only an event that clears or
lowers brings it down. Nothing here judges a court or refers anybody: see the guardrails in the rule file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.calendar.workdays import half_month_period, month_halves
from core.codes import Light
from core.errors import InvalidInput
from core.ladders.derivation import write_date
from core.ladders.ladder import WorkdayCalendar, apply_event
from core.ladders.matters import Matter, MatterStanding, Score, Turn, UnitRate

if TYPE_CHECKING:
    from core.rulebook.litigation import LitigationLadder
    from core.rulebook.risks import LitigationEvent, Report, Then, Trigger

FATAL_LABEL = "致命"
FALLING = frozenset({"clear", "lower_one"})
ASSESSED, DERIVED, RECORDED = range(3)  # the order of what bears on a light on the same day


def score(ladder: LitigationLadder, factors: Collection[str]) -> Score:
    """Return the score of the factors that hold.

    factors   codes, each counted once
    raises    InvalidInput for a factor that the ladder does not know
    """
    known = {one.code: one for one in ladder.factors}
    unknown = [code for code in factors if code not in known]
    if unknown:
        raise InvalidInput("没有这个风险因子", found="、".join(unknown), expected="、".join(known))
    held = [one for one in ladder.factors if one.code in factors]
    points = min(sum(one.points for one in held), ladder.scoring.max)
    told = [f"{one.code} {one.factor}：{one.points}分" for one in held]
    banded = grade(ladder, points, [one.code for one in held if one.fatal])
    return Score(points, banded.light, (*told, *banded.why))


def grade(ladder: LitigationLadder, points: int, fatal: Sequence[str] = ()) -> Score:
    """Return the light of a number of points; fatal factors keep it from falling below their floor.

    raises   InvalidInput for points outside the scale
    """
    palette, scoring = ladder.palette, ladder.scoring
    if not 0 <= points <= scoring.max:
        raise InvalidInput("评分超出范围", found=str(points), expected=f"0—{scoring.max}")
    band = next((one for one in ladder.bands if one.min_score <= points <= one.max_score), None)
    light = band.code if band else Light.NONE
    told = f"落在{band.min_score}—{band.max_score}分一档" if band else f"不足{ladder.bands[0].min_score}分"
    why = [f"合计{points}分，{told}，{palette.word(light)}"]
    if fatal:
        floor = palette.highest((light, scoring.fatal_floor))
        kept = "，已满足" if floor == light else ""
        why.append(
            f"{'、'.join(fatal)} 为{FATAL_LABEL}因子，灯色不低于{palette.word(scoring.fatal_floor)}{kept}"
        )
        light = floor
    return Score(points, light, tuple(why))


def stand(ladder: LitigationLadder, matter: Matter, today: date, calendar: WorkdayCalendar) -> MatterStanding:
    """Return the light of a matter on a day, replayed from the first fact on.

    raises   InvalidInput for an unknown event, factor, date or fact; CalendarMissing
    """
    matter.refuse_unknown()
    steps = sorted(_steps(ladder, matter, calendar), key=lambda one: (one.on, one.order))
    ended: dict[str, date] = {}
    turns: list[Turn] = []
    light, waiting = Light.NONE, []
    for step in steps:
        if step.stopped_by(ended):
            continue
        if step.on > today:
            waiting.append(step.on)
            continue
        after = step.turn(light, ladder)
        turns.append(Turn(step.on, step.cause, light, after, _write(step, light, after, ladder)))
        light = after
        ended |= dict.fromkeys(step.ends, step.on)
    highest = ladder.palette.highest([turn.after for turn in turns])
    return MatterStanding(light, highest, tuple(turns), min(waiting, default=None))


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that bears on the light, on its day; `order` puts the steps of one day in order."""

    on: date
    order: tuple[int, int]
    cause: str
    said: str
    effect: str
    light: Light | None
    anchor: str = ""
    ends: tuple[str, ...] = ()

    def stopped_by(self, ended: Mapping[str, date]) -> bool:
        """Tell whether the matter ended before: what its dates would have brought about does not happen."""
        return bool(self.anchor) and self.anchor in ended and ended[self.anchor] <= self.on

    def turn(self, light: Light, ladder: LitigationLadder) -> Light:
        """Return the light after the step; only clearing and lowering bring a light down (只升不降)."""
        after = apply_event(self.effect, light, self.light, ladder.palette)
        return after if self.effect in FALLING else ladder.palette.highest((light, after))


def _steps(ladder: LitigationLadder, matter: Matter, calendar: WorkdayCalendar) -> Iterator[_Step]:
    for at, assessed in enumerate(matter.assessments):
        graded = score(ladder, assessed.factors)
        said = f"评分{graded.points}分（{'；'.join(graded.why)}）"
        yield _Step(assessed.on, (ASSESSED, at), "score", said, "at_least", graded.light)
    recorded = {(one.code, one.on) for one in matter.events}
    for at, event in enumerate(ladder.events):
        day = trigger_day(event, matter, calendar)
        # What a person recorded by then stands for it; a later record never postpones what the dates brought about.
        if day is not None and not any(code == event.code and on <= day for code, on in recorded):
            yield from _event_steps(event, day, (DERIVED, at), matter, calendar)
    for at, happening in enumerate(matter.events):
        yield from _event_steps(ladder.event(happening.code), happening.on, (RECORDED, at), matter, calendar)


def _event_steps(
    event: LitigationEvent, day: date, order: tuple[int, int], matter: Matter, calendar: WorkdayCalendar
) -> Iterator[_Step]:
    trigger = event.trigger
    said = f"{event.code} {event.event}"
    # What a person recorded has happened; only what dates bring about is stopped by the end of the matter.
    anchor = trigger.anchor if trigger and order[0] == DERIVED else ""
    yield _Step(day, order, event.code, said, event.effect, event.light, anchor, tuple(event.ends))
    if trigger is None:
        return
    for then in event.then:
        later = calendar.after(day, then.after_workdays)
        if _holds(trigger, matter, later):
            cause, said = f"{event.code}+{then.after_workdays}", _say_then(event, then)
            yield _Step(later, order, cause, said, "at_least", then.light, trigger.anchor)


def _say_then(event: LitigationEvent, then: Then) -> str:
    return f"{event.code} {event.event}，{then.after_workdays}个工作日后仍未办理"


def trigger_day(event: LitigationEvent, matter: Matter, calendar: WorkdayCalendar) -> date | None:
    """Return the day on which a matter's dates bring an event about, or None when they do not.

    What was done before that day counts; on the day itself it is too late.
    raises   CalendarMissing
    """
    trigger = event.trigger
    anchor = matter.dates.get(trigger.anchor) if trigger else None
    if trigger is None or anchor is None:
        return None
    day = (
        calendar.after(anchor, trigger.offset)
        if trigger.unit == "workday"
        else anchor + timedelta(trigger.offset)
    )
    if not trigger.negated:
        since = matter.facts.get(trigger.fact)
        if since is None:
            return None
        day = max(day, since)
    if matter.received_on:
        day = max(day, matter.received_on)
    return day if _holds(trigger, matter, day) else None


def _holds(trigger: Trigger, matter: Matter, day: date) -> bool:
    since = matter.facts.get(trigger.fact)
    return (since is None or since >= day) if trigger.negated else (since is not None and since <= day)


def _write(step: _Step, before: Light, after: Light, ladder: LitigationLadder) -> str:
    palette = ladder.palette
    moved = (
        f"由{palette.word(before)}变为{palette.word(after)}"
        if before != after
        else f"保持{palette.word(after)}"
    )
    return f"{write_date(step.on)}，{step.said}：{moved}"


def unit_light(ladder: LitigationLadder, closed: int, lost: int, same_cause: int = 0) -> UnitRate:
    """Return the light of a unit from the cases closed against it in the rolling period.

    closed       cases closed
    lost         of these, cases lost
    same_cause   of these, the most that were lost for one and the same cause
    raises       InvalidInput when the numbers cannot be
    """
    if not 0 <= same_cause <= lost <= closed:
        found = f"审结{closed}件、败诉{lost}件、同因败诉{same_cause}件"
        raise InvalidInput(
            "件数不合常理", found=found, expected="同因败诉不多于败诉，败诉不多于审结，均不为负"
        )
    rates, palette = ladder.unit_rate, ladder.palette
    by_rate = closed >= rates.min_sample
    # Percentages are compared as whole numbers: lost / closed > rate / 100.
    level = next(
        (
            one
            for one in reversed(rates.levels)
            if (lost * 100 > one.rate_gt * closed if by_rate else lost >= one.count)
        ),
        None,
    )
    light = level.code if level else Light.NONE
    share = f"，败诉率{lost * 100 / closed:.1f}%" if by_rate else f"，不足{rates.min_sample}件按件数"
    why = [f"{rates.period}审结{closed}件、败诉{lost}件{share}：{palette.word(light)}"]
    if same_cause >= rates.override.same_cause:
        light = palette.highest((light, rates.override.light))
        why.append(
            f"同因败诉{same_cause}件，{rates.override.condition}：不低于{palette.word(rates.override.light)}"
        )
    return UnitRate(light, tuple(why))


def task_days(
    event: LitigationEvent, on: date, calendar: WorkdayCalendar, caps: Mapping[str, date] | None = None
) -> tuple[tuple[str, date], ...]:
    """Return what an event asks for and by which day, in the order of the file.

    caps   {code of a statutory clock: its last day in this matter}; no task outlasts the clock it names
    """
    caps = caps or {}
    days = ((one, calendar.after(on, one.within_workdays)) for one in event.tasks)
    return tuple((one.task, min(day, caps.get(one.clock or "", day))) for one, day in days)


def next_report(report: Report, last_on: date, calendar: WorkdayCalendar) -> date:
    """Return the day by which the report after one of `last_on` is due.

    Half-month reports are due on the first working day of the next half month.
    """
    if report.every == "workdays":
        return calendar.after(last_on, report.workdays or 1)
    following = half_month_period(last_on).to_on + timedelta(1)
    return calendar.next_workday(month_halves(following)[following.day > 1].from_on)


def report_due(report: Report, since: date, reported: Sequence[date], calendar: WorkdayCalendar) -> date:
    """Return the day by which the next report is due, after those that were made since a colour was reached.

    since      the day on which the present colour was reached
    reported   the days of the reports, oldest first; of several in one half month one counts, and a late one makes
               up for every half month before it
    raises     CalendarMissing
    """
    due = next_report(report, since, calendar)
    for day in reported:
        if day < since:
            continue
        if report.every == "workdays":
            due = next_report(report, day, calendar)
        elif day >= half_month_period(half_month_period(due).from_on - timedelta(1)).from_on:
            due = next_report(report, max(due, day), calendar)
    return due
