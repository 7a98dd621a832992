"""Campaigns: plan, approve, open (freeze rules, announce), close."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.announcing import announce, visits_of
from casework.inspection.burden import require_reason, warnings_of
from casework.inspection.campaignrows import campaign_rules, find_campaign, kind_rule, plan_of, planners_of
from casework.inspection.campaignunits import (
    chosen_units,
    filled_plan,
    keep_originals,
    monthly_key,
    refuse_twice_a_month,
)
from casework.inspection.campaignview import describe_campaign
from casework.inspection.choosing import chosen_items, items_by_catalog
from casework.inspection.inquiries import open_lists
from casework.inspection.milestones import refresh_milestones, set_milestones
from casework.inspection.occurrencerows import settle_occurrence
from casework.inspection.references import check_reference, keep_reference, require_reference
from casework.inspection.visits import drop_visits, store_visits
from casework.moves import move
from casework.rectification.evidence import keep_file
from casework.rulesets.library import freeze_current
from casework.staff.people import require_other, require_role
from casework.staff.poolwatch import ask_at_opening, require_declarations
from casework.staff.staffing import staffing_request
from core.campaign.campaignkinds import too_short
from core.campaign.campaignplan import CampaignPlan, notice_rule, read_plan
from core.errors import InvalidInput, Refused
from core.life.lives import CAMPAIGN_MOVES, CampaignAct, CampaignState
from core.rulebook import Rulebook
from core.rulebook.campaigns import KindRule
from core.staffing.planning import VisitPlan, plan_visits
from core.text.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Campaign
from models.organisation import Unit
from models.rectification import Rectification

__all__ = [
    "approve_campaign",
    "close_campaign",
    "describe_campaign",
    "find_campaign",
    "open_campaign",
    "plan_campaign",
    "plan_of",
    "planned_visits",
    "store_plan",
]


def plan_campaign(desk: Desk, path: Path) -> Campaign:
    """Plan a campaign from its file: visits with dates and teams; a plan that is not approved yet is replaced.

    raises   InvalidRuleFile for the file, InvalidInput when units, items or teams do not work out
    """
    require_role(desk, ("officer", "director", "leader"), "编制督察批次")
    text = _read(path)
    refuse_state_secrets(text, path.name)
    return store_plan(desk, read_plan(text, path.name, campaign_rules(desk)))


def store_plan(desk: Desk, plan: CampaignPlan) -> Campaign:
    """Plan a campaign from values that fit its kind; what planning warns of is in the audit."""
    kind = kind_rule(desk, plan.kind)
    check_plan(desk, plan, kind)
    plan = filled_plan(desk, plan, kind)
    units = chosen_units(desk, plan)
    refuse_twice_a_month(desk, plan, kind, units)
    visits = planned_visits(desk, plan, units)
    campaign = _store_campaign(desk, plan, kind)
    store_visits(desk, campaign, plan, visits, units, monthly=monthly_key(plan, kind))
    keep_reference(desk, campaign, plan)
    keep_originals(desk, campaign, plan, kind)
    set_milestones(desk, campaign)
    warned = [one.text for one in warnings_of(desk, campaign)]
    desk.record(
        "campaign",
        key_of(campaign),
        "plan",
        to_state=campaign.state,
        code=plan.code,
        visits=len(visits),
        warned=warned,
    )
    return campaign


def check_plan(desk: Desk, plan: CampaignPlan, kind: KindRule) -> None:
    """Raise when the notice, the exception or the length of a plan does not do for its kind."""
    notice_rule(plan, plan.line, desk.rules, desk.office.code)
    check_reference(desk, plan)
    short = too_short(plan, kind, desk.calendar)
    if short:
        raise InvalidInput(
            f"{kind.name}的督察期间太短",
            found=short,
            expected=f"至少{kind.min_period_workdays}个工作日",
            remedy="改正批次文件的 period",
        )


def planned_visits(
    desk: Desk,
    plan: CampaignPlan,
    units: list[Unit],
    *,
    beside: bool = False,
    rules: Rulebook | None = None,
) -> tuple[VisitPlan, ...]:
    """Return a visit for each unit with its days, team and items.

    beside   other visits of this campaign stay, and whoever is on them is not free
    rules    whose items are meant; the current ones when not given
    raises   InvalidInput when units, items or teams do not work out
    """
    return plan_visits(
        staffing_request(desk, plan, units, chosen_items(rules or desk.rules, plan), beside=beside)
    )


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


APPROVERS = ("director",)


def may_approve(desk: Desk, campaign: Campaign) -> bool:
    """Tell whether the plan of a campaign waits for a decision that the actor may take: who planned may not."""
    waits = campaign.state == CampaignState.PLANNED and not desk.actor.roles.isdisjoint(APPROVERS)
    return waits and desk.actor.code not in planners_of(desk, campaign)


def approve_campaign(desk: Desk, code: str, file: Path | None) -> Campaign:
    """Approve the plan of a campaign with its scanned 督察方案; the approver planned no part of it."""
    require_role(desk, APPROVERS, "批准督察方案")
    campaign = find_campaign(desk, code)
    for planner in planners_of(desk, campaign):
        require_other(desk, planner, "批准")
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
    refresh_milestones(desk, campaign)
    return campaign


def open_campaign(desk: Desk, code: str, reason: str = "") -> Campaign:
    """Open an approved campaign: freeze its rules, draft one 督察通知 per unit, queue the inspectors' tasks.

    reason   why it goes on in spite of what `warnings_of` says; it is kept beside the warnings in the audit
    raises   Refused where the office's rules want a plan entry or a reason that is not there
    """
    require_role(desk, ("officer", "director"), "启动督察批次")
    refuse_state_secrets(reason, "启动理由")
    campaign = find_campaign(desk, code)
    require_reference(desk, campaign)
    require_declarations(desk, campaign)
    plan, warned = plan_of(campaign), warnings_of(desk, campaign)
    require_reason(desk, warned, reason)
    catalogs = items_by_catalog(desk.rules, plan)
    digest = freeze_current(desk.session, desk.rules, catalogs, desk.now)  # an open campaign has its rules
    said = {"warned": [one.text for one in warned], "reason": reason}
    move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.OPEN, subject="campaign", thing="督察批次", detail=said)
    campaign.rules_sha256 = digest
    campaign.opened_on = desk.today
    desk.session.add(campaign)
    desk.session.flush()
    visits = visits_of(desk, campaign)
    announce(desk, campaign, visits)
    open_lists(desk, campaign, visits)
    ask_at_opening(desk, campaign)
    refresh_milestones(desk, campaign)
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
    settle_occurrence(desk, campaign)
    refresh_milestones(desk, campaign)
    return campaign


def _store_campaign(desk: Desk, plan: CampaignPlan, kind: KindRule) -> Campaign:
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
        hidden=kind.hidden_from_unit,
    )
    if row is None:
        row = fresh
    else:
        drop_visits(desk, row)
        # Whoever planned first goes on seeing it; everybody else who planned stands in the audit.
        row.sqlmodel_update(fresh.model_dump(exclude={"id", "state", "planned_by", "planned_on"}))
    desk.session.add(row)
    desk.session.flush()
    return row
