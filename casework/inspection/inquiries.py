"""What is asked of a unit: self-reports, papers to hand over, people to talk to, questionnaires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import campaign_rules, find_campaign, kind_rule, plan_of
from casework.moves import take
from casework.staff.people import require_role
from casework.tasks import finish_for
from core.campaign.campaignparts import AskedItem
from core.campaign.campaignplan import CampaignPlan
from core.campaign.milestones import day_of
from core.errors import InvalidInput, NotFound, Refused
from core.life.campaignlife import ASKED_LABELS, INQUIRY, InquiryAct, InquiryState
from core.life.lives import CampaignState
from core.rulebook.campaigns import AskRule
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign, Visit
from models.inquiry import Inquiry, InquiryItem, InquiryReturn
from models.organisation import Unit

OPEN = (InquiryState.ASKED.value, InquiryState.PARTLY.value)
SELF_REPORT = "self_report"


def open_lists(desk: Desk, campaign: Campaign, visits: Sequence[Visit]) -> int:
    """Ask of every unit what its kind of campaign asks when it opens, and what the plan names; return how many lists.

    A campaign of which the unit may not know asks for nothing.
    """
    if campaign.hidden:
        return 0
    plan = plan_of(campaign)
    count = 0
    for ask in campaign_rules(desk).asks_of(kind_rule(desk, campaign.kind)):
        named = {"interviews": plan.interviews, "questionnaire": plan.questionnaires}.get(ask.code, ())
        if ask.opens != "opening" and not named:
            continue
        for visit in visits:
            if ask.code == SELF_REPORT and visit.self_report_due_on is None:
                continue
            _open(desk, campaign, visit, ask, items_of(plan, ask.code) or (AskedItem(asked=ask.name),), None)
            count += 1
    return count


def ask_units(
    desk: Desk,
    code: str,
    kind: str,
    *,
    unit: str | None = None,
    items: Sequence[AskedItem] = (),
    due_on: date | None = None,
) -> list[Inquiry]:
    """Ask one unit of a campaign, or all, for a list of things; without items those of the plan.

    raises   Refused for a campaign that is not open, or of which the unit may not know before the team is there
    """
    require_role(desk, ("officer", "leader", "inspector", "director"), "提出清单")
    campaign = find_campaign(desk, code)
    if campaign.state != CampaignState.OPEN:
        raise Refused(
            "只有进行中的批次可以向单位提出清单",
            found=f"{code} 状态 {campaign.state}",
            expected="状态 open",
            remedy=f"先运行 ducha campaign open {code}",
        )
    ask = _ask_rule(desk, campaign, kind)
    wanted = tuple(items) or items_of(plan_of(campaign), kind)
    if not wanted:
        raise InvalidInput(
            f"{ask.name}没有内容",
            found="督察方案和 --item 都没有写",
            expected="至少一项",
            remedy="加上 --item 内容，可重复；需要几份的写 内容=3",
        )
    refuse_state_secrets("\n".join(one.asked for one in wanted), ask.name)
    visits = _visits(desk, campaign, unit)
    for visit in visits:
        _refuse_untimely(desk, campaign, visit)
    return [_open(desk, campaign, visit, ask, wanted, due_on) for visit in visits]


def items_of(plan: CampaignPlan, kind: str) -> tuple[AskedItem, ...]:
    """Return what a plan asks for under a kind of list."""
    if kind == "materials":
        return tuple(AskedItem(asked=text.rstrip("；。")) for text in plan.materials)
    return {"interviews": plan.interviews, "questionnaire": plan.questionnaires}.get(kind, ())


def _ask_rule(desk: Desk, campaign: Campaign, kind: str) -> AskRule:
    rules = campaign_rules(desk).asks_of(kind_rule(desk, campaign.kind))
    asks: dict[str, AskRule] = {rule.code: rule for rule in rules}
    ask = asks.get(kind)
    if ask is None:
        raise InvalidInput(
            "这种督察方式不向单位提出这种清单",
            found=ASKED_LABELS.get(kind, kind),
            expected="、".join(f"{code}（{one.name}）" for code, one in asks.items()) or "无",
            remedy="改用其中一种，或在督察方式文件的 asks 中补充",
        )
    return ask


def _refuse_untimely(desk: Desk, campaign: Campaign, visit: Visit) -> None:
    if campaign.hidden and desk.today < visit.from_on:
        raise Refused(
            "暗访进驻前不得向单位提出任何要求",
            found=f"{desk.today}，进驻日为{visit.from_on}",
            expected=f"{visit.from_on}以后",
            remedy="到场亮明身份后再提出",
        )


def _open(
    desk: Desk,
    campaign: Campaign,
    visit: Visit,
    ask: AskRule,
    items: Sequence[AskedItem],
    due_on: date | None,
) -> Inquiry:
    due = due_on or _due_day(desk, campaign, visit, ask)
    earlier = select(Inquiry.id).where(
        col(Inquiry.campaign_id) == campaign.id,
        col(Inquiry.unit_id) == visit.unit_id,
        col(Inquiry.kind) == ask.code,
    )
    row = Inquiry(
        office_id=desk.office_id,
        campaign_id=key_of(campaign),
        visit_id=visit.id,
        unit_id=visit.unit_id,
        kind=ask.code,
        number=len(desk.session.exec(earlier).all()) + 1,
        title=ask.name,
        state=INQUIRY.start.value,
        asked_on=desk.today,
        asked_by=desk.actor.code,
        due_on=due,
        due_provisional=desk.calendar.is_provisional(desk.today, due),
    )
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(
        InquiryItem(inquiry_id=key_of(row), position=place, asked=one.asked, count=one.count)
        for place, one in enumerate(items, 1)
    )
    desk.session.flush()
    desk.record(
        "request_list", key_of(row), "open",
        unit_id=row.unit_id, to_state=row.state, kind=ask.code, due_on=due,
    )  # fmt: skip
    return row


def _due_day(desk: Desk, campaign: Campaign, visit: Visit, ask: AskRule) -> date:
    """Return the day a list is due: as its rule says, but not before the next working day; a self-report as planned."""
    if ask.code == SELF_REPORT and visit.self_report_due_on is not None:
        return visit.self_report_due_on
    anchors = {
        "opened": campaign.opened_on or desk.today,
        "period_from": campaign.period_from,
        "period_to": campaign.period_to,
        "visit_from": visit.from_on,
        "visit_to": visit.to_on,
    }
    day = day_of(ask, anchors, desk.calendar)
    return max(day or desk.today, desk.calendar.after(desk.today, 1))


def withdraw_list(desk: Desk, inquiry_id: int, reason: str) -> Inquiry:
    """Take back a list that is not needed; raise InvalidInput without a reason."""
    row = find_list(desk, inquiry_id)
    if not reason.strip():
        raise InvalidInput("撤回清单须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "撤回理由")
    take(desk, row, INQUIRY, InquiryAct.WITHDRAW, unit_id=row.unit_id, detail={"reason": reason})
    desk.session.add(row)
    finish_for(desk, late_key(row), reason)
    desk.session.flush()
    return row


def find_list(desk: Desk, inquiry_id: int) -> Inquiry:
    """Return a list by its number; another unit's is as if it were not there."""
    row = desk.session.get(Inquiry, inquiry_id)
    unit = desk.session.get_one(Unit, row.unit_id) if row is not None else None
    mine = unit is not None and (not desk.actor.speaks_for_unit or unit.code == desk.actor.unit_code)
    if row is None or row.office_id != desk.office_id or not mine:
        raise NotFound(
            "没有这份清单", found=str(inquiry_id), expected="清单编号", remedy="运行 ducha inquiry list 查看"
        )
    return row


def returned_of(desk: Desk, row: Inquiry) -> list[tuple[InquiryItem, int]]:
    """Return the things of a list with how many of each came back, in order."""
    items = desk.session.exec(
        select(InquiryItem).where(col(InquiryItem.inquiry_id) == row.id).order_by(col(InquiryItem.position))
    ).all()
    returns = desk.session.exec(
        select(InquiryReturn).where(col(InquiryReturn.item_id).in_([key_of(item) for item in items]))
    ).all()
    return [(item, sum(one.count for one in returns if one.item_id == item.id)) for item in items]


def late_key(row: Inquiry) -> str:
    """Return the cause of the task that a late list opens."""
    return f"inquiry:{row.id}:late"


def _visits(desk: Desk, campaign: Campaign, unit: str | None) -> list[Visit]:
    query = (
        select(Visit, Unit.code)
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .where(col(Visit.campaign_id) == campaign.id)
        .order_by(col(Unit.code))
    )
    visits = [visit for visit, code in desk.session.exec(query) if unit in (None, code)]
    if not visits:
        raise NotFound(
            "该批次不督察这个单位",
            found=unit or campaign.code,
            expected=f"{campaign.code} 的单位",
            remedy="检查单位编码",
        )
    return visits
