"""回头看: closed cases that are looked back at, by their day; dating one, drawing a quarter's share."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.paging import Cursor
from casework.rectification.lookbacks import draw_look_backs
from casework.rectification.lookbackview import DATED, OPEN, date_in_sight, look_backs_view
from console.forms import Form, HasForm
from console.lists import HasCursor
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.CASE_VIEW)
TABS = ((DATED, "已定日期"), (OPEN, "已销号未定"))


@router.page("/look-backs")
def show_look_backs(visit: HasVisit, cursor: HasCursor, tab: str = DATED) -> HTMLResponse:
    """Show one page of look-backs."""
    return _page(visit, tab, cursor)


def _page(
    visit: Visit,
    tab: str,
    cursor: Cursor | None = None,
    form: Form | None = None,
    error: DuchaError | None = None,
) -> HTMLResponse:
    sent = form or Form()
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/lookbacks.html.j2",
            "look_backs",
            page=look_backs_view(desk, tab, cursor),
            tab=tab,
            tabs=TABS,
            sent=sent,
            error=error,
        )


def _again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, OPEN if form.text("tab") == OPEN else DATED, form=form, error=error)


@router.act("/look-backs/draw", Permission.CASE_ACT, again=_again)
def draw(visit: HasVisit, form: HasForm) -> Response:
    """Draw the share of a quarter's closed cases that is looked back at."""
    quarter = form.needed("period", "季度")
    with visit.acting() as desk:
        drawn = sum(
            len(row.picked.split("\n")) for row in draw_look_backs(desk, quarter, form.text("seed") or None)
        )
    return done("/look-backs", f"{quarter}已抽取{drawn}件，回头看日期已定；抽取记录见“抽取”")


@router.act("/look-backs/date", Permission.CASE_ACT, again=_again)
def set_date(visit: HasVisit, form: HasForm) -> Response:
    """Date the look-back at one case, or move it."""
    code = form.needed("code", "问题编号")
    with visit.acting() as desk:
        row = date_in_sight(desk, code, form.day("on", "回头看日期"), form.text("note"))
        day = row.look_back_on
    return done("/look-backs", f"{code}的回头看定于{day}")
