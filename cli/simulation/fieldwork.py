"""The campaigns of a simulated year: planned, approved, opened, visited, confirmed, and closed when all is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import (
    approve_campaign,
    close_campaign,
    find_campaign,
    open_campaign,
    plan_campaign,
)
from casework.inspection.checklists import store_rows
from casework.inspection.findings import confirm_findings, withdraw_finding
from casework.inspection.visits import team_of
from casework.lights.climbing import rules_of
from casework.paperwork.notices import draft_notices
from casework.staff.people import split
from cli.simulation.county import DIRECTOR, OFFICERS, REVIEWERS, unit_codes
from cli.simulation.shape import Shape
from cli.simulation.world import World
from core.codes import CheckResult, Severity, UnitOpinion
from core.life.lives import FindingState
from core.life.rectification import SETTLED
from core.rulebook import Item, Rulebook
from delivery.sheets.checklist_return import ChecklistRow
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from models.organisation import Unit
from models.rectification import Rectification

PARTY, ENFORCEMENT = "fazhi-ducha-46", "zhifa-zhuanxiang-12"
SEVERITIES = (Severity.MINOR,) * 5 + (Severity.MAJOR,) * 4 + (Severity.GRAVE,)


@dataclass(frozen=True, slots=True)
class Round:
    """One campaign of the programme: every fifth is on the enforcement line."""

    code: str
    first: date
    last: date
    enforcement: bool
    units: tuple[str, ...]
    items: tuple[str, ...]


def programme(world: World, rules: Rulebook, year: int) -> list[Round]:
    """Return the campaigns of a year, spread evenly from January to October."""
    shape = world.shape
    step = 290 // shape.campaigns
    rounds = []
    for number in range(shape.campaigns):
        first = world.calendar.after(date(year, 1, 12) + timedelta(number * step), 1)
        enforcement = number % 5 == 4
        catalog = rules.catalog(ENFORCEMENT if enforcement else PARTY)
        items = [item.id for item in catalog.items]
        rounds.append(
            Round(
                f"{year}-{'ZF' if enforcement else 'ZX'}-{number + 1:02}",
                first,
                world.calendar.after(first, 12),
                enforcement,
                tuple(sorted(world.random.sample(_candidates(shape, enforcement), shape.visited))),
                tuple(sorted(world.random.sample(items, min(shape.items, len(items))))),
            )
        )
    return rounds


def _candidates(shape: Shape, enforcement: bool) -> list[str]:
    codes = unit_codes(shape)
    return [code for code in codes if code.startswith("D")] if enforcement else codes


def schedule(world: World, rounds: list[Round]) -> None:
    """Put the campaigns of a year into the diaries."""
    for one in rounds:
        day = world.calendar.after(one.first, -12)
        world.on(day, OFFICERS[0], "编制方案", partial(_plan, world, one))


def _plan(world: World, one: Round, desk: Desk) -> None:
    path = world.folder / f"{one.code}.yaml"
    path.write_text(_text(one), encoding="utf-8")
    plan_campaign(desk, path)
    world.later(1, DIRECTOR, "批准方案", lambda d: approve_campaign(d, one.code, world.proof))
    world.later(2, OFFICERS[1], "启动批次", partial(_open, world, one))


def _text(one: Round) -> str:
    line, catalog = ("enforcement", ENFORCEMENT) if one.enforcement else ("party", PARTY)
    kind = "stationed" if one.enforcement else "special"
    return (
        f'code: "{one.code}"\n'
        f"title: {one.first.year}年{'行政执法监督' if one.enforcement else '专项法治督察'}（{one.code}）\n"
        f"kind: {kind}\nline: {line}\n"
        f"catalogs: [{{key: {catalog}, items: [{', '.join(one.items)}]}}]\n"
        f"period: {{from: {one.first}, to: {one.last}}}\n"
        f"units: [{', '.join(one.units)}]\n"
        f"team: {{size: 2, seed: {one.first:%Y%m%d}}}\n"
    )


def _open(world: World, one: Round, desk: Desk) -> None:
    open_campaign(desk, one.code)
    visits = desk.session.exec(
        select(col(Visit.id), col(Visit.to_on)).where(
            col(Visit.campaign_id) == find_campaign(desk, one.code).id
        )
    )
    for visit_id, to_on in visits:
        world.on(to_on, OFFICERS[1], "交回检查表", partial(_return, world, visit_id or 0))
    world.later(4, OFFICERS[2], "认定问题", partial(_confirm, world, one), since=one.last)


def _return(world: World, visit_id: int, desk: Desk) -> None:
    """Bring in the checklist of a visit that is over."""
    visit = desk.session.get_one(Visit, visit_id)
    rules = rules_of(desk, visit.campaign_id)
    wanted = set(split(visit.items))
    items = [item for catalog in rules.catalogs.values() for item in catalog.items if item.id in wanted]
    inspector = team_of(desk, visit)[0].code
    rows = [_row(world, number, item, inspector, visit) for number, item in enumerate(items, 2)]
    papers = store_rows(desk, visit, rows)
    visit.workbook_returned_on = desk.today
    desk.session.add(visit)
    desk.record("visit", key_of(visit), "return_workbook", unit_id=visit.unit_id, papers=papers)


def _row(world: World, number: int, item: Item, inspector: str, visit: Visit) -> ChecklistRow:
    failed = world.happens(world.shape.failed)
    contested = failed and world.happens(0.05)
    return ChecklistRow(
        item=item.id,
        result=CheckResult.FAILED if failed else CheckResult.PASSED,
        problem=item.typical_problems[0]
        if failed and item.typical_problems
        else item.title
        if failed
        else "",
        facts="",
        severity=world.random.choice(SEVERITIES) if failed else None,
        evidence=(),
        checked_on=visit.to_on,
        inspector=inspector,
        opinion=(UnitOpinion.CONTESTED if contested else UnitOpinion.CONFIRMED) if failed else None,
        opinion_note="与事实不符" if contested else "",
        row=number,
        is_extra=False,
    )


def _confirm(world: World, one: Round, desk: Desk) -> None:
    """Confirm what units admitted; of what they contest, half is kept with a reason and half withdrawn."""
    campaign = find_campaign(desk, one.code)
    papers = desk.session.exec(
        select(Finding.code, Finding.unit_opinion).where(
            col(Finding.campaign_id) == campaign.id, col(Finding.state) == FindingState.PAPER.value
        )
    ).all()
    plain = [code for code, opinion in papers if opinion == UnitOpinion.CONFIRMED]
    confirm_findings(desk, plain)
    for code, opinion in papers:
        if opinion != UnitOpinion.CONFIRMED:
            deed = _keep if world.happens(0.5) else _drop
            world.later(2, REVIEWERS[0], "复核底稿", partial(deed, code))
    world.later(1, OFFICERS[1], "拟制通知书", partial(_notify, one))
    world.later(8, OFFICERS[1], "拟制通知书", partial(_notify, one))
    world.later(200, DIRECTOR, "结束批次", partial(_close, world, one))


def _keep(code: str, desk: Desk) -> None:
    confirm_findings(desk, [code], "经复核，事实清楚，予以认定")


def _drop(code: str, desk: Desk) -> None:
    withdraw_finding(desk, code, "经复核，依据不足")


def _notify(one: Round, desk: Desk) -> None:
    draft_notices(desk, one.code)


def _close(world: World, one: Round, desk: Desk) -> None:
    """Close the campaign once every case is settled; else look again in a month."""
    campaign: Campaign = find_campaign(desk, one.code)
    settled = [state.value for state in SETTLED]
    left = desk.session.exec(
        select(Rectification.id).where(
            col(Rectification.campaign_id) == campaign.id, col(Rectification.state).not_in(settled)
        )
    ).first()
    if left is None:
        close_campaign(desk, one.code)
    else:
        world.later(20, DIRECTOR, "结束批次", partial(_close, world, one))


def unit_code(desk: Desk, unit_id: int) -> str:
    """Return the code of a unit by its key."""
    return desk.session.get_one(Unit, unit_id).code
