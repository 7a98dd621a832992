"""The one place that sets the due date of a case: with its derivation in the audit, its calendar and its mark."""

from __future__ import annotations

from datetime import date

from casework.desk import Desk
from core.calendar.workdays import Unit
from models.rectification import Rectification


def count_due(
    desk: Desk, case: Rectification, start: date, count: int, unit: Unit = Unit.WORKDAY, **why: object
) -> None:
    """Set the due date to so many working or calendar days after a day, which itself is not counted."""
    due = desk.calendar.due(start, count, unit)
    case.due_on, case.due_provisional, case.calendar_version = due.due_on, due.provisional, due.version
    # Every case has this entry: what goes without saying is left out, and duehistory.py reads it back.
    if start != desk.today:
        why["start_on"] = start
    if unit is not Unit.WORKDAY:
        why["unit"] = unit.value
    _record(desk, case, count=count, **why)


def name_due(desk: Desk, case: Rectification, due_on: date, **why: object) -> None:
    """Set the due date to a day that a person named."""
    case.due_on = due_on
    case.due_provisional = desk.calendar.is_provisional(desk.today, due_on)
    case.calendar_version = desk.calendar.version
    _record(desk, case, **why)


def _record(desk: Desk, case: Rectification, **facts: object) -> None:
    desk.session.add(case)
    desk.record(
        "case",
        case.id,
        "set_due",
        unit_id=case.unit_id,
        from_state=case.state,
        to_state=case.state,
        detail={
            "due_on": case.due_on,
            "calendar": case.calendar_version,
            "provisional": case.due_provisional or None,
            **facts,
        },
    )
