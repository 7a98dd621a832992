"""整改事项: one case, why its light, its papers and its timeline."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.views import case_view
from console.rendering import render
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.CASE_VIEW)


@router.page("/cases")
def find_case(code: str = "") -> Response:
    """Go to the case whose number was typed; without one, to the ledger."""
    wanted = code.strip()
    return RedirectResponse(f"/cases/{quote(wanted, safe='')}" if wanted else "/ledger", status_code=303)


@router.page("/cases/{code:path}")
def show_case(code: str, visit: HasVisit) -> HTMLResponse:
    """Show one case; 404 when there is none with this number."""
    with visit.desk() as desk:
        return render(
            "cases/case.html.j2",
            visit=visit,
            active="ledger",
            office=desk.office,
            today=desk.today,
            file=case_view(desk, code),
        )
