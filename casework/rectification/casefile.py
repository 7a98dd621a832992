"""One case as a page: facts, due dates, rungs, why this light, requests, documents, evidence and its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of
from casework.lights.explaining import Explanation, explain
from casework.rectification.cases import find_case, no_such_case
from casework.rectification.timeline import Event, names_of, timeline_of
from casework.rows import DocumentRow, document_rows, left_workdays
from casework.sight import documents_in_sight, is_case_in_sight
from core.codes import Light, Severity
from core.ladders.palette import Palette
from core.life.rectification import (
    CASE_ACT_LABELS,
    CaseAct,
    CaseState,
    RequestKind,
    RequestState,
    possible_acts,
)
from core.rulebook import Item, Rulebook
from models.audit import history_of
from models.campaign import Campaign, Finding
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Evidence, Rectification, SideRequest


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request of a case and what became of it."""

    kind: RequestKind
    number: int
    state: RequestState
    asked_on: date
    asked_by: str
    reason: str
    until_on: date | None
    granted_until_on: date | None
    decided_on: date | None
    decided_by: str
    decision_note: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A file kept for a case: its name and size, never its content."""

    name: str
    size: int
    act: str
    filed_on: date
    filed_by: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a case page shows; nothing about referrals."""

    case: Rectification
    finding: Finding
    unit: Unit
    campaign: Campaign
    item: Item | None
    item_class: str
    left_workdays: int | None
    explanation: Explanation
    requests: tuple[RequestLine, ...]
    documents: tuple[DocumentRow, ...]
    evidence: tuple[EvidenceLine, ...]
    timeline: tuple[Event, ...]
    possible: tuple[str, ...]

    @property
    def state(self) -> CaseState:
        return CaseState(self.case.state)

    @property
    def severity(self) -> Severity:
        return Severity(self.case.severity)

    @property
    def palette(self) -> Palette:
        """The colours of the campaign's frozen ladder."""
        return self.explanation.palette

    @property
    def highest(self) -> Light:
        return Light(self.case.highest_light)


def case_view(desk: Desk, code: str) -> CaseFile:
    """Return everything about one case; at most fifteen queries; raise NotFound."""
    case, finding = find_case(desk, code)
    if not is_case_in_sight(desk, case.id):
        raise no_such_case(code)
    unit, campaign = _parties(desk, case)
    rules = rules_of(desk, case.campaign_id)
    history = list(history_of(desk.session, desk.office_id, "case", [case.id]))
    documents = _documents(desk, case.id)
    requests, evidence = _requests(desk, case.id), _evidence(desk, case.id)
    people = (
        {r.asked_by for r in requests}
        | {r.decided_by or "" for r in requests}
        | {e.filed_by for e in evidence}
    )
    names = names_of(desk, people, [unit])
    item, item_class = find_item(rules, finding.item)
    return CaseFile(
        case=case,
        finding=finding,
        unit=unit,
        campaign=campaign,
        item=item,
        item_class=item_class,
        left_workdays=left_workdays(desk, case.state, case.suspended_on, case.due_on),
        explanation=explain(desk, case, finding, rules, history),
        requests=tuple(_request_line(row, names) for row in requests),
        documents=document_rows(desk, [document.id or 0 for document in documents]),
        evidence=tuple(_evidence_line(row, names) for row in evidence),
        timeline=timeline_of(desk, case, history, documents, unit),
        possible=_possible(case),
    )


def find_item(rules: Rulebook, item_id: str) -> tuple[Item | None, str]:
    """Return an item of the frozen catalogues with the name of its class, or (None, "")."""
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            if item.id == item_id:
                return item, catalog.class_name(item.category)
    return None, ""


def _parties(desk: Desk, case: Rectification) -> tuple[Unit, Campaign]:
    query = (
        select(Unit, Campaign)
        .join(Campaign, col(Campaign.id) == case.campaign_id)
        .where(col(Unit.id) == case.unit_id)
    )
    unit, campaign = desk.session.exec(query).one()
    return unit, campaign


def _documents(desk: Desk, case_id: int) -> list[Document]:
    query = (
        select(Document)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(col(DocumentCase.case_id) == case_id, documents_in_sight(desk))
        .order_by(col(Document.id))
    )
    return list(desk.session.exec(query))


def _requests(desk: Desk, case_id: int) -> Sequence[SideRequest]:
    query = select(SideRequest).where(col(SideRequest.case_id) == case_id).order_by(col(SideRequest.id))
    return desk.session.exec(query).all()


def _request_line(row: SideRequest, names: dict[str, str]) -> RequestLine:
    return RequestLine(
        kind=RequestKind(row.kind),
        number=row.number,
        state=RequestState(row.state),
        asked_on=row.asked_on,
        asked_by=names.get(row.asked_by, row.asked_by),
        reason=row.reason,
        until_on=row.until_on,
        granted_until_on=row.granted_until_on,
        decided_on=row.decided_on,
        decided_by=names.get(row.decided_by or "", row.decided_by or ""),
        decision_note=row.decision_note,
    )


def _evidence(desk: Desk, case_id: int) -> Sequence[Evidence]:
    query = (
        select(Evidence)
        .where(col(Evidence.subject) == "case", col(Evidence.subject_id) == case_id)
        .order_by(col(Evidence.id))
    )
    return desk.session.exec(query).all()


def _evidence_line(row: Evidence, names: dict[str, str]) -> EvidenceLine:
    label = CASE_ACT_LABELS[CaseAct(row.act)] if row.act in set(CaseAct) else row.act
    return EvidenceLine(row.name, row.size, label, row.filed_on, names.get(row.filed_by, row.filed_by))


def _possible(case: Rectification) -> tuple[str, ...]:
    """Return the words of the acts possible now, without the one that opens a matter of the compartment."""
    acts = possible_acts(CaseState(case.state), suspended=case.suspended_on is not None)
    return tuple(CASE_ACT_LABELS[CaseAct(act)] for act in acts if act != CaseAct.REFER)
