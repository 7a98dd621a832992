"""Documents as pages: the list, newest first, and one document with its cases, files, mails, service and life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import palette_of, rules_of_document
from casework.paging import Cursor, Page, page_keys
from casework.paperwork.kinds import kinds_in_order
from casework.paperwork.paperless import has_paper, refuse_reminder
from casework.rectification.timeline import CHANNEL_LABELS, Event, document_timeline, names_of
from casework.rows import CaseRow, DocumentRow, case_rows, document_rows, visible_documents
from casework.sight import documents_in_sight, units_in_sight
from core.codes import DocumentContent, Light
from core.errors import InvalidInput, NotFound
from core.ladders.palette import Palette
from core.life.lives import DocumentState, MessageState
from models.base import table_of
from models.document import Document, DocumentCase, DocumentFile, ServiceRecord
from models.message import Message
from models.organisation import Unit

DOCUMENT, FILE = table_of(Document), table_of(DocumentFile)
# What the state filter takes beside the states: what waits for a person.
WAITING, UNSERVED = "waiting", "unserved"
WAITING_STATES = (DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.SIGNED)
PREVIEW_PPI = 96


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """What a reader narrows the documents to; empty means no limit."""

    kind: str = ""
    state: str = ""
    unit: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> DocumentFilters:
        """Read filters from an address; raise InvalidInput naming a value that is none."""
        values = {f.name: given.get(f.name, "").strip() for f in fields(cls)}
        if values["state"] not in {"", WAITING, UNSERVED, *DocumentState}:
            raise _bad_filter(f"state={values['state'][:40]}")
        return cls(**values)

    def as_query(self) -> dict[str, str]:
        """Return the filters as they stand in an address, without those that are not set."""
        every = {f.name: str(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class Docket:
    """One page of documents; `counts` are by state under the other filters."""

    filters: DocumentFilters
    page: Page[DocumentRow]
    counts: dict[DocumentState, int]
    kinds: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int | None:
        """How many documents the filters leave; None where the counts by state cannot tell."""
        if self.filters.state == UNSERVED:
            return None
        states = {"": tuple(DocumentState), WAITING: WAITING_STATES}.get(self.filters.state)
        wanted = states or (DocumentState(self.filters.state),)
        return sum(self.counts.get(state, 0) for state in wanted)


@dataclass(frozen=True, slots=True)
class CaseOnPaper:
    """A case as it stood on a document when the row was written, beside how it stands now."""

    now: CaseRow
    light: Light
    due_on: date | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """A stored file of a document."""

    role: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of a document."""

    recipient_name: str
    recipient: str
    state: MessageState
    reply: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One record of service."""

    channel: str
    served_on: date
    recorded_by: str
    note: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Everything a document page shows."""

    document: Document
    row: DocumentRow
    unit: Unit
    drafted_by: str
    signed_by: str
    cases: tuple[CaseOnPaper, ...]
    palette: Palette
    files: tuple[FileLine, ...]
    mails: tuple[MailLine, ...]
    services: tuple[ServiceLine, ...]
    timeline: tuple[Event, ...]
    needs_seal: bool
    has_paper: bool


def documents_view(desk: Desk, filters: DocumentFilters, cursor: Cursor | None = None) -> Docket:
    """Return one page of documents, the newest first; four queries."""
    units = _units(desk)
    kinds = {
        rule.code: rule.name
        for rule in kinds_in_order(desk.rules)
        if rule.content is not DocumentContent.REFERRAL
    }
    base = [visible_documents(desk)]
    if filters.kind:
        if filters.kind not in kinds:
            raise _bad_filter(f"kind={filters.kind[:40]}")
        base.append(DOCUMENT.c.kind == filters.kind)
    if filters.unit:
        if filters.unit not in units:
            raise InvalidInput(
                "没有这个单位", found=filters.unit[:40], expected="页面所列选项", remedy="回到文书重选"
            )
        base.append(DOCUMENT.c.unit_id == units[filters.unit][0])
    count = sa.select(DOCUMENT.c.state, sa.func.count()).where(*base).group_by(DOCUMENT.c.state)
    counts = {DocumentState(row[0]): int(row[1]) for row in desk.session.connection().execute(count)}
    query = sa.select(DOCUMENT.c.id, DOCUMENT.c.drafted_on).where(*base, *_state(filters.state))
    keys = page_keys(
        desk.session.connection(),
        query,
        DOCUMENT.c.drafted_on,
        DOCUMENT.c.id,
        cursor,
        newest_first=True,
    )
    return Docket(
        filters,
        Page(document_rows(desk, [number for number, _day in keys.rows]), keys.previous, keys.next),
        counts,
        tuple(kinds.items()),
        tuple((code, name) for code, (_id, name) in units.items()),
    )


