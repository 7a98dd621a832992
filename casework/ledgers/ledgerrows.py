"""The rows of the 整改台账, gathered from cases, findings, requests, evidence, documents and the audit entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.statistics import class_of
from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.ledgers.ledgeraround import Around, Told, gather, within_of
from casework.lights.climbing import palette_of, rules_of
from casework.paperwork.subjects import cite
from core.codes import Light
from core.errors import NotFound
from core.ladders.palette import Palette
from core.life.rectification import CASE_STATE_LABELS, CaseState
from core.rulebook import Item, Rulebook
from delivery.sheets.ledger import LedgerRow
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.rectification import Rectification

CLOSURE_WORDS = {
    CaseState.CLOSED.value: "已销号",
    CaseState.LOOK_BACK.value: "已销号",
    CaseState.ARCHIVED.value: "已销号",
    CaseState.WITHDRAWN.value: "已撤销",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A case with everything it belongs to."""

    case: Rectification
    finding: Finding
    unit: Unit
    campaign: Campaign
    rules: Rulebook


def read_rows(
    desk: Desk, campaign: str | None, narrowed: Sequence[sa.ColumnElement[bool]] = ()
) -> tuple[list[LedgerRow], str, Palette]:
    """Return the rows of the ledger by campaign, unit and number, the name before 整改台账, and the colours.

    narrowed   more conditions for the cases: what somebody sees, and what they asked for
    """
    chosen = find_campaign(desk, campaign) if campaign else None
    query = (
        sa.select(Rectification, Finding, Unit, Campaign)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .join(Campaign, col(Campaign.id) == col(Rectification.campaign_id))
        .where(*within_of(desk, chosen), *narrowed)
        .order_by(col(Campaign.code), col(Unit.code), col(Finding.code))
    )
    around = gather(desk, chosen)
    rules: dict[int, Rulebook] = {}
    rows: list[LedgerRow] = []
    for case, finding, unit, batch in desk.session.execute(query):
        if batch.id not in rules:
            rules[batch.id] = rules_of(desk, batch.id)
        one = Kept(case, finding, unit, batch, rules[batch.id])
        rows.append(_row(desk, len(rows) + 1, one, around.told.get(case.id, Told()), around))
    title = chosen.title if chosen else f"{desk.office_rules.name}法治督察"
    return rows, title, palette_of(desk, chosen.id if chosen else None)


def _extensions(case: Rectification, around: Around) -> int:
    """Return how often the due date was extended in all rounds; an old ledger brings its own count."""
    return max(around.extensions.get(case.id, 0), case.extensions)


def _kind(case: Rectification, kept: Mapping[str, Any], told: Told, around: Around) -> str:
    if case.id in around.long_term:
        return "长期"
    return str(kept.get("rectify_kind", "")) or ("立行立改" if told.on_spot else "限期")


def _row(desk: Desk, serial: int, one: Kept, told: Told, around: Around) -> LedgerRow:
    case, finding, unit, kept = one.case, one.finding, one.unit, told.imported
    item, plan = _item(one.rules, finding.item), around.plans.get(case.id)
    return LedgerRow(
        serial=serial,
        case=finding.code,
        campaign=one.campaign.code,
        unit=unit.name,
        category=f"{finding.item} {class_of(one.rules, finding.item)[1]}",
        problem=finding.problem,
        basis=_basis(desk, item, case),
        goal=(plan.goal if plan else "") or str(kept.get("goal", "")) or (item.requirement if item else ""),
        measure=case.plan_text or "",
        rectify_kind=_kind(case, kept, told, around),
        lead=str(kept.get("lead", "")) or unit.leader_name or unit.head_name or "",
        responsible_unit=str(kept.get("responsible_unit", "")) or unit.name,
        joint_units=str(kept.get("joint_units", "")),
        responsible=(plan.owner if plan else "")
        or told.owner
        or str(kept.get("responsible", ""))
        or unit.liaison_name
        or "",
        due_on=case.due_on,
        progress=told.progress or str(kept.get("progress", "")),
        completion=_completion(case),
        evidence="、".join(around.evidence.get(case.id, ())) or str(kept.get("evidence", "")),
        verifier=_name(desk, around, case.verified_by)
        or (plan.verifier_unit if plan else "")
        or str(kept.get("verifier", "")),
        verdict=told.verdict or str(kept.get("verdict", "")),
        closure=CLOSURE_WORDS.get(case.state, "未销号"),
        closed_on=case.closed_on,
        extensions=_extensions(case, around),
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
