"""贯通移送: its own compartment. Only those who may know see anything; every look and every download is noted."""

from __future__ import annotations

import io
import zipfile

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from casework.linkage.clues import case_of, find_referral
from casework.linkage.letterboard import letters_view
from casework.linkage.looking import save_file
from casework.linkage.packagecopies import package_copies
from casework.linkage.proposals import ASKERS, propose_screening
from casework.linkage.referralboard import EVERY, LATE, STATES, referrals_view
from casework.linkage.referralpage import referral_page
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.actforms import Tried, fields_of
from console.downloads import ZIP, attachment
from console.forms import Form, HasForm
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasCursor
from console.pages.linkage.referralacts import REFERRAL_ACTS
from console.pages.linkage.referralforms import referral_forms
from console.pages.linkage.screeningforms import open_form
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.LINKAGE)


@router.page("/referrals")
def show_referrals(visit: HasVisit, cursor: HasCursor, state: str = "") -> HTMLResponse:
    """Show one page of what somebody may know of."""
    with visit.desk() as desk:
        return show(
            visit, desk, "linkage/referrals.html.j2", "referrals", board=referrals_view(desk, state, cursor),
            states=STATES, LATE=LATE, EVERY=EVERY,
        )  # fmt: skip


# ---- asking for a screening --------------------------------------------------------------------------------------


@router.page("/referrals/open")
def show_open(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show the form by which a person asks for a screening of a case."""
    return _open(visit, request.query_params.get("case", "")[:64], None)


def show_open_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the form that was refused."""
    return _open(visit, "", Tried("open", form, error))


def _open(visit: Visit, case: str, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, ASKERS, "启动线索筛查")
        return show(visit, desk, "linkage/open.html.j2", "referrals", form=open_form(case), tried=tried)


@router.act("/referrals/open", again=show_open_again)
def open_screening(visit: HasVisit, form: HasForm) -> Response:
    """Ask for a screening; who may not know of it is told the same whether or not one was under way."""
    given = fields_of("open", form)
    with visit.acting() as desk:
        number = propose_screening(desk, given.needed("case", "问题编号"), given.text("reason"))
    if number is None:
        return done("/referrals/open", "已提请线索筛查，由指定人员办理")
    return done(f"/referrals/{number}", "已启动线索筛查")


# ---- one of them ---------------------------------------------------------------------------------------------------


@router.page("/referrals/{referral_id}")
def show_referral(referral_id: int, visit: HasVisit) -> HTMLResponse:
    """Show one screening or transfer; the look is noted."""
    return _one(visit, referral_id, None)


def show_referral_again(
    referral_id: int, act: str, visit: Visit, form: Form, error: DuchaError
) -> HTMLResponse:
    """Show it with the act that was refused."""
    return _one(visit, referral_id, Tried(act, form, error))


def _one(visit: Visit, referral_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.acting() as desk:
        page = referral_page(desk, referral_id)
        return show(
            visit, desk, "linkage/referral.html.j2", "referrals",
            page=page, forms_of=referral_forms(page), tried=tried,
        )  # fmt: skip


@router.act("/referrals/{referral_id}/acts/{act}", again=show_referral_again)
def act_on_referral(referral_id: int, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out an act on a screening or transfer."""
    return done(f"/referrals/{referral_id}", REFERRAL_ACTS.carry_out(visit, act, referral_id, form))


@router.page("/referrals/{referral_id}/files/{file_id}")
def save_referral_file(referral_id: int, file_id: int, visit: HasVisit) -> Response:
    """Send a file of a transfer; the download is noted."""
    with visit.acting() as desk:
        row = find_referral(desk, referral_id)
        name, content = save_file(desk, "referral", referral_id, file_id, unit_id=case_of(desk, row).unit_id)
    return attachment(content, name)


def show_package_again(referral_id: int, visit: Visit, _form: Form, error: DuchaError) -> HTMLResponse:
    """Show the page with why the print set was not made."""
    return _one(visit, referral_id, Tried("package", _form, error))


@router.act("/referrals/{referral_id}/package", again=show_package_again)
def print_all(referral_id: int, visit: HasVisit, _form: HasForm, jobs: HasJobs) -> Response:
    """Make the print set beside the pages: every file names who printed it; the look is noted."""
    with visit.desk() as desk:
        find_referral(desk, referral_id)
        require_role(desk, COMPARTMENT, "打印移送材料")

    def work(job: Job) -> Outcome:
        job.tell(0, 0, "排版移送函、登记表、清单和回执")
        with visit.acting() as desk:
            files = package_copies(desk, referral_id, f"{visit.who.name} {visit.visitor.login}")
        said = f"共{len(files)}个文件，均有打印人水印"
        return Outcome(said, f"/referrals/{referral_id}", _zipped(files), f"移送材料-{referral_id}.zip", ZIP)

    return done(jobs.start(visit, "打印移送材料", work))


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


# ---- letters of the compartment ------------------------------------------------------------------------------------


@router.page("/letters")
def show_letters(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show the letters of the compartment that somebody may know of."""
    state = "all" if request.query_params.get("state") == "all" else ""
    with visit.desk() as desk:
        return show(
            visit, desk, "linkage/letters.html.j2", "letters", rows=letters_view(desk, state), state=state
        )
