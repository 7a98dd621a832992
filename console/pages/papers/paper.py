"""One document: what it says as it will print, its facts and life, and the acts that may be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from casework.desk import Desk
from casework.history import require_unchanged
from casework.linkage.compartment import note_view
from casework.paperwork.answers import OUTCOME_LABELS, RESULT_LABELS
from casework.paperwork.copies import (
    Copy,
    docx_copy,
    file_copy,
    is_confidential,
    pdf_copy,
    proof_copy,
    sheet_copy,
)
from casework.paperwork.offers import BY_OFFICE
from casework.paperwork.paperless import refuse_reminder
from casework.paperwork.paperview import paper_view, says
from casework.paperwork.reviewing import STEP_LABELS
from casework.paperwork.viewing import note_viewed
from casework.rectification.timelinewords import CHANNEL_LABELS
from casework.staff.people import CONTACT_LABELS
from console.downloads import PDF, WORD, attachment
from console.forms import Form, HasForm
from console.pages.papers.pictures import PICTURES
from console.pages.papers.shelves import HasShelf, Shelf, page_on_both
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, NotFound
from models.document import Document

router = Pages(Permission.DOCUMENT_VIEW)
Copying = Callable[[Desk, Document], Copy]
CHANNELS = tuple((code, CHANNEL_LABELS[code]) for code in ("acknowledgement", *BY_OFFICE))
OUTCOMES, RESULTS = tuple(OUTCOME_LABELS.items()), tuple(RESULT_LABELS.items())


@dataclass(frozen=True, slots=True)
class Tried:
    """An act that was refused: its name, what was typed, and why."""

    act: str
    form: Form
    error: DuchaError


@dataclass(frozen=True, slots=True)
class Attempt:
    """An act on a document: who tries it, on which, with what form; `act` is the last word of its address."""

    document_id: int
    visit: Visit
    shelf: Shelf
    form: Form
    act: str

    @property
    def address(self) -> str:
        return self.shelf.address(self.document_id)

    def find(self, desk: Desk) -> Document:
        """Return the document for a desk that acts.

        raises   NotFound for whoever does not see it; Refused when somebody changed it after the page was made
        """
        document = self.shelf.find(desk, self.document_id)
        require_unchanged(desk, "document", self.document_id, self.form.text("seen"))
        return document


def _attempt(request: Request, document_id: int, visit: HasVisit, shelf: HasShelf, form: HasForm) -> Attempt:
    return Attempt(document_id, visit, shelf, form, request.url.path.rpartition("/")[2])


HasAttempt = Annotated[Attempt, Depends(_attempt)]


def paper_page(visit: Visit, shelf: Shelf, document_id: int, tried: Tried | None = None) -> HTMLResponse:
    """Show one document; an unsigned one is noted as looked at, a letter of the compartment always."""
    with visit.desk() as desk:
        document = shelf.find(desk, document_id)
        page = paper_view(desk, document)
        answer = show(
            visit,
            desk,
            "papers/document.html.j2",
            shelf.active,
            page=page,
            preview=PICTURES.look(desk, page.paper),
            base=shelf.address(document_id),
            page_mark=page.mark,
            acted=tried.act if tried else "",
            form=tried.form if tried else Form(),
            error=tried.error if tried else None,
            confidential=is_confidential(document),
            channels=CHANNELS,
            outcomes=OUTCOMES,
            results=RESULTS,
            results_by=RESULT_LABELS,
            steps=STEP_LABELS,
            step_choices=[(one, STEP_LABELS[one]) for one in page.offers.steps],
            item_choices=[(one["number"], f"第{one['number']}条 {one['text'][:24]}") for one in page.items],
        )
        digest, unit_id = page.sha256 if page.offers.reads else "", document.unit_id
    _note_look(visit, shelf, document_id, digest, unit_id)
    return answer


def _note_look(visit: Visit, shelf: Shelf, document_id: int, digest: str, unit_id: int) -> None:
    """Note what was shown; `digest` is empty where nobody asks who has looked."""
    if not digest and not shelf.hidden:
        return
    with visit.acting() as desk:
        if digest:
            note_viewed(desk, visit.visitor.account_id, document_id, digest)
        if shelf.hidden:
            note_view(desk, "document", document_id, unit_id=unit_id)


@page_on_both(router, "")
def show_document(document_id: int, visit: HasVisit, shelf: HasShelf) -> HTMLResponse:
    """Show one document."""
    return paper_page(visit, shelf, document_id)


@page_on_both(router, "/proof")
def show_proof(document_id: int, visit: HasVisit, shelf: HasShelf) -> HTMLResponse:
    """Show what proves that a document arrived, to print: its mails with the server's words, its records of service."""
    with visit.desk() as desk:
        page = paper_view(desk, shelf.find(desk, document_id))
        return show(visit, desk, "papers/proof.html.j2", shelf.active, page=page, base=shelf.address(document_id),
                    roles=CONTACT_LABELS)  # fmt: skip


