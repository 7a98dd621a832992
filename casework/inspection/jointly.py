"""Joint campaigns (同部署、同开展、同反馈、同整改): shared milestones, and findings that each side keeps to itself."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign, plan_of
from casework.staff.people import require_role
from core.campaign.campaignparts import Joint
from core.campaign.visibility import OWN_PEOPLE, sees_finding
from core.errors import NotAllowed, NotFound, Refused
from models.base import key_of
from models.campaign import Campaign, Finding
from models.organisation import Unit


def joint_of(campaign: Campaign) -> Joint | None:
    """Return with whom a campaign is carried out, None for the office alone; imported ones have no plan."""
    return plan_of(campaign).together if campaign.plan != "{}" else None


def list_joint_findings(desk: Desk, code: str) -> list[dict[str, object]]:
    """Return the findings of a joint campaign that the actor may see, by number.

    The partner's contact (role linkage alone) sees those that were shared; people of the office see all of them.
    raises   NotAllowed for a contact of an inspected unit; Refused for a campaign of the office alone
    """
    if desk.actor.speaks_for_unit:
        raise NotAllowed(
            "被督察单位不能查看联合督察的问题",
            found=desk.actor.code,
            expected="督察单位或联合方人员",
            remedy="由督察单位人员操作",
        )
    campaign = find_campaign(desk, code)
    together = _require_joint(campaign)
    query = (
        select(Finding, Unit.code)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .where(col(Finding.campaign_id) == campaign.id)
        .order_by(col(Finding.code))
    )
    return [
        {
            "id": finding.code,
            "unit": unit,
            "item": finding.item,
            "severity": finding.severity,
            "state": finding.state,
            "problem": finding.problem,
            "visibility": "joint" if together.findings == "shared" else finding.visibility,
        }
        for finding, unit in desk.session.exec(query)
        if sees_finding(desk.actor.roles, finding.visibility, together.findings)
    ]


def show_finding_to(desk: Desk, code: str, *, jointly: bool) -> Finding:
    """Share a finding of a joint campaign with the partner, or take it back; by the office's own people."""
    require_role(desk, ("officer", "leader", "director"), "决定联合督察的问题是否共享")
    finding = desk.session.exec(
        select(Finding).where(col(Finding.office_id) == desk.office_id, col(Finding.code) == code)
    ).first()
    if finding is None:
        raise NotFound("没有这个问题", found=code, expected="问题编号", remedy="运行 ducha finding list 查看")
    _require_joint(desk.campaign(finding.campaign_id))
    before, finding.visibility = finding.visibility, "joint" if jointly else "office"
    if finding.visibility != before:
        desk.session.add(finding)
        desk.session.flush()
        desk.record(
            "finding",
            key_of(finding),
            "share" if jointly else "unshare",
            unit_id=finding.unit_id,
            before=before,
        )
    return finding


def hides_finding(desk: Desk, finding: Finding) -> bool:
    """Tell whether a finding is none of the actor's business: the partner's contact sees shared ones alone."""
    if not desk.actor.roles or desk.actor.speaks_for_unit or desk.actor.roles & OWN_PEOPLE:
        return False
    together = joint_of(desk.campaign(finding.campaign_id))
    return not sees_finding(desk.actor.roles, finding.visibility, together.findings if together else "none")


def _require_joint(campaign: Campaign) -> Joint:
    together = joint_of(campaign)
    if together is None:
        raise Refused(
            "这个批次不是联合督察",
            found=campaign.code,
            expected="督察方案写明 joint 的批次",
            remedy="在督察方案中写明 joint: {with: 巡察}",
        )
    return together
