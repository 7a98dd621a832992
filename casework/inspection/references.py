"""Why a campaign may take place: its entry in a yearly 督查检查考核计划, or an exception approved by somebody else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign, kind_rule, planners_of, refuse_units
from casework.rectification.evidence import keep_file
from casework.staff.people import find_actor, require_role
from core.campaign.campaignplan import CampaignPlan
from core.errors import InvalidInput, NotAllowed, Refused
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign
from models.plan import AnnualPlan, PlanReference

APPROVER = "director"


def register_annual_plan(
    desk: Desk, year: int, title: str, number: str, items: list[str], file: Path | None = None
) -> AnnualPlan:
    """Register a yearly plan with its entries; the same number is brought up to date.

    raises   InvalidInput without a number or an entry
    """
    require_role(desk, ("officer", "director"), "登记年度计划")
    entries = [one.strip() for one in items if one.strip()]
    if not (number.strip() and title.strip() and entries):
        raise InvalidInput(
            "年度计划须有名称、文号和事项",
            found=f"{title or '无名称'}、{number or '无文号'}、{len(entries)}项",
            expected="名称、文号和至少一项",
            remedy="加上 --title、--number 和 --item",
        )
    refuse_state_secrets("\n".join((title, number, *entries)), "年度计划")
    row = _annual_plan(desk, number.strip()) or AnnualPlan(
        office_id=desk.office_id, year=year, title=title, number=number.strip(), items="x",
        registered_by=desk.actor.code, registered_on=desk.today,
    )  # fmt: skip
    row.year, row.title, row.items = year, title.strip(), "\n".join(dict.fromkeys(entries))
    desk.session.add(row)
    desk.session.flush()
    if file is not None:
        row.sha256 = keep_file(desk, "plan", key_of(row), "register", file).sha256
    desk.record("plan", key_of(row), "register", year=year, number=row.number, items=len(entries))
    return row


def list_annual_plans(desk: Desk) -> list[dict[str, object]]:
    """Return the yearly plans with their entries and the campaigns that stand on each."""
    refuse_units(desk, "查看年度计划")
    plans = desk.session.exec(
        select(AnnualPlan)
        .where(col(AnnualPlan.office_id) == desk.office_id)
        .order_by(col(AnnualPlan.year).desc(), col(AnnualPlan.number))
    ).all()
    query = (
        select(PlanReference, Campaign.code)
        .join(Campaign, col(Campaign.id) == col(PlanReference.campaign_id))
        .where(col(PlanReference.office_id) == desk.office_id)
        .order_by(col(Campaign.code))
    )
    used = list(desk.session.exec(query))
    return [
        {
            "year": plan.year,
            "title": plan.title,
            "number": plan.number,
            "items": [
                {"item": item, "campaigns": [code for ref, code in used if _stands_on(ref, plan, item)]}
                for item in plan.items.splitlines()
            ],
        }
        for plan in plans
    ]


def _stands_on(row: PlanReference, plan: AnnualPlan, item: str) -> bool:
    return row.annual_plan_id == plan.id and row.item == item


def check_reference(desk: Desk, plan: CampaignPlan) -> None:
    """Raise when a plan's exception was not approved by somebody who may, other than the planner."""
    if plan.exception is None:
        return
    approver = find_actor(desk, plan.exception.approved_by)
    if APPROVER not in approver.roles:
        raise NotAllowed(
            "例外开展督察须经有权负责人批准",
            found=f"{approver.code}（{'、'.join(sorted(approver.roles))}）",
            expected=f"角色 {APPROVER}",
            remedy="在 exception.approved_by 写明批准的负责人",
        )
    if approver.code == desk.actor.code:
        raise _own_exception(approver.code)
    if plan.exception.approved_on > desk.today:
        raise InvalidInput(
            "例外的批准日期在将来",
            found=str(plan.exception.approved_on),
            expected=f"不晚于{desk.today}",
            remedy="改正 exception.on",
        )


def keep_reference(desk: Desk, campaign: Campaign, plan: CampaignPlan) -> None:
    """Write what a plan says about why it may take place; a plan that says nothing leaves what was given since."""
    if plan.plan_reference is not None:
        wanted = plan.plan_reference
        _store(desk, campaign, document=wanted.document, number=wanted.number, item=wanted.item)
    elif plan.exception is not None:
        reason = plan.exception
        if reason.approved_by in planners_of(desk, campaign):
            raise _own_exception(reason.approved_by)
        _store(
            desk,
            campaign,
            exception=reason.reason,
            approved_by=reason.approved_by,
            approved_on=reason.approved_on,
        )


