"""What the rows of the ledger need beside the cases: read with one query a table."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.paperwork.kinds import is_shown
from core.life.lives import DocumentState
from core.life.rectification import CaseAct, CaseState, RequestKind, RequestState
from core.life.sidelife import PlanState
from models.campaign import Campaign
from models.document import Document, DocumentCase
from models.handling import RectificationPlan
from models.organisation import Person
from models.record import AuditEntry
from models.rectification import Evidence, Rectification, SideRequest

TOLD = (
    "import",
    CaseAct.SUBMIT_PLAN.value,
    CaseAct.REPORT_PROGRESS.value,
    CaseAct.VERIFY.value,
    CaseAct.RETURN.value,
    CaseAct.CORRECT_ON_SPOT.value,
)


@dataclass(slots=True)
class Told:
    """What the entries of a case tell beyond its row; `imported` holds the cells of an old ledger."""

    imported: Mapping[str, Any] = field(default_factory=dict)
    progress: str = ""
    owner: str = ""
    verdict: str = ""
    on_spot: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to cases, by case id."""

    told: Mapping[int, Told]
    evidence: Mapping[int, Sequence[str]]
    documents: Mapping[int, Sequence[str]]
    extensions: Mapping[int, int]
    people: Mapping[str, str]
    plans: Mapping[int, RectificationPlan]
    long_term: Mapping[int, int]


def within_of(desk: Desk, campaign: Campaign | None) -> list[sa.ColumnElement[bool]]:
    office = col(Rectification.office_id) == desk.office_id
    return [office, col(Rectification.campaign_id) == campaign.id] if campaign else [office]


def gather(desk: Desk, campaign: Campaign | None) -> Around:
    """Read what lies around the cases with one query a table."""
    within = within_of(desk, campaign)
    files = (
        sa.select(col(Evidence.subject_id), col(Evidence.name))
        .join(Rectification, col(Rectification.id) == col(Evidence.subject_id))
        .where(*within, col(Evidence.subject) == "case")
        .order_by(col(Evidence.id))
    )
    papers = (
        sa.select(col(DocumentCase.case_id), col(Document.number))
        .join(Document, col(Document.id) == col(DocumentCase.document_id))
        .join(Rectification, col(Rectification.id) == col(DocumentCase.case_id))
        .where(
            *within,
            col(Document.number).is_not(None),
            col(Document.state) != DocumentState.VOID.value,
            is_shown(),
        )
        .order_by(col(Document.signed_on), col(Document.id))
    )

    people = sa.select(col(Person.code), col(Person.name)).where(col(Person.office_id) == desk.office_id)
    told = _tell(desk, within)
    return Around(
        told,
        _lists(desk, files),
        _lists(desk, papers),
        _pairs(desk, _granted(within, RequestKind.EXTENSION)),
        _pairs(desk, people),
        {plan.case_id: plan for plan in desk.session.scalars(_plans(within))},
        _pairs(desk, _granted(within, RequestKind.LONG_TERM)),
    )


def _plans(within: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Return the query for the plans that are in force."""
    return (
        sa.select(RectificationPlan)
        .join(Rectification, col(Rectification.id) == col(RectificationPlan.case_id))
        .where(
            *within,
            col(RectificationPlan.state) == PlanState.APPROVED.value,
            col(RectificationPlan.round) == col(Rectification.round),
        )
    )


def _granted(within: list[sa.ColumnElement[bool]], kind: RequestKind) -> sa.Select[Any]:
    """Return the query for {case id: number of granted requests of a kind}."""
    return (
        sa.select(col(SideRequest.case_id), sa.func.count())
        .join(Rectification, col(Rectification.id) == col(SideRequest.case_id))
        .where(
            *within,
            col(SideRequest.kind) == kind.value,
            col(SideRequest.state) == RequestState.GRANTED.value,
        )
        .group_by(col(SideRequest.case_id))
    )


def _pairs(desk: Desk, query: sa.Select[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in desk.session.execute(query)}


def _lists(desk: Desk, query: sa.Select[Any]) -> dict[int, list[str]]:
    """Return {case id: texts in order}."""
    found: dict[int, list[str]] = defaultdict(list)
    for case_id, text in desk.session.execute(query):
        found[case_id].append(text)
    return found


def _tell(desk: Desk, within: list[sa.ColumnElement[bool]]) -> Mapping[int, Told]:
    """Read the entries of the cases, oldest first; what was said last stays."""
    query = (
        sa.select(AuditEntry)
        .join(Rectification, col(Rectification.id) == col(AuditEntry.subject_id))
        .where(
            *within,
            col(AuditEntry.office_id) == desk.office_id,
            col(AuditEntry.subject) == "case",
            col(AuditEntry.act).in_(TOLD),
        )
        .order_by(col(AuditEntry.at), col(AuditEntry.shard), col(AuditEntry.seq))
    )
    told: dict[int, Told] = defaultdict(Told)
    for entry in desk.session.scalars(query):
        _hear(told[entry.subject_id], entry, json.loads(entry.detail) if entry.detail else {})
    return told


def _hear(told: Told, entry: AuditEntry, said: Mapping[str, Any]) -> None:
    note = str(said.get("text") or said.get("note") or "")
    if entry.act == "import":
        told.imported = said
    elif entry.act == CaseAct.REPORT_PROGRESS:
        told.progress = (
            f"{entry.on_day} 完成率{str(said.get('percent', '')).removesuffix('%')}%　{note}".strip()
        )
    elif entry.act == CaseAct.SUBMIT_PLAN:
        told.owner = str(said.get("owner", "")) or told.owner
    elif entry.act == CaseAct.CORRECT_ON_SPOT:
        told.on_spot = True
    else:
        failed = entry.to_state == CaseState.RECTIFYING
        told.verdict = f"{entry.on_day} {'退回补充整改' if failed else '验收合格'}　{note}".strip()
