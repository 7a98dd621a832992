"""One paper as its unit reads it: the frozen words, who signed for it, its cases, its answers, its files."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.matterboard import need_matter
from casework.paperwork.kinds import rule_of_kind
from casework.paperwork.paperless import has_paper
from casework.paperwork.papers import paper_of, stored_file, wants_answer
from casework.portal.casepage import is_own_file
from casework.portal.reader import CASE, ON_PAPER, Reader
from casework.rectification.timelinewords import CHANNEL_LABELS
from casework.rows import CaseRow, case_rows
from core.codes import DocumentContent
from core.errors import NotFound
from core.life.lives import DocumentState
from delivery.paper import Paper
from models.document import Document, DocumentFile, DocumentReply, ServiceRecord
from models.rectification import Evidence


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a paper arrived: how, when, and in whose words."""

    channel: str
    on: str
    note: str


@dataclass(frozen=True, slots=True)
class UnitPaper:
    """Everything the unit's page of a paper shows."""

    document: Document
    name: str
    paper: Paper | None
    cases: tuple[CaseRow, ...]
    receipts: tuple[Receipt, ...]
    replies: tuple[DocumentReply, ...]
    files: tuple[Evidence, ...]
    has_workbook: bool
    may_sign_for: bool
    may_reply: bool
    matter: tuple[int, str] | None = None  # the lawsuit that the paper is about: its id and number

    @property
    def state(self) -> DocumentState:
        return DocumentState(self.document.state)

    @property
    def is_void(self) -> bool:
        return self.state is DocumentState.VOID


def paper_page(reader: Reader, document_id: int) -> UnitPaper:
    """Return everything about one paper of the reader's unit; eight queries at most; raise NotFound."""
    desk = reader.desk
    document = reader.need_document(document_id)
    rule = rule_of_kind(desk, document)
    out = document.state in (DocumentState.ISSUED, DocumentState.SERVED)
    return UnitPaper(
        document=document,
        name=rule.name,
        paper=paper_of(desk, document) if has_paper(document) and document.content else None,
        cases=_cases(reader, document_id),
        receipts=_receipts(desk, document_id),
        replies=_replies(desk, document_id),
        files=own_files(reader, "document", document_id),
        has_workbook=wants_answer(document) and out,
        may_sign_for=document.state == DocumentState.ISSUED and document.serial is not None,
        matter=_matter(desk, document),
        may_reply=out and document.serial is not None and document.content_kind != DocumentContent.SHEET,
    )


def _matter(desk: Desk, document: Document) -> tuple[int, str] | None:
    """Return the lawsuit against the unit that a paper is about, where the reader may read of it."""
    if document.about != "matter" or document.about_id is None:
        return None
    try:
        row = need_matter(desk, document.about_id)
    except NotFound:
        return None
    return document.about_id, row.number


def _cases(reader: Reader, document_id: int) -> tuple[CaseRow, ...]:
    query = (
        sa.select(CASE.c.id)
        .join(ON_PAPER, ON_PAPER.c.case_id == CASE.c.id)
        .where(ON_PAPER.c.document_id == document_id, reader.cases)
        .order_by(CASE.c.id)
    )
    return case_rows(reader.desk, reader.desk.session.connection().scalars(query).all())


def _receipts(desk: Desk, document_id: int) -> tuple[Receipt, ...]:
    query = select(ServiceRecord).where(col(ServiceRecord.document_id) == document_id)
    return tuple(
        Receipt(
            CHANNEL_LABELS.get(row.channel, row.channel),
            row.served_on.isoformat(),
            row.note if ":" in row.recorded_by and row.note != row.recorded_by else "",
        )
        for row in desk.session.exec(query.order_by(col(ServiceRecord.id)))
    )


def _replies(desk: Desk, document_id: int) -> tuple[DocumentReply, ...]:
    query = select(DocumentReply).where(col(DocumentReply.document_id) == document_id)
    return tuple(desk.session.exec(query.order_by(col(DocumentReply.id))))


def own_files(reader: Reader, subject: str, subject_id: int) -> tuple[Evidence, ...]:
    """Return the files that the unit itself brought about something."""
    query = select(Evidence).where(col(Evidence.subject) == subject, col(Evidence.subject_id) == subject_id)
    rows = reader.desk.session.exec(query.order_by(col(Evidence.id)))
    return tuple(row for row in rows if is_own_file(reader, row.filed_by))


def workbook_of(reader: Reader, document_id: int) -> tuple[str, bytes]:
    """Return the answer workbook of a notice with its name; raise NotFound where the paper has none."""
    desk = reader.desk
    document = reader.need_document(document_id)
    stored: DocumentFile | None = stored_file(desk, document, "answer") if wants_answer(document) else None
    if stored is not None:
        return stored.name, stored.content
    if not wants_answer(document) or document.state == DocumentState.VOID:
        raise NotFound(
            "没有整改情况报告表", found=str(document_id), expected="整改通知类文书", remedy="在事项页面办理"
        )
    from casework.paperwork.papers import ANSWER_NAME
    from casework.paperwork.replies import answer_workbook  # made anew where none was mailed

    return ANSWER_NAME, answer_workbook(desk, document)
