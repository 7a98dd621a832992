"""What a reader narrows the ledger to, as it stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from core.codes import Light, Severity
from core.errors import InvalidInput
from core.life.rectification import CaseState

# What the state filter takes beside the states themselves.
OPEN, OVERDUE, ALL = "active", "overdue", "all"
SCOPE_LABELS = {OPEN: "在办", OVERDUE: "已逾期", ALL: "全部"}
SOON = "soon"
LAST_DUE, NEWEST = "last_due", "newest"
SORT_LABELS = {"": "到期日由近到远", LAST_DUE: "到期日由远到近", NEWEST: "认定日期由近到远"}
MOST_TEXT = 60


@dataclass(frozen=True, slots=True)
class LedgerFilters:
    """What a reader narrows the ledger to; empty means no limit, and `state` is then 在办.

    q         words of the number, the problem or the item
    category  catalogue/class of the item
    due       soon: within five working days
    """

    campaign: str = ""
    unit: str = ""
    state: str = OPEN
    severity: str = ""
    light: str = ""
    q: str = ""
    category: str = ""
    due: str = ""
    due_from: str = ""
    due_to: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> LedgerFilters:
        """Read filters from an address; raise InvalidInput naming a value that is none."""
        values = {f.name: given.get(f.name, "").strip() for f in fields(cls)}
        values["state"] = values["state"] or OPEN
        values["q"] = values["q"][:MOST_TEXT]
        for name, allowed in _ALLOWED.items():
            if values[name] not in allowed:
                raise _wrong(name, values[name])
        for name in ("due_from", "due_to"):
            values[name] = _read_day(name, values[name])
        return cls(**values)

    def as_query(self) -> dict[str, str]:
        """Return the filters as they stand in an address, without those that are not set."""
        every = {f.name: str(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in every.items() if value and (name, value) != ("state", OPEN)}


_ALLOWED: dict[str, frozenset[str]] = {
    "state": frozenset({OPEN, OVERDUE, ALL, *CaseState}),
    "severity": frozenset({"", *Severity}),
    "light": frozenset({"", *Light}),
    "due": frozenset({"", SOON}),
    "sort": frozenset(SORT_LABELS),
}


def _read_day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text.replace("/", "-")).isoformat() if text else ""
    except ValueError:
        raise _wrong(name, text) from None


def _wrong(name: str, value: str) -> InvalidInput:
    return InvalidInput(
        "筛选条件不正确", found=f"{name}={value[:40]}", expected="页面所列选项", remedy="回到台账重选"
    )
