"""Taking a stored plan back into the steps, and storing it again without undoing what somebody else did meanwhile."""

from __future__ import annotations

from hashlib import sha256

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from casework.desk import Desk
from casework.history import last_of
from casework.inspection.planvalues import Answers
from casework.sight import campaigns_in_sight, sees_office
from core.errors import Refused
from core.life.lives import CampaignState
from models.base import key_of
from models.campaign import Campaign


def may_revise(desk: Desk, campaign: Campaign) -> bool:
    """Tell whether a stored plan is the actor's to take back: before its approval, by the office or who planned it."""
    return campaign.state == CampaignState.PLANNED and (
        sees_office(desk) or campaign.planned_by == desk.actor.code
    )


def hash_of_plan(campaign: Campaign) -> str:
    """Return the SHA-256 of a plan as it is stored."""
    return sha256(campaign.plan.encode()).hexdigest()


def require_current(desk: Desk, code: str, answers: Answers, *, over: bool) -> None:
    """Raise Refused when storing a draft would undo what somebody else did; the draft stays as it is.

    over     what somebody stored since the plan was taken back may be replaced
    """
    query = _with_code(desk, code)
    campaign = desk.session.exec(query).first()
    if campaign is None:
        return
    if campaign.state != CampaignState.PLANNED:
        raise Refused(
            "督察批次已经办理，不能重新编制",
            found=str(last_of(desk, "campaign", [key_of(campaign)]) or code),
            expected="尚未批准的批次",
            remedy="所填内容仍在“未完成的方案”中；须变更的，在批次页面办理“范围变更”，或改用新的批次编码",
        )
    seen = desk.session.exec(query.where(campaigns_in_sight(desk))).first()
    if "revises" not in answers and (seen is None or not may_revise(desk, campaign)):
        raise Refused(
            "批次编码已被使用", found=code, expected="没有用过的编码", remedy="返回“名称和依据”改用其他编码"
        )
    if not over and _has_changed(campaign, answers):
        raise Refused(
            "取回以后，方案已有变动",
            found=str(last_of(desk, "campaign", [key_of(campaign)]) or code),
            expected="取回时的方案",
            remedy="所填内容都在；核对批次页面的方案后，勾选“仍以本稿代替”再存入",
        )


def is_outdated(desk: Desk, answers: Answers) -> bool:
    """Tell whether the plan from which a draft was taken back was stored anew since, and may still be replaced."""
    if "revises" not in answers:
        return False
    campaign = desk.session.exec(_with_code(desk, answers["revises"][0])).first()
    return (
        campaign is not None and campaign.state == CampaignState.PLANNED and _has_changed(campaign, answers)
    )


def _has_changed(campaign: Campaign, answers: Answers) -> bool:
    return answers.get("was", [""])[0] not in ("", hash_of_plan(campaign))


def _with_code(desk: Desk, code: str) -> SelectOfScalar[Campaign]:
    return select(Campaign).where(col(Campaign.office_id) == desk.office_id, col(Campaign.code) == code)
