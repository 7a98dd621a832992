"""The ledger as somebody sees and narrowed it on its page, as a workbook."""

from __future__ import annotations

from casework.desk import Desk
from casework.ledgers.ledger import export_ledger
from casework.rectification.board import narrowed_cases
from casework.rectification.boardfilters import LedgerFilters


def export_narrowed(desk: Desk, filters: LedgerFilters) -> bytes:
    """Return the cases in sight under some filters as an .xlsx file; raise InvalidInput for a wrong filter."""
    return export_ledger(desk, campaign=filters.campaign or None, narrowed=narrowed_cases(desk, filters))
