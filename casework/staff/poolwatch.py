"""What time brings about for the people of the pools: terms that end, short training, missing declarations."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import plan_of
from casework.staff.declarationviews import missing_declarations, missing_key
from casework.staff.pools import find_person
from casework.staff.poolviews import list_members
from casework.tasks import open_task
from core.errors import Refused
from core.life.lives import CampaignState
from models.base import key_of
from models.campaign import Campaign
from models.organisation import Person

DECLARE_WORKDAYS = 3  # after the opening, by when everybody should have declared; the office's own proposal
YEAR_END_MONTH = 12


def watch_people(desk: Desk) -> dict[str, object]:
    """Open a task for every term that ends soon, for short training in December, and for missing declarations."""
    return {
        "terms": _watch_terms(desk),
        "training": _watch_training(desk),
        "declarations": _watch_campaigns(desk),
    }


def _watch_terms(desk: Desk) -> int:
    count = 0
    for key, rules in sorted(desk.rules.pools.items()):
        for member in list_members(desk, key):
            if member["ends_soon"]:
                person = find_person(desk, str(member["code"]))
                count += _ask(
                    desk,
                    person,
                    f"pool:{key}:{person.id}:{member['term']}:ending",
                    "pool_term",
                    f"{person.name}（{person.code}）在{rules.name}的任期{member['until']}届满，办理续聘或退出",
                )
    return count


def _watch_training(desk: Desk) -> int:
    if desk.today.month != YEAR_END_MONTH:
        return 0
    count = 0
    for key, rules in sorted(desk.rules.pools.items()):
        for member in list_members(desk, key):
            if member["hours_short"]:
                person = find_person(desk, str(member["code"]))
                count += _ask(
                    desk,
                    person,
                    f"pool:{key}:{person.id}:training:{desk.today.year}",
                    "pool_training",
                    f"{person.name}（{person.code}）{desk.today.year}年培训还缺{member['hours_short']}学时（{rules.name}）",
                )
    return count


def _ask(desk: Desk, person: Person, key: str, kind: str, title: str) -> bool:
    task = open_task(
        desk, key, kind=kind, title=title, subject="person", subject_id=key_of(person), role="officer"
    )
    return task is not None


def _watch_campaigns(desk: Desk) -> int:
    """Ask for the declarations of members of open campaigns whose visits are not over."""
    query = select(Campaign).where(
        col(Campaign.office_id) == desk.office_id,
        col(Campaign.state) == CampaignState.OPEN.value,
        col(Campaign.period_to) >= desk.today,
    )
    campaigns = desk.session.exec(query.order_by(col(Campaign.id))).all()
    return sum(ask_declarations(desk, campaign) for campaign in campaigns if plan_of(campaign).team.pool)


def require_declarations(desk: Desk, campaign: Campaign) -> None:
    """Refuse to open a campaign while declarations are missing, where its pool asks for all of them first."""
    key = plan_of(campaign).team.pool
    rules = desk.rules.pools.get(key) if key else None
    missing = missing_declarations(desk, campaign) if rules else []
    if rules and missing and rules.recusal.declaration == "required":
        raise Refused(
            "督察组成员的回避申报不全，不能启动",
            found="未申报：" + "、".join(person.code for person in missing),
            expected=f"{rules.name}要求全员申报后启动",
            remedy=f"由本人运行 ducha recusal declare --campaign {campaign.code}",
        )


def ask_at_opening(desk: Desk, campaign: Campaign) -> None:
    """Ask every member of a campaign from a pool for the declaration that is still missing."""
    if plan_of(campaign).team.pool:
        ask_declarations(desk, campaign)


def ask_declarations(desk: Desk, campaign: Campaign) -> int:
    """Open a task for every member of a campaign who has declared nothing yet; return how many are new."""
    count = 0
    opened = campaign.opened_on or desk.today
    for person in missing_declarations(desk, campaign):
        task = open_task(
            desk, missing_key(campaign, person), kind="declare_recusal",
            title=f"{person.name}（{person.code}）申报回避情况：{campaign.title}", subject="person",
            subject_id=key_of(person), role="inspector", owner=person.code,
            due_on=desk.calendar.after(opened, DECLARE_WORKDAYS),
        )  # fmt: skip
        count += task is not None
    return count
