"""整改事项: one case, why its light, its papers and its timeline."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.views import case_view
from console.rendering import render
from console.world import HasWorld

router = APIRouter()


@router.get("/cases")
def find_case(code: str = "") -> Response:
    """Go to the case whose number was typed; without one, to the ledger."""
    wanted = code.strip()
    return RedirectResponse(f"/cases/{quote(wanted, safe='')}" if wanted else "/ledger", status_code=303)


@router.get("/cases/{code:path}")
def show_case(code: str, world: HasWorld) -> HTMLResponse:
    """Show one case; 404 when there is none with this number."""
    with world.desk() as desk:
        return render(
            "case.html.j2",
            active="ledger",
            office=desk.office,
            today=desk.today,
            file=case_view(desk, code),
        )
