"""What an old ledger would bring in, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casework.desk import Desk
from casework.ledgers.ledger import KEEPERS
from casework.ledgers.ledgerentries import read_entries
from casework.staff.people import require_role


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One problem of the ledger as it would be kept."""

    code: str
    unit: str
    batch: str
    problem: str
    closed: bool


@dataclass(frozen=True, slots=True)
class LedgerPreview:
    """What would come in; `batches` are those that would become campaigns."""

    lines: tuple[LedgerLine, ...]
    batches: tuple[str, ...]

    @property
    def rows(self) -> int:
        return len(self.lines)

    @property
    def open(self) -> int:
        return sum(not line.closed for line in self.lines)


def preview_ledger(desk: Desk, path: Path) -> LedgerPreview:
    """Return what importing an old ledger would bring in; raise InvalidInput naming every bad cell."""
    require_role(desk, KEEPERS, "导入整改台账")
    entries = read_entries(desk, path)
    lines = tuple(
        LedgerLine(
            entry.row.case,
            entry.unit.name,
            entry.row.campaign,
            entry.row.problem,
            entry.row.closed_on is not None,
        )
        for entry in entries
    )
    unknown = dict.fromkeys(entry.row.campaign for entry in entries if entry.campaign is None)
    return LedgerPreview(lines, tuple(unknown))
