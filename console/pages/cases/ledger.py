"""整改台账: cases with their lights."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from casework.views import Cursor, LedgerFilters, ledger_view
from console.rendering import render
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.codes import Severity
from core.life.rectification import CaseState

router = Pages(Permission.CASE_VIEW)


@router.page("/ledger")
def show_ledger(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show one page of the ledger."""
    given = dict(request.query_params)
    filters = LedgerFilters.read(given)
    cursor = Cursor.read(given.get("page", ""))
    with visit.desk() as desk:
        return render(
            "cases/ledger.html.j2",
            visit=visit,
            active="ledger",
            office=desk.office,
            today=desk.today,
            ledger=ledger_view(desk, filters, cursor),
            first_page=cursor is None,
            states=tuple(CaseState),
            severities=tuple(Severity),
        )
