"""Calling a campaign off (取消批次) before it opens: its visits and papers end, and nobody is burdened by it."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.inspection.droppingvisits import drop_visit
from casework.inspection.milestones import end_milestones
from casework.inspection.scopechanges import withdraw_scope_change
from casework.moves import move
from casework.staff.people import require_role
from core.errors import InvalidInput
from core.life.campaignlife import ScopeState
from core.life.lives import CAMPAIGN_MOVES, CampaignAct
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign, Visit
from models.organisation import Unit
from models.plan import ScopeChange


def call_off_campaign(desk: Desk, code: str, reason: str) -> Campaign:
    """Call a campaign off that has not opened, by a director with a reason; its code is not used again.

    raises   IllegalMove for one that is under way: that is closed, when its cases are settled
    """
    require_role(desk, ("director",), "取消督察批次")
    if not reason.strip():
        raise InvalidInput("取消批次须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "取消批次的理由")
    campaign = find_campaign(desk, code)
    move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.CALL_OFF, subject="campaign", thing="督察批次",
         detail={"reason": reason})  # fmt: skip
    desk.session.add(campaign)
    desk.session.flush()
    for change in _waiting_changes(desk, campaign):
        withdraw_scope_change(desk, code, "批次取消", change.number)
    visits = select(Visit, Unit).join(Unit, col(Unit.id) == col(Visit.unit_id))
    for visit, unit in desk.session.exec(visits.where(col(Visit.campaign_id) == campaign.id)).all():
        drop_visit(desk, campaign, visit, unit, f"批次取消：{reason}")
    end_milestones(desk, campaign, "批次取消")
    return campaign


def _waiting_changes(desk: Desk, campaign: Campaign) -> list[ScopeChange]:
    query = select(ScopeChange).where(
        col(ScopeChange.campaign_id) == key_of(campaign), col(ScopeChange.state) == ScopeState.REQUESTED.value
    )
    return list(desk.session.exec(query))
