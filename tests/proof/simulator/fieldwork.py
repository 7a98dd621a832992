"""The campaigns of a simulation, from the plan to the notices: the next step follows from what is in the database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import approve_campaign, close_campaign, open_campaign, plan_campaign
from casework.inspection.checklists import store_rows
from casework.inspection.findings import confirm_findings
from casework.inspection.visits import team_of
from casework.lights.climbing import rules_of
from casework.paperwork.notices import draft_notices
from casework.staff.people import split
from core.codes import CheckResult, Severity, UnitOpinion
from core.rulebook import Item
from delivery.sheets.checklist_return import ChecklistRow
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from tests.proof.simulator.county import DIRECTOR, OFFICER, REVIEWER, SECOND, Round
from tests.proof.simulator.office import SimulatedOffice
from tests.proof.simulator.people import Deed

SEVERITIES = (Severity.MINOR,) * 4 + (Severity.MAJOR,) * 4 + (Severity.GRAVE,) * 2
FAILED = 0.5


def field_deeds(office: SimulatedOffice, desk: Desk, rounds: list[Round]) -> Iterator[Deed]:
    """Yield the next step of every campaign."""
    proof = office.folder / "proof.pdf"
    known = {row.code: row for row in desk.session.exec(select(Campaign))}
    for one in rounds:
        begin = desk.calendar.after(one.first, -5)
        row = known.get(one.code)
        if row is None and begin <= desk.today:
            path = office.folder / f"{one.code}.yaml"
            path.write_text(one.text(), encoding="utf-8")
            yield Deed(OFFICER, "plan campaign", lambda d, p=path: plan_campaign(d, p))
        elif row is not None and row.state == "planned":
            yield Deed(DIRECTOR, "approve campaign", lambda d, c=one.code: approve_campaign(d, c, proof))
        elif row is not None and row.state == "approved":
            yield Deed(SECOND, "open campaign", lambda d, c=one.code: open_campaign(d, c))
        elif row is not None and row.state == "open":
            yield from _open_deeds(office, desk, row)


def _open_deeds(office: SimulatedOffice, desk: Desk, campaign: Campaign) -> Iterator[Deed]:
    code = campaign.code
    visits = select(Visit.id).where(
        col(Visit.campaign_id) == campaign.id,
        col(Visit.to_on) <= desk.today,
        col(Visit.workbook_returned_on).is_(None),
    )
    for number in desk.session.exec(visits.order_by(col(Visit.id))):
        yield Deed(SECOND, "return checklist", partial(_return, office.plan.seed, number or 0))
    states = select(Finding.code, Finding.state).where(col(Finding.campaign_id) == campaign.id)
    found = list(desk.session.exec(states.order_by(col(Finding.code))))
    papers = [code for code, state in found if state == "paper"]
    if papers and office.dice.random() < 0.4:
        yield Deed(REVIEWER, "confirm", lambda d: confirm_findings(d, papers))
    if any(state == "confirmed" for _code, state in found) and office.dice.random() < 0.4:
        yield Deed(OFFICER, "draft notices", lambda d: draft_notices(d, code))
    if (desk.today - campaign.period_to).days > 100 and office.dice.random() < 0.1:
        yield Deed(DIRECTOR, "close campaign", lambda d: close_campaign(d, code))


def _return(seed: int, number: int, desk: Desk) -> None:
    """Bring in the checklist of a visit that is over."""
    visit = desk.session.get_one(Visit, number)
    dice = Random(f"{seed}/visit/{number}")
    wanted = set(split(visit.items))
    rules = rules_of(desk, visit.campaign_id)
    items = [item for catalog in rules.catalogs.values() for item in catalog.items if item.id in wanted]
    inspector = team_of(desk, visit)[0].code
    rows = [_row(dice, at, item, inspector, visit) for at, item in enumerate(items, 2)]
    papers = store_rows(desk, visit, rows)
    visit.workbook_returned_on = desk.today
    desk.session.add(visit)
    desk.record("visit", key_of(visit), "return_workbook", unit_id=visit.unit_id, papers=papers)


def _row(dice: Random, at: int, item: Item, inspector: str, visit: Visit) -> ChecklistRow:
    failed = dice.random() < FAILED
    return ChecklistRow(
        item=item.id, result=CheckResult.FAILED if failed else CheckResult.PASSED,
        problem=item.title if failed else "", facts="",
        severity=dice.choice(SEVERITIES) if failed else None, evidence=(),
        checked_on=visit.to_on, inspector=inspector, opinion=UnitOpinion.CONFIRMED if failed else None,
        opinion_note="", row=at, is_extra=False,
    )  # fmt: skip
