"""整改台账: cases with their lights, narrowed, sorted, printed, and out as a workbook."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.ledgers.narrowed import export_narrowed
from casework.rectification.boardfilters import SORT_LABELS
from casework.views import LedgerFilters, ledger_view
from console.downloads import SHEET
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasCursor, HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.codes import Severity
from core.life.rectification import CaseState

router = Pages(Permission.CASE_VIEW)


@router.page("/ledger")
def show_ledger(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of the ledger."""
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "cases/ledger.html.j2",
            "ledger",
            ledger=ledger_view(desk, LedgerFilters.read(query), cursor),
            states=tuple(CaseState),
            severities=tuple(Severity),
            sorts=tuple(SORT_LABELS.items()),
        )


@router.act("/ledger/export")
def export(visit: HasVisit, jobs: HasJobs, form: HasForm) -> Response:
    """Make the workbook of what stands in the narrowed ledger, beside the pages."""
    filters = LedgerFilters.read(form.texts())

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "读取台账")
        with visit.world.desk(visit.who) as desk:
            content = export_narrowed(desk, filters)
            name = f"整改台账{desk.today:%Y%m%d}.xlsx"
        job.tell(1, 1, "完成")
        return Outcome("整改台账已导出，按所选条件和您能看到的范围。", "/ledger", content, name, SHEET)

    return RedirectResponse(jobs.start(visit, "导出整改台账", work), status_code=303)
