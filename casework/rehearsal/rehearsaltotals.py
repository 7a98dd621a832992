"""The sums of a rehearsal: how many documents of what, and the burden of each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from core.calendar.workdays import Calendar
from core.codes import Light

WINDOW_WORKDAYS = 10
Row = dict[str, Any]


def count_totals(sent: Sequence[Row]) -> Row:
    """Return {documents, by_kind, by_light, by_unit, by_month}; a document counts once, under its highest colour.

    Kinds and months come in the order in which the first document goes out.
    """

    def by(key: Callable[[Row], str]) -> dict[str, int]:
        return dict(Counter(map(key, sent)))

    return {
        "documents": len(sent),
        "by_kind": by(lambda row: row["kind"]),
        "by_light": dict(sorted(by(lambda row: row["light"]).items(), key=lambda one: Light(one[0]).rank)),
        "by_unit": dict(sorted(by(lambda row: row["unit"]).items())),
        "by_month": by(lambda row: row["day"][:7]),
    }


def measure_burden(sent: Sequence[Row], calendar: Calendar) -> Row:
    """Return the most documents a unit gets in any ten working days, and each unit's own most, the heaviest first."""
    days: dict[str, list[date]] = {}
    names: dict[str, str] = {}
    for row in sent:
        days.setdefault(row["unit"], []).append(date.fromisoformat(row["day"]))
        names[row["unit"]] = row["unit_name"]
    units = [
        {"unit": unit, "unit_name": names[unit], **_busiest(found, calendar)} for unit, found in days.items()
    ]
    units.sort(key=lambda row: (-row["documents"], row["unit"]))
    return {"workdays": WINDOW_WORKDAYS, "most": units[0]["documents"] if units else 0, "units": units}


def _busiest(days: Sequence[date], calendar: Calendar) -> Row:
    best: Row = {"documents": 0}
    for first in sorted(set(days)):
        inside = [day for day in days if first <= day and calendar.between(first, day) < WINDOW_WORKDAYS]
        if len(inside) > best["documents"]:
            best = {"documents": len(inside), "from": first.isoformat(), "to": max(inside).isoformat()}
    return best
