"""问题线索: the list, registering and importing, one lead with its acts, and who brought it for those who may know."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.intake.leadboard import EVERY, LATE, STATE_LABELS, LeadFilters, leads_view
from casework.intake.leadimport import KEEPERS, import_leads
from casework.intake.leadpage import file_of_lead, lead_page
from casework.intake.leads import STAFF
from casework.intake.leadviews import source_of
from casework.staff.people import require_role
from console.actforms import Tried, fields_of
from console.downloads import SHEET, attachment
from console.forms import Form, HasForm
from console.holding import Sent, laid_out
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasCursor, HasQuery
from console.pages.intake.leadacts import LEAD_ACTS, register
from console.pages.intake.leadforms import lead_forms, lists_of, register_form
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.codes import LINE_LABELS
from core.errors import DuchaError
from delivery.sheets.blank import blank_leads

router = Pages(Permission.LEAD)


@router.page("/leads")
def show_leads(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of the leads that somebody may know of."""
    filters = LeadFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "intake/leads.html.j2", "leads", board=leads_view(desk, filters, cursor),
            states=STATE_LABELS, lines=LINE_LABELS, LATE=LATE, EVERY=EVERY,
        )  # fmt: skip


@router.page("/leads/new")
def show_new_lead(visit: HasVisit) -> HTMLResponse:
    """Show the form that registers a lead."""
    return _new_lead(visit, None)


def show_new_lead_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the form that was refused."""
    return _new_lead(visit, Tried("new", form, error))


def _new_lead(visit: Visit, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, STAFF, "登记线索")
        form = register_form(desk)
        return show(
            visit, desk, "intake/newlead.html.j2", "leads",
            form=form, lists=lists_of(desk, [form]), tried=tried,
        )  # fmt: skip


@router.act("/leads/new", again=show_new_lead_again)
def register_new_lead(visit: HasVisit, form: HasForm) -> Response:
    """Register a lead and go to it."""
    with visit.acting() as desk:
        row = register(desk, fields_of("new", form))
        address, said = f"/leads/{row.id}", f"已登记为{row.number}，{row.route_due_on}前分办"
    return done(address, said)


@router.page("/leads/import")
def show_import(visit: HasVisit) -> HTMLResponse:
    """Show the form that takes a list of leads."""
    return show_import_again(visit, None)


def show_import_again(visit: Visit, error: DuchaError | None) -> HTMLResponse:
    """Show the form with what was wrong."""
    with visit.desk() as desk:
        require_role(desk, KEEPERS, "导入线索")
        return show(visit, desk, "intake/importleads.html.j2", "leads", error=error)


@router.page("/leads/import/blank")
def save_blank(visit: HasVisit) -> Response:
    """Send an empty list of leads to fill in."""
    with visit.desk() as desk:
        require_role(desk, KEEPERS, "导入线索")
    return attachment(blank_leads(), "线索清单.xlsx", SHEET)


@router.act("/leads/import", again=show_import_again)
def import_list(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Import a list of leads beside the pages: all rows, or none."""
    sent = Sent.of(form.needed_file("file", "线索清单"))

    def work(job: Job) -> Outcome:
        job.tell(0, 0, "核对各行")
        with laid_out(sent) as path, visit.acting() as desk:
            found = import_leads(desk, path)
        return Outcome(f"已登记{found['added']}件，略过已登记的{found['known']}件", "/leads")

    return done(jobs.start(visit, "导入线索清单", work))


@router.page("/leads/{lead_id}")
def show_lead(lead_id: int, visit: HasVisit) -> HTMLResponse:
    """Show one lead; a look at one of the compartment is noted."""
    return _show_lead(visit, lead_id, None)


def _show_lead(visit: Visit, lead_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.acting() as desk:
        page = lead_page(desk, lead_id)
        forms = lead_forms(desk, page)
        return show(
            visit, desk, "intake/lead.html.j2", "leads",
            page=page, forms_of=forms, lists=lists_of(desk, forms), tried=tried,
        )  # fmt: skip


def show_lead_again(lead_id: int, act: str, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show a lead with the act that was refused."""
    return _show_lead(visit, lead_id, Tried(act, form, error))


@router.act("/leads/{lead_id}/acts/{act}", again=show_lead_again)
def act_on_lead(lead_id: int, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out an act on a lead."""
    return done(f"/leads/{lead_id}", LEAD_ACTS.carry_out(visit, act, lead_id, form))


@router.act("/leads/{lead_id}/source")
def show_source(lead_id: int, visit: HasVisit, _form: HasForm) -> HTMLResponse:
    """Show who brought a lead; asked for by a button, so that no look is noted by chance."""
    with visit.acting() as desk:
        page, source = lead_page(desk, lead_id), source_of(desk, lead_id)
        return show(visit, desk, "intake/source.html.j2", "leads", page=page, source=source)


@router.page("/leads/{lead_id}/files/{file_id}")
def save_lead_file(lead_id: int, file_id: int, visit: HasVisit) -> Response:
    """Send a file of a lead."""
    with visit.acting() as desk:
        name, content = file_of_lead(desk, lead_id, file_id)
    return attachment(content, name)