# ---- pictures and files -----------------------------------------------------------------------------------------


@page_on_both(router, "/preview")
def show_preview(document_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send a picture of the first page as it will print."""
    return show_preview_page(document_id, 1, visit, shelf)


@page_on_both(router, "/preview/{page}")
def show_preview_page(document_id: int, page: int, visit: HasVisit, shelf: HasShelf, v: str = "") -> Response:
    """Send a picture of one page as it will print; with the hash of a content, of no other content."""
    with visit.desk() as desk:
        document = shelf.find(desk, document_id)
        refuse_reminder(document)
        paper, digest, trouble = says(desk, document)
        if paper is None:
            raise trouble or NotFound(
                "没有预览", found=str(document_id), expected="有纸质文书", remedy="回到文书"
            )
        if v and not digest.startswith(v):
            raise NotFound("文稿已经变动", found=v[:16], expected=digest[:16], remedy="刷新文书页面")
        content = PICTURES.page(desk, paper, page)
    return Response(content, media_type="image/png")


@page_on_both(router, "/pdf")
def download_pdf(document_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send the PDF of a document: the sealed one where there is one."""
    return _send(
        visit, shelf, document_id, lambda desk, document: pdf_copy(desk, document, _reader(visit)), PDF
    )


@page_on_both(router, "/docx")
def download_docx(document_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send the editable .docx of a document."""
    return _send(visit, shelf, document_id, docx_copy, WORD)


@page_on_both(router, "/sheet")
def download_sheet(document_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send the 发文稿纸 of a document as it stands now."""
    return _send(
        visit, shelf, document_id, lambda desk, document: sheet_copy(desk, document, _reader(visit)), PDF
    )


@page_on_both(router, "/files/{file_id}")
def download_file(document_id: int, file_id: int, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send a stored file of a document."""
    return _send(
        visit, shelf, document_id, lambda desk, document: file_copy(desk, document, file_id, _reader(visit))
    )


@page_on_both(router, "/proofs/{sha256}")
def download_proof(document_id: int, sha256: str, visit: HasVisit, shelf: HasShelf) -> Response:
    """Send a file that proves service or holds an answer."""
    return _send(
        visit, shelf, document_id, lambda desk, document: proof_copy(desk, document, sha256, _reader(visit))
    )


def _send(
    visit: Visit, shelf: Shelf, document_id: int, make: Copying, media: str = "application/octet-stream"
) -> Response:
    """Send a copy; one of a confidential document is made at a desk that writes, for it is noted."""
    with visit.desk() as desk:
        document = shelf.find(desk, document_id)
        if not is_confidential(document):
            copy = make(desk, document)
            return attachment(copy.content, copy.name, media)
    with visit.acting() as desk:
        copy = make(desk, shelf.find(desk, document_id))
    return attachment(copy.content, copy.name, media)


def _reader(visit: Visit) -> str:
    return f"{visit.who.name} {visit.visitor.login}"


def again(one: Attempt, error: DuchaError) -> Response:
    """Show the document again after an act on it was refused, with what was typed."""
    return paper_page(one.visit, one.shelf, one.document_id, Tried(one.act, one.form, error))
