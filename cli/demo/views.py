"""What people of the story see when they look at their lists in the morning: cases, papers, requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.documents import rule_of
from core.life.lives import DocumentState
from core.life.rectification import RequestState
from core.rulebook.documents import DocumentRule
from models.base import key_of
from models.campaign import Campaign, Finding
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification, SideRequest


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as a list shows it; `waiting` names the kind of request that waits for a decision."""

    code: str
    unit: str
    campaign: str
    item: str
    problem: str
    severity: str
    state: str
    light: str
    highest: str
    round: int
    percent: int
    returns: int
    signed_on: date | None
    served_on: date | None
    first_due_on: date | None
    due_on: date | None
    closed_on: date | None
    look_back_on: date | None
    suspended_on: date | None
    waiting: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """One document as a list shows it; `signer` is the role its kind asks for, `cases` are numbers of problems."""

    id: int
    kind: str
    unit: str
    state: str
    drafted_on: date
    issued_on: date | None
    is_signed: bool
    signer: str
    needs_seal: bool
    cases: tuple[str, ...]


def read_cases(desk: Desk) -> list[CaseView]:
    """Return all cases of the office, by number."""
    waiting = {
        request.case_id: request.kind
        for request in desk.session.exec(
            select(SideRequest).where(col(SideRequest.state) == RequestState.REQUESTED.value)
        )
    }
    query = (
        select(Rectification, Finding, Unit.code, Campaign.code)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Finding.id) == col(Rectification.id),
            col(Unit.id) == col(Rectification.unit_id),
            col(Campaign.id) == col(Rectification.campaign_id),
        )
        .order_by(col(Finding.code))
    )
    return [
        _view(case, finding, unit, campaign, waiting.get(case.id, ""))
        for case, finding, unit, campaign in desk.session.exec(query)
    ]


def _view(case: Rectification, finding: Finding, unit: str, campaign: str, waiting: str) -> CaseView:
    return CaseView(
        code=finding.code,
        unit=unit,
        campaign=campaign,
        item=finding.item,
        problem=finding.problem,
        severity=case.severity,
        state=case.state,
        light=case.light,
        highest=case.highest_light,
        round=case.round,
        percent=case.percent,
        returns=case.returns,
        signed_on=case.signed_on,
        served_on=case.served_on,
        first_due_on=case.first_due_on,
        due_on=case.due_on,
        closed_on=case.closed_on,
        look_back_on=case.look_back_on,
        suspended_on=case.suspended_on,
        waiting=waiting,
    )


def read_papers(desk: Desk, *states: str) -> list[PaperView]:
    """Return the documents in these states, oldest first."""
    query = (
        select(Document, Unit.code)
        .where(
            col(Document.office_id) == desk.office_id,
            col(Document.state).in_(states),
            is_paper(),
            col(Unit.id) == col(Document.unit_id),
        )
        .order_by(col(Document.id))
    )
    rows = list(desk.session.exec(query))
    carried = _cases_on(desk, [key_of(document) for document, _unit in rows])
    papers = []
    rules: dict[tuple[int | None, str], DocumentRule] = {}
    for document, unit in rows:
        key = (document.campaign_id, document.kind)
        rule = rules.get(key) or rules.setdefault(key, rule_of(desk, document))
        papers.append(
            PaperView(
                key_of(document), document.kind, unit, document.state, document.drafted_on, document.issued_on,
                document.signed_on is not None, rule.signer.value, rule.sealed,
                tuple(carried.get(key_of(document), ())),
            )
        )  # fmt: skip
    return papers


def is_paper() -> sa.ColumnElement[bool]:
    """Return the condition that leaves out what is no paper: unnumbered reminders, and drafts voided unsigned."""
    waiting = sa.and_(col(Document.content).is_(None), col(Document.state) != DocumentState.VOID.value)
    return sa.or_(waiting, col(Document.signed_on).is_not(None))


def _cases_on(desk: Desk, documents: list[int]) -> dict[int, list[str]]:
    carried: dict[int, list[str]] = {}
    query = (
        select(DocumentCase.document_id, Finding.code)
        .where(col(DocumentCase.document_id).in_(documents), col(Finding.id) == col(DocumentCase.case_id))
        .order_by(col(Finding.code))
    )
    for document_id, code in desk.session.exec(query):
        carried.setdefault(document_id, []).append(code)
    return carried
