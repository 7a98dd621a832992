"""One period of statistics as people and outside programs read it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from casework.counts.countscope import refuse_units
from casework.desk import Desk
from casework.reports.periods import closed_numbers, find_period, period_numbers
from core.calendar.periods import PeriodKind, name_period, period_of
from core.errors import NotFound
from core.life.periodlife import PeriodState


def describe_period(desk: Desk, kind: PeriodKind, day: date) -> dict[str, Any]:
    """Return a period with its numbers and what came late, for people and outside programs."""
    refuse_units(desk)
    first, last = period_of(kind, day)
    if first > desk.today:
        raise NotFound(
            "该统计期尚未开始", found=str(first), expected=f"不晚于{desk.today}", remedy="改正 --on"
        )
    row = find_period(desk, kind, first)
    closed = row is not None and row.state == PeriodState.CLOSED.value
    if closed:
        assert row is not None
        data = json.loads(row.content or "{}")
        numbers, late = closed_numbers(row), data["late"]
    else:
        fresh = period_numbers(desk, first, min(last, max(first, desk.today)), kind)
        numbers, late = fresh.statistics, fresh.late
    return {
        "kind": kind.value,
        "name": name_period(kind, first),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "state": PeriodState.CLOSED.value if closed else PeriodState.OPEN.value,
        "sha256": row.sha256 if row else None,
        "late": late,
        **numbers.as_dict(),
    }
