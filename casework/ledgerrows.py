"""The rows of the 整改台账, gathered from cases, findings, requests, evidence, documents and the audit entries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.campaigns import find_campaign
from casework.climbing import palette_of, rules_of
from casework.desk import Desk
from casework.kinds import is_shown
from casework.statistics import class_of
from casework.subjects import cite
from core.codes import Light
from core.errors import NotFound
from core.lives import DocumentState
from core.palette import Palette
from core.rectification import CASE_STATE_LABELS, CaseAct, CaseState, RequestKind, RequestState
from core.rulebook import Item, Rulebook
from delivery.sheets.ledger import LedgerRow
from models.campaign import Campaign, Finding
from models.document import Document, DocumentCase
from models.organisation import Person, Unit
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
CLOSURE_WORDS = {
    CaseState.CLOSED.value: "已销号",
    CaseState.LOOK_BACK.value: "已销号",
    CaseState.ARCHIVED.value: "已销号",
    CaseState.WITHDRAWN.value: "已撤销",
}


@dataclass(slots=True)
class Told:
    """What the entries of a case tell beyond its row; `imported` holds the cells of an old ledger."""

    imported: Mapping[str, Any] = field(default_factory=dict)
    progress: str = ""
    owner: str = ""
    verdict: str = ""
    on_spot: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A case with everything it belongs to."""

    case: Rectification
    finding: Finding
    unit: Unit
    campaign: Campaign
    rules: Rulebook


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to cases, by case id."""

    told: Mapping[int, Told]
    evidence: Mapping[int, Sequence[str]]
    documents: Mapping[int, Sequence[str]]
    extensions: Mapping[int, int]
    people: Mapping[str, str]


def read_rows(desk: Desk, campaign: str | None) -> tuple[list[LedgerRow], str, Palette]:
    """Return the rows of the ledger by campaign, unit and number, the name before 整改台账, and the colours."""
    chosen = find_campaign(desk, campaign) if campaign else None
    query = (
        sa.select(Rectification, Finding, Unit, Campaign)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .join(Campaign, col(Campaign.id) == col(Rectification.campaign_id))
        .where(*_within(desk, chosen))
        .order_by(col(Campaign.code), col(Unit.code), col(Finding.code))
    )
    around = _gather(desk, chosen)
    rules: dict[int, Rulebook] = {}
    rows: list[LedgerRow] = []
    for case, finding, unit, batch in desk.session.execute(query):
        if batch.id not in rules:
            rules[batch.id] = rules_of(desk, batch.id)
        one = Kept(case, finding, unit, batch, rules[batch.id])
        rows.append(_row(desk, len(rows) + 1, one, around.told.get(case.id, Told()), around))
    title = chosen.title if chosen else f"{desk.office_rules.name}法治督察"
    return rows, title, palette_of(desk, chosen.id if chosen else None)


def _within(desk: Desk, campaign: Campaign | None) -> list[sa.ColumnElement[bool]]:
    office = col(Rectification.office_id) == desk.office_id
    return [office, col(Rectification.campaign_id) == campaign.id] if campaign else [office]


def _gather(desk: Desk, campaign: Campaign | None) -> Around:
    """Read what lies around the cases with one query a table."""
    within = _within(desk, campaign)
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
    granted = (
        sa.select(col(SideRequest.case_id), sa.func.count())
        .join(Rectification, col(Rectification.id) == col(SideRequest.case_id))
        .where(
            *within,
            col(SideRequest.kind) == RequestKind.EXTENSION.value,
            col(SideRequest.state) == RequestState.GRANTED.value,
        )
        .group_by(col(SideRequest.case_id))
    )
    people = sa.select(col(Person.code), col(Person.name)).where(col(Person.office_id) == desk.office_id)
    told = _tell(desk, within)
    return Around(
        told, _lists(desk, files), _lists(desk, papers), _pairs(desk, granted), _pairs(desk, people)
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


def _row(desk: Desk, serial: int, one: Kept, told: Told, around: Around) -> LedgerRow:
    case, finding, unit, kept = one.case, one.finding, one.unit, told.imported
    item = _item(one.rules, finding.item)
    return LedgerRow(
        serial=serial,
        case=finding.code,
        campaign=one.campaign.code,
        unit=unit.name,
        category=f"{finding.item} {class_of(one.rules, finding.item)[1]}",
        problem=finding.problem,
        basis=_basis(desk, item, case),
        goal=str(kept.get("goal", "")) or (item.requirement if item else ""),
        measure=case.plan_text or "",
        rectify_kind=str(kept.get("rectify_kind", "")) or ("立行立改" if told.on_spot else "限期"),
        lead=str(kept.get("lead", "")) or unit.leader_name or unit.head_name or "",
        responsible_unit=str(kept.get("responsible_unit", "")) or unit.name,
        joint_units=str(kept.get("joint_units", "")),
        responsible=told.owner or str(kept.get("responsible", "")) or unit.liaison_name or "",
        due_on=case.due_on,
        progress=told.progress or str(kept.get("progress", "")),
        completion=_completion(case),
        evidence="、".join(around.evidence.get(case.id, ())) or str(kept.get("evidence", "")),
        verifier=_name(desk, around, case.verified_by) or str(kept.get("verifier", "")),
        verdict=told.verdict or str(kept.get("verdict", "")),
        closure=CLOSURE_WORDS.get(case.state, "未销号"),
        closed_on=case.closed_on,
        extensions=max(around.extensions.get(case.id, 0), case.due_version - 1),
        light=Light(case.light),
        documents="、".join(around.documents.get(case.id, ())) or str(kept.get("documents", "")),
        note=_remarks(case, str(kept.get("note", "")), one.rules.ladder_of(desk.office.code).palette),
    )


def _item(rules: Rulebook, item_id: str) -> Item | None:
    for catalog in rules.catalogs.values():
        try:
            return catalog.item(item_id)
        except NotFound:
            continue
    return None


def _basis(desk: Desk, item: Item | None, case: Rectification) -> str:
    """Return only law that was checked and in force on the day of the notice."""
    if item is None:
        return ""
    return "；".join(cite(item.citable(case.signed_on or desk.today, desk.office_rules.region)))


def _completion(case: Rectification) -> str:
    label = CASE_STATE_LABELS[CaseState(case.state)]
    done = "已完成" if case.state in CLOSURE_WORDS and case.closed_on else label
    return f"{done}，退回{case.returns}次" if case.returns else done


def _name(desk: Desk, around: Around, code: str | None) -> str:
    if code is None:
        return ""
    leader = desk.office_rules.leaders.get(code)
    return around.people.get(code) or (leader.name if leader else code)


def _remarks(case: Rectification, kept: str, palette: Palette) -> str:
    """Return what a reader of the row must not miss: the original date, the highest light, a rebound."""
    first, highest = case.first_due_on, Light(case.highest_light)
    words = [
        kept,
        f"原期限{first}" if first and first != case.due_on else "",
        f"曾亮{palette.word(highest)}" if palette.rank(highest) > palette.rank(Light(case.light)) else "",
        f"反弹{case.rebounds}次" if case.rebounds else "",
        f"{case.suspended_on}起中止计时" if case.suspended_on else "",
    ]
    return "；".join(word for at, word in enumerate(words) if word and (at == 0 or word not in kept))
