"""The milestones (节点) of a campaign: the day each falls on, and its light, which is arithmetic and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from core.calendar.workdays import Calendar
from core.codes import Light


class Offset(Protocol):
    """A number of days from an anchor."""

    @property
    def anchor(self) -> str: ...
    @property
    def offset(self) -> int: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MilestoneStanding:
    """How a milestone stands on a day; `late_workdays` stays after it was done late."""

    light: Light
    left_workdays: int | None
    late_workdays: int
    words: str


def day_of(rule: Offset, anchors: Mapping[str, date], calendar: Calendar) -> date | None:
    """Return the day a rule falls on, None while what it counts from has not happened.

    anchors   {anchor: day}, as far as known
    raises    CalendarMissing
    """
    start = anchors.get(rule.anchor)
    if start is None:
        return None
    if rule.unit == "workday":
        return calendar.after(start, rule.offset)
    return calendar.after_days(start, rule.offset) if rule.offset else start


def standing_of(
    due_on: date | None, done_on: date | None, warn_workdays: int, today: date, calendar: Calendar
) -> MilestoneStanding:
    """Return the light of a milestone on a day: yellow when few working days are left, red when it is overdue.

    What is done bears no light; that it was done late is said for good.
    """
    if due_on is None:
        return MilestoneStanding(Light.NONE, None, 0, "已完成" if done_on else "待定")
    if done_on is not None:
        late = max(calendar.between(due_on, done_on), 0) if done_on > due_on else 0
        return MilestoneStanding(Light.NONE, None, late, f"逾期{late}个工作日完成" if late else "按期完成")
    left = calendar.between(today, due_on)
    if today > due_on:
        return MilestoneStanding(Light.RED, left, -left, f"逾期{-left}个工作日" if left else "逾期")
    words = f"还有{left}个工作日" if left else "今天到期"
    return MilestoneStanding(Light.YELLOW if left <= warn_workdays else Light.NONE, left, 0, words)
