"""整改事项: one case as its unit sees it, and the files that the unit brought for it."""

from __future__ import annotations

from fastapi.responses import Response

from casework.portal.casepage import case_page, say_request
from casework.portal.doing import own_file
from casework.portal.reader import reader_at
from console.downloads import attachment
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.life.rectification import REQUEST_LABELS

router = Pages(Permission.PORTAL)


@router.page("/portal/cases/{code:path}/files/{evidence_id}")
def save_file(code: str, evidence_id: int, visit: HasVisit) -> Response:
    """Send a file that the unit brought."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        case, _finding = reader.need_case(code)
        name, content = own_file(reader, "case", case.id, evidence_id)
    return attachment(content, name)


@router.page("/portal/cases/{code:path}")
def show_case(code: str, visit: HasVisit) -> Response:
    """Show one case of the unit."""
    with visit.desk() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        page = case_page(reader, code)
        return show(
            visit, desk, "portal/case.html.j2", "portal", reader=reader, page=page, palette=page.palette,
            say_request=say_request, request_words=REQUEST_LABELS,
        )  # fmt: skip
