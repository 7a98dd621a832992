"""One document as a page: what it says, its cases, files, mails, service, answers and life, and what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.history import count_changes
from casework.lights.climbing import palette_of, rules_of_document
from casework.mail.intakeview import InboundRow, inbound_about
from casework.paperwork.answers import list_items
from casework.paperwork.drafts import find_document
from casework.paperwork.kinds import is_hidden
from casework.paperwork.offers import Offers, offers_on
from casework.paperwork.paperless import has_paper, refuse_reminder
from casework.paperwork.paperlines import (
    CaseOnPaper,
    FileLine,
    ServiceLine,
    StepLine,
    files_lines,
    reply_line,
    rows_of,
    step_line,
)  # fmt: skip
from casework.paperwork.reviewing import UNSIGNED, compose, steps_of
from casework.paperwork.serviceproof import ServiceProof, proof_of_service
from casework.rectification.timeline import Event, document_entries, document_events, names_of
from casework.rows import DocumentRow, cases_on
from casework.sight import documents_in_sight
from core.errors import DuchaError, InvalidInput, NotFound
from core.ladders.palette import Palette
from core.life.lives import DocumentState
from core.rulebook import DocumentRule
from delivery.paper import Paper, read_paper
from models.base import key_of
from models.campaign import Campaign
from models.document import Document, DocumentReply, ServiceRecord
from models.organisation import Unit
from models.record import AuditEntry


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Everything a document page shows.

    paper    what it says: frozen, or as it reads now; None for a reminder and where it cannot be composed
    sha256   the hash of what it says; what somebody looked at is noted under it
    trouble  why it cannot be composed
    """

    document: Document
    row: DocumentRow
    rule: DocumentRule
    unit: Unit
    drafted_by: str
    signed_by: str
    signed_for: str
    cases: tuple[CaseOnPaper, ...]
    palette: Palette
    files: tuple[FileLine, ...]
    proof: ServiceProof | None
    letters: tuple[InboundRow, ...]
    replies: tuple[ServiceLine, ...]
    items: tuple[dict[str, Any], ...]
    steps: tuple[StepLine, ...]
    timeline: tuple[Event, ...]
    offers: Offers
    has_paper: bool
    paper: Paper | None
    sha256: str
    trouble: DuchaError | None
    mark: int  # of the document as it is shown

    @property
    def hidden(self) -> bool:
        """Whether it lies in the compartment of linkage."""
        return is_hidden(self.document)

    @property
    def services(self) -> tuple[ServiceLine, ...]:
        """The records of its service."""
        return self.proof.records if self.proof is not None else ()

    @property
    def needs_seal(self) -> bool:
        return self.rule.sealed

    @property
    def unsigned(self) -> bool:
        return self.document.state in UNSIGNED


def visible_document(desk: Desk, document_id: int) -> Document:
    """Return a document that pages may show; raise NotFound, in the same words, for a hidden one."""
    query = (
        select(Document, Unit, Campaign)
        .join(Unit, col(Unit.id) == col(Document.unit_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Document.campaign_id))
        .where(col(Document.id) == document_id, documents_in_sight(desk))
    )
    found = desk.session.exec(query).first()
    if found is None:
        raise _unknown(document_id)
    desk.session.info["beside"] = found  # the session holds rows weakly; these are asked for next
    return found[0]


def hidden_letter(desk: Desk, document_id: int) -> Document:
    """Return a letter of the compartment for whoever may know of it; raise NotFound for everybody else."""
    try:
        document = find_document(desk, document_id)
    except NotFound:
        raise _unknown(document_id) from None
    if not is_hidden(document) or desk.actor.speaks_for_unit:
        raise _unknown(document_id)
    return document


def _unknown(document_id: int) -> NotFound:
    return NotFound("没有这份文书", found=str(document_id), expected="文书编号", remedy="回到文书列表查找")


def need_paper(desk: Desk, document_id: int) -> Document:
    """Return a visible document that can be printed; raise NotFound."""
    document = visible_document(desk, document_id)
    refuse_reminder(document)
    return document


