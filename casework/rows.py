"""Rows that pages list: cases and documents with what a reader needs, and the queries that load them set by set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from casework.desk import Desk
from casework.paperwork.kinds import name_of_kind
from casework.sight import cases_in_sight, documents_in_sight
from core.codes import Light, Severity
from core.life.lives import DocumentState
from core.life.rectification import CLOCK_RUNS, CaseState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.dialects import past_index
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification

CASE, FINDING, UNIT, CAMPAIGN = table_of(Rectification), table_of(Finding), table_of(Unit), table_of(Campaign)
DOCUMENT, DOCUMENT_CASE = table_of(Document), table_of(DocumentCase)
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Pile(Generic[RowT]):
    """The first rows of a list, and how many there are altogether."""

    total: int
    rows: tuple[RowT, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `left_workdays` is negative once it is overdue and None while the clock does not run."""

    id: int
    code: str
    unit_code: str
    unit: str
    campaign: str
    item: str
    problem: str
    severity: Severity
    state: CaseState
    light: Light
    percent: int
    due_on: date | None
    due_provisional: bool
    suspended: bool
    left_workdays: int | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list; an automatic reminder is issued without signature and number."""

    id: int
    kind: str
    name: str
    number: str | None
    title: str
    unit_code: str
    unit: str
    campaign: str
    state: DocumentState
    secrecy: str
    drafted_on: date
    signed_on: date | None
    issued_on: date | None
    served_on: date | None
    cases: int

    @property
    def is_reminder(self) -> bool:
        return self.issued_on is not None and self.signed_on is None


def case_rows(desk: Desk, ids: Iterable[int]) -> tuple[CaseRow, ...]:
    """Return some cases in the order of their ids as given; one query."""
    wanted = list(ids)
    if not wanted:
        return ()
    query = _case_query(desk).where(CASE.c.id.in_(wanted))
    found = {row.id: _case_row(desk, row) for row in desk.session.connection().execute(query)}
    return tuple(found[number] for number in wanted if number in found)


def cases_on(desk: Desk, document_id: int) -> tuple[tuple[CaseRow, Light, date | None], ...]:
    """Return the cases on a document with the light and the due date that they had on it; one query."""
    query = (
        _case_query(desk)
        .add_columns(DOCUMENT_CASE.c.light.label("had_light"), DOCUMENT_CASE.c.due_on.label("had_due_on"))
        .join(DOCUMENT_CASE, DOCUMENT_CASE.c.case_id == CASE.c.id)
        .where(DOCUMENT_CASE.c.document_id == document_id)
        .order_by(CASE.c.id)
    )
    rows = desk.session.connection().execute(query)
    return tuple((_case_row(desk, row), Light(row.had_light), row.had_due_on) for row in rows)


def _case_query(desk: Desk) -> sa.Select[Any]:
    return (
        sa.select(
            CASE.c.id, CASE.c.severity, CASE.c.state, CASE.c.light, CASE.c.percent,
            CASE.c.due_on, CASE.c.due_provisional, CASE.c.suspended_on, FINDING.c.code,
            FINDING.c.item, FINDING.c.problem, UNIT.c.code.label("unit_code"), UNIT.c.name.label("unit"),
            CAMPAIGN.c.code.label("campaign"),
        )
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == CASE.c.campaign_id)
        .where(past_index(cases_in_sight(desk), CASE.c.office_id))  # each is known by its key
    )  # fmt: skip


def _case_row(desk: Desk, row: Any) -> CaseRow:
    return CaseRow(
        id=row.id,
        code=row.code,
        unit_code=row.unit_code,
        unit=row.unit,
        campaign=row.campaign,
        item=row.item,
        problem=row.problem,
        severity=Severity(row.severity),
        state=CaseState(row.state),
        light=Light(row.light),
        percent=row.percent,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        suspended=row.suspended_on is not None,
        left_workdays=left_workdays(desk, row.state, row.suspended_on, row.due_on),
    )


def left_workdays(desk: Desk, state: str, suspended_on: date | None, due_on: date | None) -> int | None:
    """Return the working days left, negative once overdue; None while the clock does not run."""
    if due_on is None or suspended_on is not None or CaseState(state) not in CLOCK_RUNS:
        return None
    return desk.calendar.between(desk.today, due_on)


def visible_documents(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for documents that pages show to the actor: never the referral compartment."""
    return documents_in_sight(desk)


def document_rows(desk: Desk, ids: Iterable[int]) -> tuple[DocumentRow, ...]:
    """Return some documents in the order of their ids as given; one query."""
    wanted = list(ids)
    if not wanted:
        return ()
    query = _document_query(desk).where(DOCUMENT.c.id.in_(wanted))
    found = {row.id: _document_row(desk, row) for row in desk.session.connection().execute(query)}
    return tuple(found[number] for number in wanted if number in found)


def documents_of_case(desk: Desk, case_id: int) -> tuple[DocumentRow, ...]:
    """Return the documents in sight on which a case stands, oldest first; one query."""
    listed = sa.select(DOCUMENT_CASE.c.document_id).where(DOCUMENT_CASE.c.case_id == case_id)
    query = _document_query(desk).where(DOCUMENT.c.id.in_(listed)).order_by(DOCUMENT.c.id)
    return tuple(_document_row(desk, row) for row in desk.session.connection().execute(query))


def _document_query(desk: Desk) -> sa.Select[Any]:
    count = (
        sa.select(sa.func.count())
        .where(DOCUMENT_CASE.c.document_id == DOCUMENT.c.id)
        .scalar_subquery()
        .label("cases")
    )
    return (
        sa.select(
            DOCUMENT.c.id, DOCUMENT.c.kind, DOCUMENT.c.number, DOCUMENT.c.title, DOCUMENT.c.state, DOCUMENT.c.secrecy,
            DOCUMENT.c.drafted_on, DOCUMENT.c.signed_on, DOCUMENT.c.issued_on, DOCUMENT.c.served_on,
            DOCUMENT.c.rules_sha256, UNIT.c.code.label("unit_code"), UNIT.c.name.label("unit"),
            sa.func.coalesce(CAMPAIGN.c.code, "").label("campaign"), count,
        )
        .join(UNIT, UNIT.c.id == DOCUMENT.c.unit_id)
        .outerjoin(CAMPAIGN, CAMPAIGN.c.id == DOCUMENT.c.campaign_id)
        .where(visible_documents(desk))
    )  # fmt: skip


def _document_row(desk: Desk, row: Any) -> DocumentRow:
    return DocumentRow(
        id=row.id,
        kind=row.kind,
        name=name_of_kind(desk, row.kind, row.rules_sha256),
        number=row.number,
        title=row.title,
        unit_code=row.unit_code,
        unit=row.unit,
        campaign=row.campaign,
        state=DocumentState(row.state),
        secrecy=row.secrecy,
        drafted_on=row.drafted_on,
        signed_on=row.signed_on,
        issued_on=row.issued_on,
        served_on=row.served_on,
        cases=row.cases,
    )
