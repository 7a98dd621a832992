"""How the due date of a case came to be what it is, in words: every setting of it with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.lights.duehistory import counted_from
from casework.lights.rungview import write_day
from core.calendar.workdays import Calendar, Unit
from core.rulebook.passages import UNIT_WORDS
from models.record import AuditEntry

# What an entry says beside the day, and so why the day was set; the first that fits.
REASONS = (
    ("calendar_year", "{calendar_year}年工作日历调整，重新核定"),
    ("extension", "第{extension}次延期申请获批"),
    ("stage", "长期整改（第{long_term}次批准）第{stage}项阶段目标的复核日"),
    ("objection", "异议复核后变更"),
    ("suspended_workdays", "中止计时{suspended_workdays}个工作日后恢复"),
    ("reopened", "反弹重启，进入第{reopened}轮"),
    ("rules", "督察规则迁移，重新核定"),
)


@dataclass(frozen=True, slots=True)
class DueChange:
    """One setting of the due date; `why` says what set it.

    by_notice   the notice set it: the period that the unit was told
    recounted   another calendar gave the day, no new fact
    """

    on: date
    due_on: date
    why: str
    start_on: date | None = None
    count: int | None = None
    unit: Unit = Unit.WORKDAY
    provisional: bool = False
    by_notice: bool = False
    recounted: bool = False

    @property
    def period(self) -> str:
        """The period in words, 15个工作日 or 30日; empty when the day was named."""
        return f"{self.count}{UNIT_WORDS[self.unit]}" if self.count is not None else ""


def due_changes(history: Sequence[AuditEntry]) -> Iterator[DueChange]:
    """Yield every setting of the due date in the audit entries of a case, oldest first."""
    for entry in history:
        if entry.act != "set_due" or not entry.detail:
            continue
        said = json.loads(entry.detail)
        if "due_on" not in said:
            continue
        start, count = counted_from(entry.on_day, said)
        special = next((why for key, why in REASONS if key in said), None)
        unit = Unit(said.get("unit", Unit.WORKDAY))
        by_notice = start is not None and special is None
        yield DueChange(
            on=entry.on_day,
            due_on=date.fromisoformat(said["due_on"]),
            why=special.format(**said) if special else _why(said, unit, by_notice=by_notice),
            start_on=start,
            count=count,
            unit=unit,
            provisional=bool(said.get("provisional", False)),
            by_notice=by_notice,
            recounted="calendar_year" in said,
        )


def _why(said: dict[str, object], unit: Unit, *, by_notice: bool) -> str:
    return f"通知书签发，整改期限{said['count']}{UNIT_WORDS[unit]}" if by_notice else "期限调整"


def told_changes(changes: Sequence[DueChange]) -> Iterator[DueChange]:
    """Yield what changed after the notice; a due date that only became firm on its day is no change."""
    last = None
    for change in changes:
        moved, last = change.due_on != last, change.due_on
        if not change.by_notice and (moved or not change.recounted):
            yield change


def first_derivation(calendar: Calendar, changes: Sequence[DueChange]) -> tuple[str, ...]:
    """Return how a calendar gives the first due date, one sentence a step; empty when it was not counted.

    A later day than the unit was told is told by the change that brought it, an earlier one here.
    """
    first = next((change for change in changes if change.start_on and change.count is not None), None)
    if first is None or first.start_on is None or first.count is None:
        return ()
    due = calendar.due(first.start_on, first.count, first.unit)
    if due.due_on >= first.due_on:
        return due.steps
    note = f"按现行日历推算为{write_day(due.due_on)}；已通知的期限{write_day(first.due_on)}不提前"
    return (*due.steps, note)
