"""Risk factors that follow from what is stored: a person judges the others, the machine these, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.calendar.statutory import add_months
from core.errors import InvalidInput
from core.ladders.derivation import write_date
from core.ladders.ladder import WorkdayCalendar
from core.ladders.litigation import trigger_day
from core.ladders.matters import Matter

if TYPE_CHECKING:
    from core.rulebook.litigation import LitigationLadder
    from core.rulebook.risks import Factor, LitigationEvent


@dataclass(frozen=True, slots=True)
class LostBefore:
    """A matter that the same unit lost for the same cause; `on` is the day of the decision."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class DerivedFactor:
    """A factor that the machine worked out: whether it holds, and why in one Chinese sentence."""

    code: str
    holds: bool
    why: str


def derive_factors(
    ladder: LitigationLadder,
    matter: Matter,
    lost: tuple[LostBefore, ...],
    on: date,
    calendar: WorkdayCalendar,
) -> tuple[DerivedFactor, ...]:
    """Return every factor that the rule file leaves to the machine, as it stands on a day.

    lost     what the unit lost for the same cause, the matter itself left out
    raises   CalendarMissing
    """
    found = []
    for factor in ladder.factors:
        if factor.derived == "defence_near":
            found.append(_defence(ladder, factor, matter, on, calendar))
        elif factor.derived == "same_cause_lost":
            found.append(_same_cause(ladder, factor, lost, on))
    return tuple(found)


def settle_factors(
    ladder: LitigationLadder, claimed: tuple[str, ...], derived: tuple[DerivedFactor, ...]
) -> tuple[str, ...]:
    """Return the factors that hold, in the order of the file: those a person found, and those that were derived.

    raises   InvalidInput for an unknown factor, or when a person claims one that the records contradict
    """
    known = [one.code for one in ladder.factors]
    unknown = [code for code in claimed if code not in known]
    if unknown:
        raise InvalidInput("没有这个风险因子", found="、".join(unknown), expected="、".join(known))
    worked_out = {one.code: one for one in derived}
    contradicted = [one for code, one in worked_out.items() if code in claimed and not one.holds]
    if contradicted:
        raise InvalidInput(
            "该因子由系统推定，现在不成立",
            found="、".join(one.code for one in contradicted),
            expected="；".join(one.why for one in contradicted),
            remedy="先补登日期或裁判结果；该因子无须人工填写",
        )
    held = {*claimed, *(code for code, one in worked_out.items() if one.holds)}
    return tuple(code for code in known if code in held)


def _defence(
    ladder: LitigationLadder, factor: Factor, matter: Matter, on: date, calendar: WorkdayCalendar
) -> DerivedFactor:
    """Tell whether the time to answer is nearly over: the event of the ladder that says so has come about."""
    due = matter.dates.get("defence_due")
    event = _near_event(ladder)
    if due is None or event is None:
        return DerivedFactor(factor.code, holds=False, why="没有登记答辩举证期满日")
    day = trigger_day(event, matter, calendar)
    if day is not None and day <= on:
        why = f"答辩举证期满日为{write_date(due)}，自{write_date(day)}起尚未提交"
        return DerivedFactor(factor.code, holds=True, why=why)
    return DerivedFactor(
        factor.code, holds=False, why=f"答辩举证期满日为{write_date(due)}，已按时提交或尚未临近"
    )


def _near_event(ladder: LitigationLadder) -> LitigationEvent | None:
    """Return the event that comes first before the end of the time to answer."""
    before = [
        one
        for one in ladder.events
        if one.trigger
        and one.trigger.anchor == "defence_due"
        and one.trigger.negated
        and one.trigger.offset < 0
    ]
    return min(before, key=lambda one: one.trigger.offset if one.trigger else 0, default=None)


def _same_cause(
    ladder: LitigationLadder, factor: Factor, lost: tuple[LostBefore, ...], on: date
) -> DerivedFactor:
    months = ladder.unit_rate.months
    first = add_months(on, -months)
    within = [one for one in lost if first < one.on <= on]
    if not within:
        why = f"本单位近{months}个月没有同因败诉"
        return DerivedFactor(factor.code, holds=False, why=why)
    named = "、".join(f"{one.number}（{write_date(one.on)}）" for one in within)
    return DerivedFactor(factor.code, holds=True, why=f"本单位近{months}个月同因败诉{len(within)}件：{named}")
