"""What a reader narrows the ledger to, as it stands in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.filters import Filters, one_of
from core.codes import Light, Severity
from core.life.rectification import CaseState

# What the state filter takes beside the states themselves.
OPEN, OVERDUE, ALL = "active", "overdue", "all"
SCOPE_LABELS = {OPEN: "在办", OVERDUE: "已逾期", ALL: "全部"}
SOON = "soon"
LAST_DUE, NEWEST = "last_due", "newest"
SORT_LABELS = {"": "到期日由近到远", LAST_DUE: "到期日由远到近", NEWEST: "认定日期由近到远"}


@dataclass(frozen=True, slots=True)
class LedgerFilters(Filters):
    """What a reader narrows the ledger to; empty means no limit, and `state` is then 在办.

    q         words of the number, the problem or the item
    category  catalogue/class of the item
    due       soon: within five working days
    """

    campaign: str = ""
    unit: str = ""
    state: str = one_of(OPEN, OVERDUE, ALL, *CaseState, default=OPEN)
    severity: str = one_of(*Severity)
    light: str = one_of(*Light)
    q: str = ""
    category: str = ""
    due: str = one_of(SOON)
    due_from: date | None = None
    due_to: date | None = None
    sort: str = one_of(*SORT_LABELS)
