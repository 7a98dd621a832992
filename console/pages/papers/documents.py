"""文书: the list of all documents."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from casework.paperwork.drafting import may_draft
from casework.views import DocumentFilters, documents_view
from console.lists import HasCursor, HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.life.lives import DocumentState

router = Pages(Permission.DOCUMENT_VIEW)


@router.page("/documents")
def show_documents(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of documents."""
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "papers/documents.html.j2",
            "documents",
            docket=documents_view(desk, DocumentFilters.read(query), cursor),
            states=tuple(DocumentState),
            may_draft=may_draft(desk),
        )
