"""Campaigns: plan, approve, open (freeze rules, announce), close."""

from __future__ import annotations

import json
from pathlib import Path

from sqlmodel import col, select

from casework.announcing import announce
from casework.choosing import chosen_items, items_by_catalog
from casework.desk import Desk
from casework.evidence import keep_file
from casework.library import freeze_current
from casework.moves import move
from casework.people import require_other, require_role, split
from casework.visits import drop_visits, other_visits, store_visits, team_of
from core.campaignplan import CampaignPlan, UnitChoice, notice_rule, read_plan
from core.codes import CampaignKind
from core.errors import InvalidInput, NotFound, Refused
from core.lives import CAMPAIGN_MOVES, CampaignAct, CampaignState
from core.planning import InspectorFact, ItemFact, PlanRequest, UnitFact, plan_visits
from core.rulebook import Item, freeze, sha256
from core.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Campaign, Visit
from models.organisation import Person, Unit
from models.rectification import Rectification


def plan_campaign(desk: Desk, path: Path) -> Campaign:
    """Plan a campaign from its file: visits with dates and teams; a plan that is not approved yet is replaced.

    raises   InvalidRuleFile for the file, InvalidInput when units, items or teams do not work out
    """
    require_role(desk, ("officer", "director", "leader"), "编制督察批次")
    text = _read(path)
    refuse_state_secrets(text, path.name)
    plan = read_plan(text, path.name)
    notice_rule(plan, plan.line, desk.rules, desk.office.code)
    items = chosen_items(desk.rules, plan)
    units = _chosen_units(desk, plan)
    visits = plan_visits(_request(desk, plan, units, items))
    campaign = _store_campaign(desk, plan)
    store_visits(desk, campaign, plan, visits, units)
    assert campaign.id is not None
    desk.record("campaign", campaign.id, "plan", to_state=campaign.state, code=plan.code, visits=len(visits))
    return campaign


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "批次文件的编码不正确",
            found=f"{path.name}：第{error.start + 1}个字节不是 UTF-8",
            expected="UTF-8 编码的 YAML 文件",
            remedy="用编辑器另存为 UTF-8 后重试",
        ) from error


def approve_campaign(desk: Desk, code: str, file: Path | None) -> Campaign:
    """Approve the plan of a campaign with its scanned 督察方案; the approver is not the planner."""
    require_role(desk, ("director",), "批准督察方案")
    campaign = find_campaign(desk, code)
    require_other(desk, campaign.planned_by, "批准")
    move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.APPROVE, subject="campaign", thing="督察批次")
    if file is None:
        raise InvalidInput(
            "批准督察批次须附督察方案",
            found="没有文件",
            expected="经签批的督察方案扫描件",
            remedy="加上 --file 文件",
        )
    assert campaign.id is not None
    campaign.scheme_sha256 = keep_file(desk, "campaign", campaign.id, "approve", file).sha256
    campaign.approved_by, campaign.approved_on = desk.actor.code, desk.today
    desk.session.add(campaign)
    return campaign


def open_campaign(desk: Desk, code: str) -> Campaign:
    """Open an approved campaign: freeze its rules, draft one 督察通知 per unit, queue the inspectors' tasks."""
    require_role(desk, ("officer", "director"), "启动督察批次")
    campaign = find_campaign(desk, code)
    plan = plan_of(campaign)
    catalogs = items_by_catalog(desk.rules, plan)
    digest = freeze_current(desk.session, desk.rules, catalogs, desk.now)  # an open campaign has its rules
    move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.OPEN, subject="campaign", thing="督察批次")
    campaign.rules_sha256 = digest
    campaign.opened_on = desk.today
    desk.session.add(campaign)
    desk.session.flush()
    announce(desk, campaign, tells_units=campaign.kind != CampaignKind.UNANNOUNCED)
    return campaign


def close_campaign(desk: Desk, code: str) -> Campaign:
    """Close a campaign whose cases are all settled; raise Refused naming those that are not."""
    require_role(desk, ("director",), "办结督察批次")
    campaign = find_campaign(desk, code)
    running = desk.session.exec(
        select(Rectification.id).where(
            col(Rectification.campaign_id) == campaign.id,
            col(Rectification.state).not_in(("closed", "look_back", "archived", "withdrawn")),
        )
    ).all()
    if running:
        raise Refused(
            "督察批次尚有未销号的整改事项",
            found=f"{len(running)}件",
            expected="全部销号、归档或撤销",
            remedy=f"运行 ducha case list --campaign {code} 查看",
        )
    move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.CLOSE, subject="campaign", thing="督察批次")
    campaign.closed_on = desk.today
    desk.session.add(campaign)
    return campaign


def find_campaign(desk: Desk, code: str) -> Campaign:
    """Return a campaign by its code; raise NotFound."""
    row = desk.session.exec(
        select(Campaign).where(col(Campaign.office_id) == desk.office_id, col(Campaign.code) == code)
    ).first()
    if row is None:
        raise NotFound(
            "没有这个督察批次",
            found=code,
            expected="已编制的批次编码",
            remedy="先运行 ducha campaign plan 文件",
        )
    return row


