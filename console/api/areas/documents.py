"""Documents: drafted, read, saved; what is done with them stands in documentdeeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field, JsonValue

from casework.desk import Desk
from casework.listings.keyset import slice_of
from casework.paging import Cursor
from casework.paperwork.copies import is_confidential
from casework.paperwork.docket import DocumentFilters, documents_view
from casework.paperwork.drafting import Words, write_by_hand, write_notices
from casework.paperwork.papers import print_docx, print_pdf
from casework.paperwork.paperview import DocumentPage, document_view, need_paper, paper_view
from casework.rows import DocumentRow
from console.api.bodies import Body, Making, takes
from console.api.calls import Call, Show
from console.api.routing import After, HasCall, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import PDF, WORD, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotAllowed, NotFound
from models.base import key_of
from models.document import Document

router = Routes(Area.DOCUMENTS, Permission.DOCUMENT_VIEW, Permission.PORTAL)
DRAFT = Permission.DOCUMENT_DRAFT


class DocumentLine(Shown):
    """A document in a list."""

    id: int
    kind: str
    name: str
    number: str | None
    title: str
    unit: str
    campaign: str
    state: str
    secrecy: str
    drafted_on: date
    signed_on: date | None
    issued_on: date | None
    served_on: date | None
    cases: int


class PaperFile(Shown):
    """A stored file of a document."""

    role: str
    name: str
    sha256: str
    size: int


class Service(Shown):
    """One record of service."""

    channel: str = Field(validation_alias="what")
    served_on: date = Field(validation_alias="on")
    recorded_by: str
    note: str


class MailStepShown(Shown):
    """One thing that happened to a mail, with the server's words."""

    at: datetime
    what: str
    words: str


class RecipientShown(Shown):
    """What became of a document at one recipient."""

    mail: int
    name: str
    address: str
    role: str
    state: str
    accepted_at: datetime | None
    steps: list[MailStepShown]


class ProofShown(Shown):
    """What proves that a document arrived; `waits` while it is out and nothing proves it."""

    recipients: list[RecipientShown]
    records: list[Service]
    served_on: date | None
    served_by: str
    substituted: bool
    waits: bool


class OpinionShown(Shown):
    """One opinion of a document that answers one by one, and what became of it."""

    number: int
    text: str
    result: str | None
    done_on: date | None
    answer: str | None


class DocumentShown(DocumentLine):
    """A document with its cases, files and services."""

    content_sha256: str | None
    reply_due_on: date | None
    replied_on: date | None
    drafted_by: str
    signed_by: str
    case_codes: list[str]
    files: list[PaperFile]
    services: list[Service]
    items: list[OpinionShown]


class NewDocument(Making):
    """在一个批次中拟写一份文书；values 为该种文书的各项 / `values` as its kind asks for them"""

    campaign: str
    kind: str
    unit: str
    values: dict[str, JsonValue] = Field(default_factory=dict)
    cases: list[str] = Field(default_factory=list, max_length=500)
    major: str = ""
    copies_to: list[str] = Field(default_factory=list, max_length=50)

    def make(self, desk: Desk) -> int:
        words = Words(
            self.campaign, self.kind, self.unit, self.values, self.cases, self.major, self.copies_to
        )
        row = write_by_hand(desk, words)
        desk.session.flush()
        return key_of(row)


class NoticesWanted(Body):
    """为一个批次已认定的问题，每个单位拟一份通知书 / one notice a unit for what a campaign confirmed"""

    campaign: str


class Drafted(Shown):
    """The documents that were drafted."""

    documents: list[int]


def document(number: int) -> Show:
    """Show a document as the caller sees it."""
    return lambda desk: shown_document(desk, document_view(desk, number))


def shown_document(desk: Desk, page: DocumentPage) -> DocumentShown:
    """Return a document as the interface shows it; a unit is not told who drafted it, nor how it was served."""
    row = page.document
    for_unit = desk.actor.speaks_for_unit
    return DocumentShown(
        **_line(page.row), content_sha256=row.content_sha256, reply_due_on=row.reply_due_on,
        replied_on=row.replied_on, drafted_by="" if for_unit else page.drafted_by, signed_by=page.signed_by,
        case_codes=[one.now.code for one in page.cases],
        files=[] if for_unit else [PaperFile.model_validate(one) for one in page.files],
        services=[] if for_unit else [Service.model_validate(one) for one in page.services],
        items=[OpinionShown.model_validate(one) for one in page.items],
    )  # fmt: skip