def _bad_filter(found: str) -> InvalidInput:
    return InvalidInput("筛选条件不正确", found=found, expected="页面所列选项", remedy="回到文书重选")


def _units(desk: Desk) -> dict[str, tuple[int, str]]:
    query = select(Unit.code, Unit.id, Unit.name).where(units_in_sight(desk)).order_by(col(Unit.code))
    return {code: (number or 0, name) for code, number, name in desk.session.exec(query)}


def _state(state: str) -> list[sa.ColumnElement[bool]]:
    if state == WAITING:
        return [col(Document.state).in_([waiting.value for waiting in WAITING_STATES])]
    if state == UNSERVED:
        return [col(Document.state) == DocumentState.ISSUED.value, col(Document.serial).is_not(None)]
    return [col(Document.state) == state] if state else []


def visible_document(desk: Desk, document_id: int) -> Document:
    """Return a document that pages may show; raise NotFound, in the same words, for a hidden one."""
    document = desk.session.exec(
        select(Document).where(col(Document.id) == document_id, documents_in_sight(desk))
    ).first()
    if document is None:
        raise NotFound("没有这份文书", found=str(document_id), expected="文书编号", remedy="回到文书列表查找")
    return document


def need_paper(desk: Desk, document_id: int) -> Document:
    """Return a visible document that can be printed; raise NotFound."""
    document = visible_document(desk, document_id)
    refuse_reminder(document)
    return document


def preview_document(desk: Desk, document: Document) -> bytes:
    """Return a PNG of the first page as it will print, the seal of a sealed copy not included."""
    from casework.paperwork.papers import (  # the typesetter is heavy, and most pages do without it
        fonts_of,
        paper_of,
    )
    from delivery.typeset import render_png

    return render_png(paper_of(desk, document), fonts_of(desk), ppi=PREVIEW_PPI)[0]


def document_view(desk: Desk, document_id: int) -> DocumentPage:
    """Return everything about one document; at most ten queries; raise NotFound."""
    document = visible_document(desk, document_id)
    unit = desk.session.get(Unit, document.unit_id)
    assert unit is not None  # foreign key
    services = _services(desk, document_id)
    people = {document.drafted_by, document.signed_by or "", *(row.recorded_by for row in services)}
    names = names_of(desk, people, [unit])
    rule = rules_of_document(desk, document).document(document.kind)
    return DocumentPage(
        document=document,
        row=document_rows(desk, [document_id])[0],
        unit=unit,
        drafted_by=names.get(document.drafted_by, document.drafted_by),
        signed_by=names.get(document.signed_by or "", document.signed_by or ""),
        cases=_cases(desk, document_id),
        palette=palette_of(desk, document.campaign_id),
        files=_files(desk, document_id),
        mails=_mails(desk, document_id),
        services=tuple(
            ServiceLine(
                CHANNEL_LABELS.get(row.channel, row.channel),
                row.served_on,
                names.get(row.recorded_by, row.recorded_by),
                row.note if row.note != row.recorded_by else "",
            )
            for row in services
        ),
        timeline=document_timeline(desk, document, unit),
        needs_seal=rule.sealed,
        has_paper=has_paper(document),
    )


def _cases(desk: Desk, document_id: int) -> tuple[CaseOnPaper, ...]:
    query = (
        select(DocumentCase)
        .where(col(DocumentCase.document_id) == document_id)
        .order_by(col(DocumentCase.case_id))
    )
    on_paper = {row.case_id: row for row in desk.session.exec(query)}
    return tuple(
        CaseOnPaper(row, Light(on_paper[row.id].light), on_paper[row.id].due_on)
        for row in case_rows(desk, on_paper)
    )


def _files(desk: Desk, document_id: int) -> tuple[FileLine, ...]:
    query = (
        sa.select(FILE.c.role, FILE.c.name, FILE.c.sha256, sa.func.length(FILE.c.content))
        .where(FILE.c.document_id == document_id)
        .order_by(FILE.c.id)
    )
    return tuple(FileLine(*row) for row in desk.session.connection().execute(query))


def _mails(desk: Desk, document_id: int) -> tuple[MailLine, ...]:
    query = select(Message).where(col(Message.document_id) == document_id).order_by(col(Message.id))
    return tuple(
        MailLine(mail.recipient_name, mail.recipient, MessageState(mail.state), mail.smtp_reply or "")
        for mail in desk.session.exec(query)
    )


def _services(desk: Desk, document_id: int) -> Sequence[ServiceRecord]:
    query = (
        select(ServiceRecord)
        .where(col(ServiceRecord.document_id) == document_id)
        .order_by(col(ServiceRecord.id))
    )
    return desk.session.exec(query).all()