def plan_of(campaign: Campaign) -> CampaignPlan:
    """Return the stored plan of a campaign."""
    return CampaignPlan.model_validate(json.loads(campaign.plan))


def describe_campaign(desk: Desk, campaign: Campaign) -> dict[str, object]:
    """Return the campaign with its visits as outside programs read it."""
    visits = []
    for visit, unit in desk.session.exec(
        select(Visit, Unit)
        .where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == col(Unit.id))
        .order_by(col(Visit.from_on), col(Unit.code))
    ):
        visits.append(
            {
                "id": visit.id,
                "unit": unit.code,
                "from": visit.from_on.isoformat(),
                "to": visit.to_on.isoformat(),
                "place": visit.place,
                "team": [person.code for person in team_of(desk, visit)],
                "items": list(split(visit.items)),
                "reasons": visit.reasons.splitlines(),
            }
        )
    return {
        "code": campaign.code,
        "title": campaign.title,
        "state": campaign.state,
        "visits": visits,
        "rules_sha256": campaign.rules_sha256 or _present_hash(desk, campaign),
    }


def _present_hash(desk: Desk, campaign: Campaign) -> str:
    """Return the hash under which the rules would freeze if the campaign opened now."""
    return sha256(freeze(desk.rules, items_by_catalog(desk.rules, plan_of(campaign))))


def _chosen_units(desk: Desk, plan: CampaignPlan) -> list[Unit]:
    units = desk.session.exec(
        select(Unit).where(col(Unit.office_id) == desk.office_id).order_by(col(Unit.code))
    ).all()
    if isinstance(plan.units, UnitChoice):
        kinds = set(plan.units.select["类别"])
        chosen = [unit for unit in units if kinds & set(split(unit.kinds))]
    else:
        by_code = {unit.code: unit for unit in units}
        unknown = [code for code in plan.units if code not in by_code]
        if unknown:
            raise NotFound(
                "没有这些单位",
                found="、".join(unknown),
                expected="已导入的单位编码",
                remedy="先运行 ducha import units 文件",
            )
        chosen = [by_code[code] for code in plan.units]
    if not chosen:
        raise InvalidInput(
            "没有选中任何单位", found=str(plan.units), expected="至少一个单位", remedy="改正批次文件的 units"
        )
    return chosen


def _request(desk: Desk, plan: CampaignPlan, units: list[Unit], items: tuple[Item, ...]) -> PlanRequest:
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    engaged = other_visits(desk, plan.code, plan.period.from_on.year)
    return PlanRequest(
        units=tuple(UnitFact(u.code, u.name, frozenset(split(u.kinds)), u.parent_code) for u in units),
        items=tuple(ItemFact(i.id, frozenset(i.applies_to), frozenset(i.specialties)) for i in items),
        inspectors=tuple(
            InspectorFact(
                p.code,
                p.unit_code or "",
                frozenset(split(p.former_units)),
                frozenset(split(p.specialties)),
                frozenset(split(p.roles)),
                load=len(engaged.get(key_of(p), ())),
                busy=frozenset(day for span in engaged.get(key_of(p), ()) for day in span),
            )
            for p in people
        ),
        period_from=plan.period.from_on,
        period_to=plan.period.to_on,
        team_size=plan.team.size,
        need_leader=plan.team.leader is not None,
        at_least=plan.team.at_least,
        seed=plan.team.seed,
        calendar=desk.calendar,
        former_years=plan.team.recuse.former_years,
        visit_workdays=plan.visit_workdays,
    )


def _store_campaign(desk: Desk, plan: CampaignPlan) -> Campaign:
    row = desk.session.exec(
        select(Campaign).where(col(Campaign.office_id) == desk.office_id, col(Campaign.code) == plan.code)
    ).first()
    if row is not None and row.state != CampaignState.PLANNED:
        raise Refused(
            "督察批次已经批准，不能重新编制",
            found=f"{plan.code} 状态 {row.state}",
            expected="状态 planned",
            remedy="改用新的批次编码，或按程序变更范围",
        )
    fresh = Campaign(
        office_id=desk.office_id,
        code=plan.code,
        title=plan.title,
        kind=plan.kind.value,
        line=plan.line.value,
        state=CampaignState.PLANNED.value,
        plan=canonical_json(plan.model_dump(mode="json", by_alias=True)),
        period_from=plan.period.from_on,
        period_to=plan.period.to_on,
        planned_by=desk.actor.code,
        planned_on=desk.today,
    )
    if row is None:
        row = fresh
    else:
        drop_visits(desk, row)
        row.sqlmodel_update(fresh.model_dump(exclude={"id", "state"}))
    desk.session.add(row)
    desk.session.flush()
    return row
