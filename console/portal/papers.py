"""文书: one paper as its unit reads it, signing for it, answering it, and the report form out and in."""

from __future__ import annotations

import threading

from fastapi.responses import Response

from casework.desk import Desk
from casework.lights.climbing import palette_of
from casework.paperwork.paperless import refuse_reminder
from casework.portal.doing import own_file, reply_to, sign_for, take_workbook
from casework.portal.paperpage import paper_page, workbook_of
from casework.portal.reader import reader_at
from console.downloads import PDF, SHEET, attachment
from console.forms import HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from delivery.uploads.kinds import SHEET as WORKBOOK

router = Pages(Permission.PORTAL)
# The typesetter is one object and takes one document at a time.
_typesetter = threading.Lock()


@router.page("/portal/documents/{document_id}")
def show_paper(document_id: int, visit: HasVisit) -> Response:
    """Show one paper; reading it is no receipt."""
    with visit.desk() as desk:
        return _page(visit, desk, document_id, None)


def _page(visit: Visit, desk: Desk, document_id: int, error: DuchaError | None) -> Response:
    reader = reader_at(desk, by_link=visit.visitor.by_link)
    page = paper_page(reader, document_id)
    return show(
        visit, desk, "portal/paper.html.j2", "portal", reader=reader, page=page, error=error,
        palette=palette_of(desk, page.document.campaign_id),
    )  # fmt: skip


def _again(visit: HasVisit, document_id: int, error: DuchaError) -> Response:
    with visit.world.desk(visit.who) as desk:
        return _page(visit, desk, document_id, error)


@router.page("/portal/documents/{document_id}/pdf")
def save_pdf(document_id: int, visit: HasVisit) -> Response:
    """Send the PDF of a paper, the sealed one where there is one."""
    from casework.paperwork.papers import print_pdf  # the typesetter is heavy, and most pages do without it

    with visit.desk() as desk, _typesetter:
        document = reader_at(desk, by_link=visit.visitor.by_link).need_document(document_id)
        refuse_reminder(document)
        content = print_pdf(desk, document)
        name = f"{document.title or '文书'}{document.number or document.id}.pdf"
    return attachment(content, name, PDF)


@router.page("/portal/documents/{document_id}/workbook")
def save_workbook(document_id: int, visit: HasVisit) -> Response:
    """Send the report form (整改情况报告表) of a notice."""
    with visit.desk() as desk:
        name, content = workbook_of(reader_at(desk, by_link=visit.visitor.by_link), document_id)
    return attachment(content, name, SHEET)


@router.page("/portal/documents/{document_id}/files/{evidence_id}")
def save_file(document_id: int, evidence_id: int, visit: HasVisit) -> Response:
    """Send a file that the unit brought with an answer."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        reader.need_document(document_id)
        name, content = own_file(reader, "document", document_id, evidence_id)
    return attachment(content, name)


@router.act("/portal/documents/{document_id}/acknowledge", again=_again)
def acknowledge(document_id: int, visit: HasVisit, _form: HasForm) -> Response:
    """Sign for a paper in the name of whoever is in."""
    with visit.acting() as desk:
        sign_for(reader_at(desk, by_link=visit.visitor.by_link), document_id)
    return done(f"/portal/documents/{document_id}", "已签收")


@router.act("/portal/documents/{document_id}/reply", again=_again)
def answer(document_id: int, visit: HasVisit, form: HasForm) -> Response:
    """Answer a paper in writing."""
    file = form.file("reply-file")
    with visit.acting() as desk:
        reply_to(reader_at(desk, by_link=visit.visitor.by_link), document_id, form.text("reply-note"), file)
    return done(f"/portal/documents/{document_id}", "答复已报送")


@router.act("/portal/documents/{document_id}/workbook", again=_again)
def give_workbook(document_id: int, visit: HasVisit, form: HasForm) -> Response:
    """Take a filled report form with the files it names; all of its rows count, or none does."""
    book = form.file("book", frozenset({WORKBOOK}))
    if book is None:
        raise InvalidInput(
            "请选择填好的报告表", found="空", expected="整改情况报告表（.xlsx）", remedy="选择文件后重新提交"
        )
    with visit.acting() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        result = take_workbook(reader, document_id, book, form.files.get("evidence", ()))
    acts = result["acts"]
    count = len(acts) if isinstance(acts, list) else 0
    said = f"报告表已接收，办理{count}项" if count else "报告表已接收，没有新的内容"
    return done(f"/portal/documents/{document_id}", said)
