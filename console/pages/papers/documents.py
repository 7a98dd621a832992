"""文书: the list of all documents."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from casework.views import Cursor, DocumentFilters, documents_view
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.life.lives import DocumentState

router = Pages(Permission.DOCUMENT_VIEW)


@router.page("/documents")
def show_documents(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show one page of documents."""
    given = dict(request.query_params)
    filters = DocumentFilters.read(given)
    cursor = Cursor.read(given.get("page", ""))
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "papers/documents.html.j2",
            "documents",
            docket=documents_view(desk, filters, cursor),
            first_page=cursor is None,
            states=tuple(DocumentState),
        )
