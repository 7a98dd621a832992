"""修改文稿: the words that a person gave to a draft, beside the pages as they will print."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.history import mark_of, require_unchanged
from casework.linkage.compartment import note_view
from casework.paperwork.drafts import rule_of
from casework.paperwork.fields import copies_in, copies_of, draft_fields, read_fields, typed_fields
from casework.paperwork.kinds import drafters_of, refuse_made
from casework.paperwork.paperview import says
from casework.paperwork.reviewing import DRAFTERS, edit_document
from casework.staff.people import require_role
from console.forms import Form, HasForm
from console.pages.papers.pictures import PICTURES, Preview
from console.pages.papers.shelves import HasShelf, Shelf, act_on_both, page_on_both
from console.pages.papers.trying import texts_of, tried_out
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from models.document import Document

router = Pages(Permission.DOCUMENT_DRAFT)


@page_on_both(router, "/edit", Permission.DOCUMENT_DRAFT)
def show_edit(document_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Show the words of a draft that may be changed; a look at a letter of the compartment is noted."""
    answer = _page(visit, shelf, document_id, Form(), None, None)
    if shelf.hidden:
        with visit.acting() as desk:
            note_view(
                desk, "document", document_id, "修改文稿", unit_id=shelf.find(desk, document_id).unit_id
            )
    return answer


def _page(
    visit: Visit,
    shelf: Shelf,
    document_id: int,
    form: Form,
    preview: Preview | None,
    error: DuchaError | None,
) -> Response:
    with visit.desk() as desk:
        document = shelf.find(desk, document_id)
        require_role(desk, drafters_of(document, DRAFTERS), "修改文书")
        refuse_made(document)
        mark = mark_of(desk, "document", document_id)
        rule, texts = rule_of(desk, document), texts_of(form)
        fields = draft_fields(document, rule)
        paper, _digest, trouble = says(desk, document)
        return show(
            visit,
            desk,
            "papers/edit.html.j2",
            shelf.active,
            document=document,
            base=shelf.address(document_id),
            hidden=shelf.hidden,
            seen=form.text("seen") if preview is not None else mark,
            rule=rule,
            fields=typed_fields(fields, texts) if texts else fields,
            copies=form.text("copies_to") if texts or "copies_to" in form.values else copies_of(document),
            unsaved=preview is not None,
            preview=preview or PICTURES.look(desk, paper, visit.visitor.account_id),
            trouble=trouble,
            error=error,
        )


def _again(document_id: int, visit: Visit, shelf: Shelf, form: Form, error: DuchaError) -> Response:
    return _page(visit, shelf, document_id, form, None, error)


@act_on_both(router, "/edit", Permission.DOCUMENT_DRAFT, _again)
def edit(document_id: int, visit: HasVisit, shelf: HasShelf, form: HasForm) -> Response:
    """Change the words of a draft, or show how it would print and keep nothing."""
    if form.text("do") == "preview":
        tried = tried_out(visit, lambda desk: _edit(desk, shelf, document_id, form))
        return _page(visit, shelf, document_id, form, tried, None)
    with visit.acting() as desk:
        shelf.find(desk, document_id)  # before anything is told of it
        require_unchanged(desk, "document", document_id, form.text("seen"))
        _edit(desk, shelf, document_id, form)
    return done(shelf.address(document_id), "已修改；此前的审核意见作废")


def _edit(desk: Desk, shelf: Shelf, document_id: int, form: Form) -> Document:
    document = shelf.find(desk, document_id)
    fields = draft_fields(document, rule_of(desk, document))
    values: dict[str, Any] = read_fields(fields, document.kind, texts_of(form))
    return edit_document(desk, document_id, values, copies_in(form.text("copies_to")))
