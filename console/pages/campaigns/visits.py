"""督察记录: visits in sight, and one visit with its team, dates, papers and findings."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.checklists import checklist_name
from casework.inspection.fieldnotes import count_at, note_self_report_of
from casework.inspection.filling import may_see_sheets, refuse_partner
from casework.inspection.visitfile import open_visit
from casework.inspection.visitpapers import papers_of_visit
from casework.inspection.visitviews import (
    STATES,
    VisitFilters,
    counts_at,
    findings_of_visit,
    visit_row,
    visits_view,
)
from casework.sight import sees_office
from console.downloads import SHEET, attachment
from console.forms import HasForm
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from core.life.campaignlife import COUNTED_LABELS, COUNTED_UNITS

router = Pages(Permission.VISIT)


@router.page("/visits")
def show_visits(visit: HasVisit, query: HasQuery, leaf: HasLeaf) -> Response:
    """Show the visits in sight: what is still to do, unless something else is asked for."""
    with visit.desk() as desk:
        return show(
            visit, desk, "campaigns/visits.html.j2", "visits",
            found=visits_view(desk, VisitFilters.read(query), leaf), states=STATES, office_wide=sees_office(desk),
        )  # fmt: skip


@router.page("/visits/{visit_id}")
def show_visit(visit: HasVisit, visit_id: int) -> Response:
    """Show one visit."""
    return _visit_page(visit, visit_id)


def _visit_page(visit: HasVisit, visit_id: int, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        file = open_visit(desk, visit_id)
        return show(
            visit, desk, "campaigns/visit.html.j2", "visits",
            file=file, row=visit_row(desk, file), papers=papers_of_visit(desk, file),
            findings=findings_of_visit(desk, file), counts=counts_at(desk, file), counted=COUNTED_LABELS,
            units=COUNTED_UNITS, office_wide=sees_office(desk), sheets=may_see_sheets(desk), error=error,
        )  # fmt: skip


def _visit_again(visit: HasVisit, visit_id: int, error: DuchaError) -> Response:
    return _visit_page(visit, visit_id, error)


@router.act("/visits/{visit_id}/self-report", again=_visit_again)
def take_self_report(visit: HasVisit, visit_id: int, _form: HasForm) -> Response:
    """Note that the self-report has come in today."""
    with visit.acting() as desk:
        note_self_report_of(desk, open_visit(desk, visit_id))
    return done(f"/visits/{visit_id}", "已登记自查报告报送")


@router.act("/visits/{visit_id}/counts", again=_visit_again)
def take_count(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Note talks, seminars and the like."""
    text = form.needed("count", "数量")
    if not text.lstrip("-").isdigit() or len(text) > 6 or not text.isascii():
        raise InvalidInput("“数量”不是整数", found=text, expected="整数；更正写负数", remedy="改正后重新登记")
    with visit.acting() as desk:
        file = open_visit(desk, visit_id)
        count_at(desk, file, form.text("what"), int(text), form.day("on", "日期"), form.text("note"))
    return done(f"/visits/{visit_id}", "已登记工作量")


@router.page("/visits/{visit_id}/workbook")
def save_workbook(visit: HasVisit, visit_id: int) -> Response:
    """Send the checklist of a visit as a workbook, with what was filled in so far."""
    from casework.inspection.checkfiling import write_workbook

    with visit.desk() as desk:
        refuse_partner(desk)
        file = open_visit(desk, visit_id)
        content = write_workbook(desk, file)
        return attachment(content, checklist_name(file.campaign, file.unit), SHEET)
