"""审核签发: what waits for somebody to review, sign or seal; many are signed with one proof of identity."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from casework.paperwork.paperview import visible_document
from casework.paperwork.reviewing import STEP_LABELS
from casework.paperwork.viewing import sign_viewed
from casework.paperwork.waiting import letters_waiting, next_to_sign, waiting_view
from casework.rows import document_rows
from console.confirming import confirm
from console.forms import Form, HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, Refused

router = Pages(Permission.DOCUMENT_VIEW)
MOST = 50


@router.page("/signing")
def show_signing(visit: HasVisit, begin: int = 0) -> Response:
    """Show what waits for the visitor."""
    return _page(visit, begin, Form(), None)


def _page(visit: Visit, begin: int, form: Form, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "papers/signing.html.j2",
            "signing",
            queue=waiting_view(desk, visit.visitor.account_id, begin),
            letters=letters_waiting(desk),
            chosen=set(form.numbers("document")),
            steps=STEP_LABELS,
            error=error,
        )


def _again(visit: Visit, form: Form, error: DuchaError) -> Response:
    return _page(visit, form.number("begin", "位置") or 0, form, error)


@router.act("/signing", Permission.DOCUMENT_SIGN, again=_again)
def sign_many(visit: HasVisit, jobs: HasJobs, form: HasForm) -> Response:
    """Sign the documents that were ticked, all or none."""
    ids = list(dict.fromkeys(form.numbers("document")))
    if not ids or len(ids) > MOST:
        raise Refused(
            "没有选择文书" if not ids else "一次签发的文书太多",
            found=f"{len(ids)}份", expected=f"1至{MOST}份", remedy="勾选要签发的文书",
        )  # fmt: skip
    confirm(visit, form)
    if len(ids) <= visit.world.settings.sign_at_once:
        return done(_sign(visit, ids), f"已签发{len(ids)}份")

    def work(job: Job) -> Outcome:
        job.tell(0, len(ids), "逐份编号、定稿")
        return Outcome(f"已签发{len(ids)}份", address=_sign(visit, ids))

    return RedirectResponse(jobs.start(visit, f"签发{len(ids)}份文书", work), status_code=303)


def _sign(visit: Visit, ids: Sequence[int]) -> str:
    """Sign documents in one transaction and return the address of the page that tells their numbers."""
    with visit.acting() as desk:
        sign_viewed(desk, visit.visitor.account_id, [visible_document(desk, number) for number in ids])
    return "/signing/done?" + "&".join(f"id={number}" for number in ids)


@router.page("/signing/done")
def show_done(request: Request, visit: HasVisit) -> Response:
    """Show the numbers that documents were given, and what comes next for each."""
    given = request.query_params.getlist("id")[:MOST]
    ids = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 10]
    with visit.desk() as desk:
        rows = document_rows(desk, ids)
        return show(visit, desk, "papers/signed.html.j2", "signing", rows=rows, next=next_to_sign(desk, 0))


@router.page("/signing/next")
def go_on(visit: HasVisit, after: int = 0) -> Response:
    """Go to the next document that the visitor may sign; to the list when there is none."""
    with visit.desk() as desk:
        number = next_to_sign(desk, after)
    return RedirectResponse(f"/documents/{number}" if number else "/signing", status_code=303)