def document_view(desk: Desk, document_id: int) -> DocumentPage:
    """Return everything about one document; raise NotFound."""
    return paper_view(desk, visible_document(desk, document_id))


def paper_view(desk: Desk, document: Document) -> DocumentPage:
    """Return everything about a document that the actor sees; at most eleven queries.

    What comes only after the signature is not looked for before it.
    """
    number, unsigned = key_of(document), document.state in UNSIGNED
    unit, entries = desk.session.get_one(Unit, document.unit_id), document_entries(desk, document)
    rule = rules_of_document(desk, document).document(document.kind)
    approvals = steps_of(desk, document) if unsigned else []
    services = [] if unsigned else rows_of(desk, ServiceRecord, number)
    replies = [] if unsigned else rows_of(desk, DocumentReply, number)
    people = {row.recorded_by for row in (*services, *replies)} | {row.by for row in approvals}
    people |= {document.drafted_by, document.signed_by or "", document.signed_for or ""}
    names = names_of(desk, people | {one.actor for one in entries}, [unit])
    cases = tuple(CaseOnPaper(*one) for one in cases_on(desk, number))
    paper, digest, trouble = says(desk, document)
    return DocumentPage(
        document=document,
        row=_row(desk, document, rule, unit, len(cases)),
        rule=rule,
        unit=unit,
        drafted_by=names.get(document.drafted_by, document.drafted_by),
        signed_by=names.get(document.signed_by or "", document.signed_by or ""),
        signed_for=names.get(document.signed_for or "", document.signed_for or ""),
        cases=cases,
        palette=palette_of(desk, document.campaign_id),
        files=() if unsigned else files_lines(desk, number),
        proof=None if unsigned else proof_of_service(desk, document, services, names),
        letters=() if unsigned else inbound_about(desk, number),
        replies=tuple(reply_line(row, names) for row in replies),
        items=tuple(list_items(desk, number)) if rule.counted and not unsigned else (),
        steps=tuple(step_line(row, names) for row in approvals),
        timeline=_timeline(desk, document, entries, names),
        offers=offers_on(desk, document, rule, approvals),
        has_paper=has_paper(document),
        paper=paper,
        sha256=digest,
        trouble=trouble,
        mark=count_changes(entries, "document"),
    )


def _timeline(
    desk: Desk, document: Document, entries: Sequence[AuditEntry], names: dict[str, str]
) -> tuple[Event, ...]:
    """A letter of the compartment has no address among the documents, so its lines lead nowhere."""
    events = document_events(desk, document, entries, names)
    return tuple(replace(one, document_id=None) for one in events) if is_hidden(document) else events


def says(desk: Desk, document: Document) -> tuple[Paper | None, str, DuchaError | None]:
    """Return what a document says, frozen or as it reads now, with its hash; or why it cannot be composed."""
    if not has_paper(document):
        return None, "", None
    try:
        if document.content is None:
            return *compose(desk, document), None
        return read_paper(document.content.encode("utf-8")), document.content_sha256 or "", None
    except DuchaError as error:
        return None, "", error
    except ValueError:
        return None, "", InvalidInput(
            "存档的文书内容不能读取", found=f"文书{document.id}", expected="签发时冻结的内容",
            remedy="由系统管理人员运行检查核对",
        )  # fmt: skip


def _row(desk: Desk, document: Document, rule: DocumentRule, unit: Unit, cases: int) -> DocumentRow:
    campaign = desk.campaign(document.campaign_id).code if document.campaign_id is not None else ""
    return DocumentRow(
        id=key_of(document),
        kind=document.kind,
        name=rule.name,
        number=document.number,
        title=document.title,
        unit_code=unit.code,
        unit=unit.name,
        campaign=campaign,
        state=DocumentState(document.state),
        secrecy=document.secrecy,
        drafted_on=document.drafted_on,
        signed_on=document.signed_on,
        issued_on=document.issued_on,
        served_on=document.served_on,
        cases=cases,
    )
