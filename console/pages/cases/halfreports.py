"""半月报告: what is owed, what came; sent for a unit, dispensed with, read."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.rectification.halfreports import read_report, send_report, waive_report
from casework.rectification.halfview import DUE, STATE_WORDS, STATES, half_report_view, half_reports_view
from console.forms import Form, HasForm
from console.lists import HasCursor
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.CASE_VIEW)


@router.page("/half-reports")
def show_reports(visit: HasVisit, cursor: HasCursor, state: str = DUE, unit: str = "") -> HTMLResponse:
    """Show one page of reports."""
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/halfreports.html.j2",
            "half_reports",
            page=half_reports_view(desk, state, unit, cursor),
            state=state,
            unit=unit,
            states=[(one, STATE_WORDS[one]) for one in STATES],
        )


@router.page("/half-reports/{number:int}")
def show_report(number: int, visit: HasVisit) -> HTMLResponse:
    """Show one report."""
    return _page(visit, number)


def _page(
    visit: Visit, number: int, form: Form | None = None, error: DuchaError | None = None
) -> HTMLResponse:
    sent = form or Form()
    with visit.desk() as desk:
        half = half_report_view(desk, number)
        return show(
            visit,
            desk,
            "cases/halfreport.html.j2",
            "half_reports",
            half=half,
            row=half.row,
            sent=sent,
            error=error,
        )


def _again(visit: Visit, number: int, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, number, form, error)


def _read_again(visit: Visit, number: int, error: DuchaError) -> HTMLResponse:
    return _page(visit, number, error=error)


@router.act("/half-reports/{number:int}/send", Permission.CASE_ACT, again=_again)
def send(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Hand a report in for its unit."""
    percent, on = form.number("percent", "完成率"), form.day("on", "报送日期")
    with visit.acting() as desk:
        half_report_view(desk, number)
        send_report(
            desk, number, form.text("text"), percent=percent, next_steps=form.text("next_steps"), on=on
        )
    return done(f"/half-reports/{number}", "已登记报送")


@router.act("/half-reports/{number:int}/waive", Permission.CASE_ACT, again=_again)
def waive(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Dispense with a report."""
    with visit.acting() as desk:
        half_report_view(desk, number)
        waive_report(desk, number, form.text("reason"))
    return done(f"/half-reports/{number}", "已免报")


@router.act("/half-reports/{number:int}/read", Permission.CASE_ACT, again=_read_again)
def read(number: int, visit: HasVisit, _form: HasForm) -> Response:
    """Note that a report was read."""
    with visit.acting() as desk:
        half_report_view(desk, number)
        read_report(desk, number)
    return done(f"/half-reports/{number}", "已阅")
