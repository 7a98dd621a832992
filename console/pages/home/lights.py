"""亮灯看板: units by weeks, the cases behind each cell, and plots with their numbers beside them."""

from __future__ import annotations

from datetime import date

from fastapi.responses import HTMLResponse

from casework.lights.boardfilters import SPANS, BoardFilters
from casework.lights.lightboard import board_view, cell_view
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import InvalidInput

router = Pages(Permission.CASE_VIEW)


@router.page("/lights")
def show_lights(visit: HasVisit, query: HasQuery, leaf: HasLeaf) -> HTMLResponse:
    """Show one page of the board."""
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "home/lights.html.j2",
            "lights",
            board=board_view(desk, BoardFilters.read(query), leaf),
            spans=SPANS,
        )


@router.page("/lights/{unit}/{week}")
def show_cell(unit: str, week: str, visit: HasVisit, campaign: str = "") -> HTMLResponse:
    """Show the cases behind one cell of the board."""
    try:
        day = date.fromisoformat(week)
    except ValueError:
        raise InvalidInput(
            "日期不正确", found=week[:20], expected="看板所列的周", remedy="回到看板重选"
        ) from None
    with visit.desk() as desk:
        cell = cell_view(desk, unit, day, campaign)
        return show(visit, desk, "home/lightcell.html.j2", "lights", cell=cell, campaign=campaign)