def letter(find: Callable[[Desk, int], Document], number: int) -> Show:
    """Show a document that is found another way: a letter of the compartment."""
    return lambda desk: shown_document(desk, paper_view(desk, find(desk, number)))


def document_line(row: DocumentRow) -> DocumentLine:
    """Return a row of the docket as the interface shows it."""
    return DocumentLine.model_validate(_line(row))


def _line(row: DocumentRow) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "name": row.name, "number": row.number, "title": row.title,
        "unit": row.unit_code, "campaign": row.campaign, "state": row.state.value, "secrecy": row.secrecy,
        "drafted_on": row.drafted_on, "signed_on": row.signed_on, "issued_on": row.issued_on,
        "served_on": row.served_on, "cases": row.cases,
    }  # fmt: skip


@router.read("/documents", Listing[DocumentLine])
def list_documents(
    call: HasCall, kind: Word = "", state: Word = "", unit: Word = "", campaign: Word = "", after: After = ""
) -> Response:
    """文书，新的在前，每页50份 / documents, the newest first, 50 a page"""

    def show(desk: Desk) -> Listing[DocumentLine]:
        filters = DocumentFilters.read({"kind": kind, "state": state, "unit": unit, "campaign": campaign})
        found = slice_of(documents_view(desk, filters, Cursor.read(after)).page)
        return Listing(items=[document_line(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.make("/documents", DocumentShown, DRAFT)
def draft_a_document(call: HasCall, sent: Annotated[Any, takes(NewDocument)]) -> Response:
    """拟写一份文书 / draft a document by hand"""
    return call.make(sent, document)


@router.once("/documents/notices", Drafted, DRAFT)
def draft_the_notices(call: HasCall, sent: Annotated[Any, takes(NoticesWanted)]) -> Response:
    """为一个批次拟通知书，每个单位一份 / draft the notices of a campaign, one a unit"""

    def make(desk: Desk) -> Drafted:
        rows = write_notices(desk, sent.campaign)
        desk.session.flush()
        return Drafted(documents=[key_of(one) for one in rows])

    return call.once(sent, make)


@router.read("/documents/{number}", DocumentShown)
def read_document(call: HasCall, number: Number) -> Response:
    """一份文书 / one document"""
    return call.read(document(number))


@router.read("/documents/{number}/service", ProofShown, Permission.DOCUMENT_VIEW)
def read_service(call: HasCall, number: Number) -> Response:
    """一份文书的送达证明：各收件人的投递经过和送达记录 / what proves that a document arrived"""

    def show(desk: Desk) -> ProofShown:
        proof = document_view(desk, number).proof
        if proof is None:
            raise NotFound(
                "文书没有签发", found=str(number), expected="已签发的文书", remedy="签发、发出后再查看"
            )
        return ProofShown.model_validate(proof)

    return call.read(show)


@router.read("/documents/{number}/paper.pdf", None, file=PDF)
def read_pdf(call: HasCall, number: Number) -> Response:
    """文书 PDF / the document as PDF"""
    return _paper(call, number, print_pdf, "pdf", PDF)


@router.read("/documents/{number}/paper.docx", None, Permission.DOCUMENT_VIEW, file=WORD)
def read_docx(call: HasCall, number: Number) -> Response:
    """文书 Word / the document as .docx"""
    return _paper(call, number, print_docx, "docx", WORD)


def _paper(
    call: Call, number: int, make: Callable[[Desk, Document], bytes], end: str, media: str
) -> Response:
    with call.desk() as desk:
        content = make(desk, _plain_paper(desk, number))
    return attachment(content, f"文书{number}.{end}", media)


def _plain_paper(desk: Desk, number: int) -> Document:
    """Return a document that may leave without a watermark; programs get no copies of work secrets."""
    row = need_paper(desk, number)
    if is_confidential(row):
        raise NotAllowed(
            "工作秘密文书不通过接口下载",
            found=str(number),
            expected="页面上带水印的 PDF",
            remedy="登录后在文书页面下载",
        )
    return row
