"""延期异议: requests that wait, with their days, decided in place; and those that were decided."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.paging import Cursor
from casework.rectification.askingwords import VERDICTS
from casework.rectification.doing import act_in_sight, find_request
from casework.rectification.requestlist import DECIDED, KINDS, PENDING, requests_view
from console.forms import Form, HasForm
from console.lists import HasCursor
from console.pages.cases.wishes import typed_in, wish_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.codes import SEVERITY_LABELS
from core.errors import DuchaError
from core.life.rectification import CASE_ACT_LABELS
from models.campaign import Finding

router = Pages(Permission.CASE_VIEW)


@router.page("/requests")
def show_requests(visit: HasVisit, cursor: HasCursor, tab: str = PENDING, kind: str = "") -> HTMLResponse:
    """Show the requests that wait, or those that were decided."""
    return _page(visit, tab, kind, cursor)


def _page(
    visit: Visit,
    tab: str = PENDING,
    kind: str = "",
    cursor: Cursor | None = None,
    refused: int = 0,
    form: Form | None = None,
    error: DuchaError | None = None,
) -> HTMLResponse:
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/requests.html.j2",
            "requests",
            page=requests_view(desk, tab, kind, cursor),
            tab=tab,
            kind=kind,
            tabs=((PENDING, "待办理"), (DECIDED, "已办结")),
            kinds=KINDS,
            verdicts={act.value: options for act, (_label, options) in VERDICTS.items()},
            severities=tuple((one.value, word) for one, word in SEVERITY_LABELS.items()),
            refused=refused,
            typed=typed_in(form) if form is not None else {},
            error=error,
        )


def _again(visit: Visit, number: int, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, refused=number, form=form, error=error)


@router.act("/requests/{number:int}/decide", Permission.CASE_ACT, again=_again)
def decide(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Decide a request where it stands in the list."""
    with visit.acting() as desk:
        row, act = find_request(desk, number)
        code = desk.session.get_one(Finding, row.case_id).code
        act_in_sight(desk, code, wish_of(act, form))
    return done(
        "/requests", f"已办理：{CASE_ACT_LABELS[act]}（{code}），答复文书已起草的，请到“文书”审核签发"
    )
