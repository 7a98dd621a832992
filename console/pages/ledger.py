"""整改台账: cases with their lights."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views import Cursor, LedgerFilters, ledger_view
from console.rendering import render
from console.world import HasWorld
from core.codes import Severity
from core.life.rectification import CaseState

router = APIRouter()


@router.get("/ledger")
def show_ledger(request: Request, world: HasWorld) -> HTMLResponse:
    """Show one page of the ledger."""
    given = dict(request.query_params)
    filters = LedgerFilters.read(given)
    cursor = Cursor.read(given.get("page", ""))
    with world.desk() as desk:
        return render(
            "ledger.html.j2",
            active="ledger",
            office=desk.office,
            today=desk.today,
            ledger=ledger_view(desk, filters, cursor),
            first_page=cursor is None,
            states=tuple(CaseState),
            severities=tuple(Severity),
        )
