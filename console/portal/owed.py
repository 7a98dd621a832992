"""本单位事项: what the unit owes, its cases, its papers, and what was done."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from casework.lights.climbing import office_palette
from casework.portal.duties import owed_by
from casework.portal.holdings import cases_of, count_cases, papers_of
from casework.portal.past import history_of_unit
from casework.portal.reader import reader_at
from console.lists import HasCursor, HasLeaf
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.PORTAL)


@router.page("/portal")
def show_owed(visit: HasVisit) -> HTMLResponse:
    """Show what the unit has to do, the most urgent first, and what the office does meanwhile."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        owed = owed_by(reader)
        return show(visit, desk, "portal/owed.html.j2", "portal", reader=reader, owed=owed, tab="owed")


@router.page("/portal/cases")
def show_cases(visit: HasVisit, cursor: HasCursor, state: str = "") -> HTMLResponse:
    """Show the cases of the unit, those that are open or those that are over."""
    settled = state == "settled"
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        return show(
            visit, desk, "portal/cases.html.j2", "portal", reader=reader, tab="cases", settled=settled,
            page=cases_of(reader, cursor, settled=settled), counts=count_cases(reader), palette=office_palette(desk),
        )  # fmt: skip


@router.page("/portal/documents")
def show_papers(visit: HasVisit, cursor: HasCursor) -> HTMLResponse:
    """Show the papers that were sent to the unit, the newest first."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        page = papers_of(reader, cursor)
        return show(
            visit, desk, "portal/papers.html.j2", "portal", reader=reader, tab="papers", page=page,
        )  # fmt: skip


@router.page("/portal/history")
def show_history(visit: HasVisit, number: HasLeaf) -> HTMLResponse:
    """Show one page of what the unit did and what was decided on it."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        leaf = history_of_unit(reader, number)
        return show(visit, desk, "portal/history.html.j2", "portal", reader=reader, tab="history", leaf=leaf)
