"""文书: the list, one document, and its files as downloads."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from casework.desk import Desk
from casework.paperwork.kinds import name_of_kind
from casework.views import (
    Cursor,
    DocumentFilters,
    document_view,
    documents_view,
    need_paper,
    preview_document,
)
from console.downloads import PDF, WORD, attachment
from console.rendering import render
from console.routes import Pages
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.life.lives import DocumentState
from models.document import Document

router = Pages(Permission.DOCUMENT_VIEW)
# The typesetter is one object and takes one document at a time.
_typesetter = threading.Lock()


@router.page("/documents")
def show_documents(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show one page of documents."""
    given = dict(request.query_params)
    filters = DocumentFilters.read(given)
    cursor = Cursor.read(given.get("page", ""))
    with visit.desk() as desk:
        return render(
            "papers/documents.html.j2",
            visit=visit,
            active="documents",
            office=desk.office,
            today=desk.today,
            docket=documents_view(desk, filters, cursor),
            first_page=cursor is None,
            states=tuple(DocumentState),
        )


@router.page("/documents/{document_id}")
def show_document(document_id: int, visit: HasVisit) -> HTMLResponse:
    """Show one document."""
    with visit.desk() as desk:
        return render(
            "papers/document.html.j2",
            visit=visit,
            active="documents",
            office=desk.office,
            today=desk.today,
            page=document_view(desk, document_id),
        )


@router.page("/documents/{document_id}/pdf")
def download_pdf(document_id: int, visit: HasVisit) -> Response:
    """Send the PDF of a document: the sealed one where there is one."""
    from casework.paperwork.papers import print_pdf  # the typesetter is heavy, and most pages do without it

    return _download(visit, document_id, print_pdf, PDF, ".pdf")


@router.page("/documents/{document_id}/docx")
def download_docx(document_id: int, visit: HasVisit) -> Response:
    """Send the editable .docx of a document."""
    from casework.paperwork.papers import print_docx  # the typesetter is heavy, and most pages do without it

    return _download(visit, document_id, print_docx, WORD, ".docx")


@router.page("/documents/{document_id}/preview")
def show_preview(document_id: int, visit: HasVisit) -> Response:
    """Send a picture of the first page as it will print."""
    with visit.desk() as desk, _typesetter:
        content = preview_document(desk, need_paper(desk, document_id))
    return Response(content, media_type="image/png")


def _download(
    visit: Visit, document_id: int, make: Callable[[Desk, Document], bytes], kind: str, suffix: str
) -> Response:
    with visit.desk() as desk, _typesetter:
        document = need_paper(desk, document_id)
        content = make(desk, document)
        name = f"{name_of_kind(desk, document.kind, document.rules_sha256)}{document.number or document.id}{suffix}"
    return attachment(content, name, kind)
