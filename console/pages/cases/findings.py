"""发现问题: working papers and findings, confirmed one by one or many at once, withdrawn with a reason."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import HTMLResponse, Response

from casework.inspection.findinglist import STATE_LABELS, FindingFilters, findings_view
from casework.inspection.findingview import confirm_agreed, confirm_in_sight, finding_view, withdraw_in_sight
from casework.paging import Cursor
from console.forms import Form, HasForm
from console.lists import HasCursor, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from console.words import write_query
from core.access.permissions import Permission
from core.codes import CHECK_RESULT_LABELS, UNIT_OPINION_LABELS, CheckResult, Severity
from core.errors import DuchaError
from core.life.lives import FindingState

router = Pages(Permission.FINDING_VIEW)
OPINIONS = (("none", "未表示"), *((one.value, word) for one, word in UNIT_OPINION_LABELS.items()))


@router.page("/findings")
def show_findings(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of findings."""
    return _list(visit, FindingFilters.read(query), cursor)


def _list(
    visit: Visit,
    filters: FindingFilters,
    cursor: Cursor | None = None,
    form: Form | None = None,
    error: DuchaError | None = None,
) -> HTMLResponse:
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/findings.html.j2",
            "findings",
            found=findings_view(desk, filters, cursor),
            states=tuple((state.value, STATE_LABELS[state]) for state in FindingState),
            words={state.value: STATE_LABELS[state] for state in FindingState},
            opinions=OPINIONS,
            severities=tuple(Severity),
            chosen=frozenset(form.many("code")) if form is not None else frozenset(),
            note=form.text("note") if form is not None else "",
            error=error,
        )


def _kept_filters(form: Form) -> FindingFilters:
    """Return the filters of the list from which a form was sent."""
    return FindingFilters.read(form.texts("f-"))


def _list_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    return _list(visit, _kept_filters(form), form=form, error=error)


@router.act("/findings/confirm", Permission.FINDING_DECIDE, again=_list_again)
def confirm_many(visit: HasVisit, form: HasForm) -> Response:
    """Confirm the findings that were ticked."""
    with visit.acting() as desk:
        rows = confirm_in_sight(desk, form.many("code"), form.text("note"))
    return done(_address(_kept_filters(form)), f"已认定{len(rows)}个问题，并立为整改事项")


@router.act("/findings/confirm-agreed", Permission.FINDING_DECIDE, again=_list_again)
def confirm_all(visit: HasVisit, form: HasForm) -> Response:
    """Confirm all papers of a campaign that their units confirmed."""
    campaign = form.needed("campaign", "督察批次")
    with visit.acting() as desk:
        rows = confirm_agreed(desk, campaign)
    return done(f"/findings?campaign={quote(campaign)}", f"已认定{len(rows)}个单位确认的问题，并立为整改事项")


@router.page("/findings/{code:path}")
def show_finding(code: str, visit: HasVisit) -> HTMLResponse:
    """Show one finding with its working paper."""
    return _one(visit, code)


def _one(visit: Visit, code: str, form: Form | None = None, error: DuchaError | None = None) -> HTMLResponse:
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/finding.html.j2",
            "findings",
            file=finding_view(desk, code),
            words={state.value: STATE_LABELS[state] for state in FindingState},
            opinions={one.value: word for one, word in UNIT_OPINION_LABELS.items()},
            results={one.value: CHECK_RESULT_LABELS[one] for one in CheckResult},
            note=form.text("note") if form is not None else "",
            error=error,
        )


def _one_again(visit: Visit, code: str, form: Form, error: DuchaError) -> HTMLResponse:
    return _one(visit, code, form, error)


@router.act("/findings/{code:path}/confirm", Permission.FINDING_DECIDE, again=_one_again)
def confirm(code: str, visit: HasVisit, form: HasForm) -> Response:
    """Confirm one finding."""
    with visit.acting() as desk:
        confirm_in_sight(desk, [code], form.text("note"))
    return done(f"/findings/{quote(code, safe='')}", "已认定，并立为整改事项")


@router.act("/findings/{code:path}/withdraw", Permission.FINDING_DECIDE, again=_one_again)
def withdraw(code: str, visit: HasVisit, form: HasForm) -> Response:
    """Withdraw one finding with a reason; its case is withdrawn with it."""
    with visit.acting() as desk:
        withdraw_in_sight(desk, code, form.needed("note", "撤销理由"))
    return done(f"/findings/{quote(code, safe='')}", "已撤销问题")


def _address(filters: FindingFilters) -> str:
    return f"/findings{write_query(filters.as_query())}"
