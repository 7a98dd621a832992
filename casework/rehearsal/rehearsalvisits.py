"""The visits of a rehearsal: each ends on its planned day, with the weightiest items of its checklist failed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.checklists import store_rows
from casework.inspection.visits import team_of
from casework.lights.climbing import rules_of
from casework.staff.people import split
from core.codes import CheckResult, UnitOpinion
from core.rulebook import Item, Rulebook
from delivery.sheets.checklist_return import ChecklistRow
from models.base import key_of
from models.campaign import Campaign, Finding, Visit

FACTS = "（预演样例，并非事实）"


def return_workbooks(desk: Desk, code: str, findings: int) -> int:
    """Bring in the workbooks of all visits that are over and whose units nobody has checked; return how many."""
    campaign = find_campaign(desk, code)
    rules = rules_of(desk, key_of(campaign))
    visits = _unchecked(desk, campaign)
    for visit in visits:
        team = team_of(desk, visit)
        inspector = team[0].code if team else ""
        failed = {item.id for item in heaviest(rules, split(visit.items), findings)}
        rows = [
            _row(number, item, inspector, visit, failed=item.id in failed)
            for number, item in enumerate(_items(rules, split(visit.items)), 2)
        ]
        papers = store_rows(desk, visit, rows)
        visit.workbook_returned_on = desk.today
        desk.session.add(visit)
        desk.record("visit", key_of(visit), "return_workbook", unit_id=visit.unit_id, papers=papers)
    return len(visits)


def _unchecked(desk: Desk, campaign: Campaign) -> list[Visit]:
    """Return the visits that are over, came back with nothing, and whose units have no problem yet."""
    known = select(Finding.unit_id).where(col(Finding.campaign_id) == campaign.id)
    query = (
        select(Visit)
        .where(
            col(Visit.campaign_id) == campaign.id,
            col(Visit.to_on) <= desk.today,
            col(Visit.workbook_returned_on).is_(None),
            col(Visit.unit_id).not_in(known),
        )
        .order_by(col(Visit.id))
    )
    return list(desk.session.exec(query))


def heaviest(rules: Rulebook, ids: Sequence[str], count: int) -> list[Item]:
    """Return the items of highest weight, at most `count`; equal ones in the order of the catalogue."""
    return sorted(_items(rules, ids), key=lambda item: -item.weight)[:count]


def _items(rules: Rulebook, ids: Sequence[str]) -> list[Item]:
    wanted = set(ids)
    return [item for catalog in rules.catalogs.values() for item in catalog.items if item.id in wanted]


def _row(number: int, item: Item, inspector: str, visit: Visit, *, failed: bool) -> ChecklistRow:
    problem = (item.typical_problems[0] if item.typical_problems else item.title) if failed else ""
    return ChecklistRow(
        item=item.id,
        result=CheckResult.FAILED if failed else CheckResult.PASSED,
        problem=problem,
        facts=FACTS if failed else "",
        severity=item.severity if failed else None,
        evidence=(),
        checked_on=visit.to_on,
        inspector=inspector,
        opinion=UnitOpinion.CONFIRMED if failed else None,
        opinion_note="",
        row=number,
        is_extra=False,
    )
