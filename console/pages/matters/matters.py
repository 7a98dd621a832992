"""诉讼复议案件台账: the list, registering, importing, and one matter on its three pages."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.intake.keptfiles import read_kept
from casework.litigation.exchange import export_matters, import_matters
from casework.litigation.matterboard import EVERY, KINDS, STATES, MatterFilters, matters_view, need_matter
from casework.litigation.matterpage import matter_page, matter_story
from casework.litigation.matterpapers import FILE_WORDS, HALF_STATES, matter_papers, waiting_reports
from casework.litigation.registering import KEEPERS
from casework.sight import sees_office
from casework.staff.people import require_role
from console.actforms import Tried, fields_of
from console.downloads import SHEET, attachment
from console.forms import Form, HasForm
from console.holding import Sent, laid_out
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasCursor, HasQuery
from console.pages.matters.matteracts import MATTER_ACTS, register_matter
from console.pages.matters.matterforms import PAPER_ACTS, act_forms, lists_of, register_form, waive_forms
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed

router = Pages(Permission.MATTER_VIEW)
ACT = Permission.MATTER_ACT


@router.page("/matters")
def show_matters(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of the matters in sight."""
    filters = MatterFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "matters/matters.html.j2", "matters", board=matters_view(desk, filters, cursor),
            states=STATES, kinds=KINDS, EVERY=EVERY,
            may_export=sees_office(desk) or desk.actor.speaks_for_unit,
        )  # fmt: skip


@router.page("/matters/export")
def save_matters(visit: HasVisit) -> Response:
    """Send the register of matters as a workbook; a unit gets its own."""
    with visit.desk() as desk:
        if not sees_office(desk) and not desk.actor.speaks_for_unit:
            raise NotAllowed(
                "无权导出案件台账", found=desk.actor.name, expected="本单位经办人员", remedy="由经办人员导出"
            )
        content = export_matters(desk)
        name = f"诉讼复议案件台账{desk.today}.xlsx"
    return attachment(content, name, SHEET)


# ---- registering and importing -------------------------------------------------------------------------------------


@router.page("/matters/new", ACT)
def show_new(visit: HasVisit) -> HTMLResponse:
    """Show the form that registers a matter."""
    return _new(visit, None)


def show_new_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the form that was refused."""
    return _new(visit, Tried("new", form, error))


def _new(visit: Visit, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, KEEPERS, "登记行政争议事项")
        form = register_form(desk)
        return show(
            visit,
            desk,
            "matters/new.html.j2",
            "matters",
            form=form,
            lists=lists_of(desk, [form]),
            tried=tried,
        )


@router.act("/matters/new", ACT, again=show_new_again)
def register_new(visit: HasVisit, form: HasForm) -> Response:
    """Register a matter and go to it."""
    with visit.acting() as desk:
        number = register_matter(desk, fields_of("new", form))
    return done(f"/matters/{number}", "已登记，请按期评分")


@router.page("/matters/import", ACT)
def show_import(visit: HasVisit) -> HTMLResponse:
    """Show the form that takes a register of matters."""
    return show_import_again(visit, None)


def show_import_again(visit: Visit, error: DuchaError | None) -> HTMLResponse:
    """Show the form with what was wrong."""
    with visit.desk() as desk:
        require_role(desk, KEEPERS, "导入行政争议台账")
        return show(visit, desk, "matters/import.html.j2", "matters", error=error)


@router.act("/matters/import", ACT, again=show_import_again)
def import_register(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Import a register beside the pages: all rows, or none."""
    sent = Sent.of(form.needed_file("file", "台账文件"))

    def work(job: Job) -> Outcome:
        job.tell(0, 0, "核对各行")
        with laid_out(sent) as path, visit.acting() as desk:
            found = import_matters(desk, path)
        said = f"新登记{found['added']}件，更新{found['updated']}件，没有变化{found['unchanged']}件"
        return Outcome(said, "/matters")

    return done(jobs.start(visit, "导入诉讼复议台账", work))


# ---- one matter ----------------------------------------------------------------------------------------------------


@router.page("/matters/{matter_id}")
def show_matter(matter_id: int, visit: HasVisit) -> HTMLResponse:
    """Show what a matter is, and what may be done."""
    return _first(visit, matter_id, None)


def _first(visit: Visit, matter_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        page = matter_page(desk, matter_id)
        forms = act_forms(desk, page.file, page.acts, papers=False) if visit.may(ACT) else ()
        return show(
            visit, desk, "matters/matter.html.j2", "matters", tab="first",
            page=page, forms_of=forms, tried=tried,
        )  # fmt: skip


@router.page("/matters/{matter_id}/papers")
def show_papers(matter_id: int, visit: HasVisit) -> HTMLResponse:
    """Show what was handed in on a matter."""
    return _papers(visit, matter_id, None)


def _papers(visit: Visit, matter_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        page = matter_papers(desk, matter_id)
        forms = act_forms(desk, page.file, page.acts, papers=True) if visit.may(ACT) else ()
        if "waive" in page.acts:
            forms = (*forms, *waive_forms(waiting_reports(page)))
        return show(
            visit, desk, "matters/papers.html.j2", "matters", tab="papers",
            page=page, forms_of=forms, half_states=HALF_STATES, file_words=FILE_WORDS, tried=tried,
        )  # fmt: skip


@router.page("/matters/{matter_id}/story")
def show_story(matter_id: int, visit: HasVisit) -> HTMLResponse:
    """Show why a matter shows its light, and what happened."""
    with visit.desk() as desk:
        page = matter_story(desk, matter_id)
        return show(visit, desk, "matters/story.html.j2", "matters", tab="story", page=page)


def show_again(matter_id: int, act: str, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the page of an act that was refused."""
    return (_papers if act in PAPER_ACTS else _first)(visit, matter_id, Tried(act, form, error))


@router.act("/matters/{matter_id}/acts/{act}", ACT, again=show_again)
def act_on_matter(matter_id: int, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out an act on a matter."""
    said = MATTER_ACTS.carry_out(visit, act, matter_id, form)
    return done(f"/matters/{matter_id}{'/papers' if act in PAPER_ACTS else ''}", said)


@router.page("/matters/{matter_id}/files/{file_id}")
def save_file(matter_id: int, file_id: int, visit: HasVisit) -> Response:
    """Send a file of a matter."""
    with visit.desk() as desk:
        need_matter(desk, matter_id)
        name, content = read_kept(desk, "matter", matter_id, file_id)
    return attachment(content, name)