def refer_to_plan(
    desk: Desk, code: str, document: str, number: str, item: str, file: Path | None = None
) -> PlanReference:
    """Give a campaign its entry in a yearly plan; raise InvalidInput when a registered plan has no such entry."""
    require_role(desk, ("officer", "director", "leader"), "登记计划依据")
    campaign = find_campaign(desk, code)
    if not (document.strip() and item.strip()):
        raise InvalidInput(
            "计划依据须写明文件和事项",
            found="空",
            expected="文件名称和计划事项",
            remedy="加上 --document 和 --item",
        )
    refuse_state_secrets(f"{document}\n{number}\n{item}", "计划依据")
    known = _annual_plan(desk, number)
    if known is not None and item not in known.items.splitlines():
        raise InvalidInput(
            "已登记的年度计划没有这一项",
            found=item,
            expected="、".join(known.items.splitlines()),
            remedy="改正 --item，或更新年度计划",
        )
    return _store(desk, campaign, file=file, document=document, number=number, item=item)


def approve_exception(desk: Desk, code: str, reason: str, file: Path | None = None) -> PlanReference:
    """Let a campaign take place outside the yearly plan; the approver is a director and planned no part of it."""
    require_role(desk, (APPROVER,), "批准例外开展督察")
    campaign = find_campaign(desk, code)
    if desk.actor.code in planners_of(desk, campaign):
        raise _own_exception(desk.actor.code)
    if not reason.strip():
        raise InvalidInput("例外须写明理由", found="空", expected="一句理由", remedy="加上 --exception 理由")
    refuse_state_secrets(reason, "例外理由")
    return _store(
        desk, campaign, file=file, exception=reason, approved_by=desk.actor.code, approved_on=desk.today,
        given_by=campaign.planned_by,
    )  # fmt: skip


def reference_of(desk: Desk, campaign: Campaign) -> PlanReference | None:
    """Return why a campaign may take place, None while nobody said."""
    return desk.session.get(PlanReference, campaign.id)


def describe_reference(row: PlanReference | None) -> str:
    """Return the reference in one line."""
    if row is None:
        return ""
    if row.exception is not None:
        return f"例外批准（{row.approved_by}，{row.approved_on}）：{row.exception}"
    return f"{row.document}{f'（{row.number}）' if row.number else ''}：{row.item}"


def require_reference(desk: Desk, campaign: Campaign) -> None:
    """Raise Refused where the kind of a campaign may not begin without a plan entry or an approved exception."""
    if kind_rule(desk, campaign.kind).plan_reference != "required" or reference_of(desk, campaign):
        return
    raise Refused(
        "督察批次没有列入年度督查检查考核计划，也没有例外批准",
        found=f"{campaign.code} 没有计划依据",
        expected="年度计划的事项，或经批准的例外",
        remedy=f"运行 ducha plan reference {campaign.code} --document 文件 --item 事项，或由负责人 --exception 理由",
    )


def _own_exception(code: str) -> NotAllowed:
    return NotAllowed(
        "编制人不能批准自己的例外", found=code, expected="另一名负责人", remedy="由另一名负责人批准"
    )


def _annual_plan(desk: Desk, number: str) -> AnnualPlan | None:
    query = select(AnnualPlan).where(
        col(AnnualPlan.office_id) == desk.office_id, col(AnnualPlan.number) == number
    )
    return desk.session.exec(query).first()


def _store(
    desk: Desk,
    campaign: Campaign,
    *,
    file: Path | None = None,
    document: str = "",
    number: str = "",
    item: str | None = None,
    exception: str | None = None,
    approved_by: str | None = None,
    approved_on: date | None = None,
    given_by: str | None = None,
) -> PlanReference:
    known = _annual_plan(desk, number) if number else None
    row = PlanReference(
        campaign_id=key_of(campaign),
        office_id=desk.office_id,
        annual_plan_id=known.id if known else None,
        document=document.strip(),
        number=number.strip(),
        item=item.strip() if item else None,
        exception=exception,
        approved_by=approved_by,
        approved_on=approved_on,
        given_by=given_by or desk.actor.code,
        given_on=desk.today,
    )
    if file is not None:
        row.sha256 = keep_file(desk, "campaign", key_of(campaign), "reference", file).sha256
    stored: PlanReference = desk.session.merge(row)
    desk.session.flush()
    desk.record("campaign", key_of(campaign), "reference", reference=describe_reference(stored))
    return stored
