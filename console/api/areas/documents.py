"""Documents: drafted, reviewed, signed by the person themself, sealed, served, voided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.paging import Cursor
from casework.paperwork.answers import answer_item, record_reply
from casework.paperwork.copies import is_confidential
from casework.paperwork.docket import DocumentFilters, documents_view
from casework.paperwork.documents import seal_document, void_document
from casework.paperwork.notices import draft_by_hand
from casework.paperwork.papers import print_docx, print_pdf
from casework.paperwork.paperview import DocumentPage, document_view, need_paper, visible_document
from casework.paperwork.reviewing import approve_document, edit_document, put_in_review, return_document
from casework.paperwork.serving import serve_document
from casework.paperwork.viewing import sign_viewed
from casework.rows import DocumentRow
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, HasCall, Listing, Number, Routes, Shown, Word
from console.downloads import PDF, WORD, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import InvalidInput, NotAllowed
from models.base import key_of
from models.document import Document

router = Routes(Area.DOCUMENTS, Permission.DOCUMENT_VIEW, Permission.PORTAL)


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

    channel: str
    served_on: date
    recorded_by: str
    note: str


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
    items: list[dict[str, Any]]


class NewDocument(Body):
    """A document drafted by hand; `values` as its kind asks for them."""

    campaign: str = ""
    kind: str
    unit: str
    values: dict[str, Any] = Field(default_factory=dict)
    cases: list[str] = Field(default_factory=list)
    major: str = ""
    copies_to: list[str] = Field(default_factory=list)


class Deed(Body):
    """An act on a document; what an act needs beside its name is told in its row of docs/api.md."""

    act: Literal["review", "approve", "return", "edit", "sign", "seal", "serve", "void", "reply", "answer"]
    on: date | None = None
    note: str = ""
    step: Literal["reviewed", "legal"] = "reviewed"
    channel: Literal["acknowledgement", "hand", "telephone", "post", "portal", "left"] = "hand"
    outcome: Literal["received", "obeyed", "not_obeyed"] = "received"
    result: Literal["done", "partly", "not_done"] = "done"
    item: int | None = Field(None, ge=1, le=1000)
    values: dict[str, Any] = Field(default_factory=dict)
    copies_to: list[str] | None = None


def _line(row: DocumentRow) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "name": row.name, "number": row.number, "title": row.title,
        "unit": row.unit_code, "campaign": row.campaign, "state": row.state.value, "secrecy": row.secrecy,
        "drafted_on": row.drafted_on, "signed_on": row.signed_on, "issued_on": row.issued_on,
        "served_on": row.served_on, "cases": row.cases,
    }  # fmt: skip


def _document(number: int) -> Callable[[Desk], DocumentShown]:
    def show(desk: Desk) -> DocumentShown:
        return _shown(desk, document_view(desk, number))

    return show


def _shown(desk: Desk, page: DocumentPage) -> DocumentShown:
    row = page.document
    for_unit = desk.actor.speaks_for_unit
    return DocumentShown(
        **_line(page.row), content_sha256=row.content_sha256, reply_due_on=row.reply_due_on,
        replied_on=row.replied_on, drafted_by="" if for_unit else page.drafted_by, signed_by=page.signed_by,
        case_codes=[one.now.code for one in page.cases],
        files=[] if for_unit else [PaperFile.model_validate(one) for one in page.files],
        services=[] if for_unit else [Service.model_validate(one) for one in page.services],
        items=list(page.items),
    )  # fmt: skip


@router.read("/documents", Listing[DocumentLine])
def list_documents(
    call: HasCall, kind: Word = "", state: Word = "", unit: Word = "", after: After = ""
) -> Response:
    """文书，新的在前，每页50份 / documents, the newest first, 50 a page"""

    def show(desk: Desk) -> Listing[DocumentLine]:
        filters = DocumentFilters.read({"kind": kind, "state": state, "unit": unit})
        found = documents_view(desk, filters, Cursor.read(after)).page
        return Listing(
            items=[DocumentLine.model_validate(_line(row)) for row in found.rows],
            next=str(found.next) if found.next else None,
        )

    return call.read(show)


@router.act("/documents", DocumentShown, Permission.DOCUMENT_DRAFT, status=201)
def draft_a_document(call: HasCall, sent: Annotated[Sent[NewDocument], takes(NewDocument)]) -> Response:
    """拟写一份文书 / draft a document by hand"""
    body = sent.body

    def make(desk: Desk) -> DocumentShown:
        row = draft_by_hand(
            desk, body.campaign, body.kind, body.unit, body.values, body.cases, major=body.major,
            copies_to=body.copies_to,
        )  # fmt: skip
        desk.session.flush()
        return _document(key_of(row))(desk)

    return call.create(sent.whole, make)


@router.read("/documents/{number}", DocumentShown)
def read_document(call: HasCall, number: Number) -> Response:
    """一份文书 / one document"""
    return call.read(_document(number))


@router.read("/documents/{number}/paper.pdf", None, file=PDF)
def read_pdf(call: HasCall, number: Number) -> Response:
    """文书 PDF / the document as PDF"""
    with call.desk() as desk:
        row = _plain_paper(desk, number)
        content = print_pdf(desk, row)
    return attachment(content, f"文书{number}.pdf", PDF)


@router.read("/documents/{number}/paper.docx", None, Permission.DOCUMENT_VIEW, file=WORD)
def read_docx(call: HasCall, number: Number) -> Response:
    """文书 Word / the document as .docx"""
    with call.desk() as desk:
        row = _plain_paper(desk, number)
        content = print_docx(desk, row)
    return attachment(content, f"文书{number}.docx", WORD)


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


@router.act("/documents/{number}/acts", DocumentShown, Permission.DOCUMENT_VIEW)
def act_on_a_document(
    call: HasCall, number: Number, sent: Annotated[Sent[Deed], takes(Deed, files=1)]
) -> Response:
    """核稿、退回、修改、签发、用印、送达、作废、登记答复 / review, sign, seal, serve, void, note replies"""
    if sent.body.act == "sign":
        call.need_person("签发文书")

    def verb(desk: Desk) -> None:
        row = visible_document(desk, number)
        if sent.body.act == "sign":
            sign_viewed(desk, call.account_id, [row], sent.file)
        else:
            VERBS[sent.body.act](desk, number, sent)

    return call.change(sent.whole, verb, _document(number))


def _seal(desk: Desk, number: int, sent: Sent[Deed]) -> None:
    if sent.file is None:
        raise InvalidInput("没有盖章后的 PDF", found="空", expected="一个文件", remedy="以 files 一项附上")
    seal_document(desk, number, sent.file)


def _answer(desk: Desk, number: int, sent: Sent[Deed]) -> None:
    body = sent.body
    answer_item(desk, number, body.item or 0, body.result, body.on or desk.today, body.note)


def _serve(desk: Desk, number: int, sent: Sent[Deed]) -> None:
    body = sent.body
    serve_document(desk, number, body.channel, body.on or desk.today, sent.file, body.note)


def _reply(desk: Desk, number: int, sent: Sent[Deed]) -> None:
    body = sent.body
    record_reply(desk, number, body.on or desk.today, body.outcome, sent.file, body.note)


VERBS: dict[str, Callable[[Desk, int, Sent[Deed]], object]] = {
    "review": lambda desk, number, _sent: put_in_review(desk, number),
    "approve": lambda desk, number, sent: approve_document(desk, number, sent.body.step, sent.body.note),
    "return": lambda desk, number, sent: return_document(desk, number, sent.body.note),
    "edit": lambda desk, number, sent: edit_document(desk, number, sent.body.values, sent.body.copies_to),
    "seal": _seal,
    "serve": _serve,
    "void": lambda desk, number, sent: void_document(desk, number, sent.body.note),
    "reply": _reply,
    "answer": _answer,
}
