"""修改文稿: the words that a person gave to a draft, beside the pages as they will print."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.paperwork.drafts import rule_of
from casework.paperwork.fields import copies_in, copies_of, draft_fields, read_fields, typed_fields
from casework.paperwork.paperview import says, visible_document
from casework.paperwork.reviewing import DRAFTERS, edit_document
from casework.staff.people import require_role
from console.forms import Form, HasForm
from console.pages.papers.pictures import PICTURES, Preview
from console.pages.papers.trying import texts_of, tried_out
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from models.document import Document

router = Pages(Permission.DOCUMENT_DRAFT)


@router.page("/documents/{document_id}/edit")
def show_edit(document_id: int, visit: HasVisit) -> Response:
    """Show the words of a draft that may be changed."""
    return _page(visit, document_id, Form(), None, None)


def _page(
    visit: Visit, document_id: int, form: Form, preview: Preview | None, error: DuchaError | None
) -> Response:
    with visit.desk() as desk:
        document = visible_document(desk, document_id)
        require_role(desk, DRAFTERS, "修改文书")
        rule, texts = rule_of(desk, document), texts_of(form)
        fields = draft_fields(document, rule)
        paper, _digest, trouble = says(desk, document)
        return show(
            visit,
            desk,
            "papers/edit.html.j2",
            "documents",
            document=document,
            rule=rule,
            fields=typed_fields(fields, texts) if texts else fields,
            copies=form.text("copies_to") if texts or "copies_to" in form.values else copies_of(document),
            unsaved=preview is not None,
            preview=preview or PICTURES.look(desk, paper, visit.visitor.account_id),
            trouble=trouble,
            error=error,
        )


def _again(document_id: int, visit: Visit, form: Form, error: DuchaError) -> Response:
    return _page(visit, document_id, form, None, error)


@router.act("/documents/{document_id}/edit", again=_again)
def edit(document_id: int, visit: HasVisit, form: HasForm) -> Response:
    """Change the words of a draft, or show how it would print and keep nothing."""
    if form.text("do") == "preview":
        return _page(
            visit, document_id, form, tried_out(visit, lambda desk: _edit(desk, document_id, form)), None
        )
    with visit.acting() as desk:
        _edit(desk, document_id, form)
    return done(f"/documents/{document_id}", "已修改；此前的审核意见作废")


def _edit(desk: Desk, document_id: int, form: Form) -> Document:
    document = visible_document(desk, document_id)
    fields = draft_fields(document, rule_of(desk, document))
    values: dict[str, Any] = read_fields(fields, document.kind, texts_of(form))
    return edit_document(desk, document_id, values, copies_in(form.text("copies_to")))
