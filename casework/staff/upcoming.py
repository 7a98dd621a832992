"""Visits still to come on which somebody sits, and asking for a replacement when that person must not go."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import plan_of
from casework.tasks import open_task
from core.campaign.campaignplan import CampaignPlan
from core.life.lives import CAMPAIGN_OVER
from core.life.tasklife import TaskState
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Unit
from models.task import Task

REPLACE = "replace_member"


def visits_to_come(desk: Desk, person_id: int) -> list[tuple[Visit, CampaignPlan]]:
    """Return the visits of a person that have not ended, of campaigns that are not closed, the next first."""
    query = (
        select(Visit, Campaign)
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .join(VisitMember, col(VisitMember.visit_id) == col(Visit.id))
        .where(
            col(Visit.office_id) == desk.office_id,
            col(VisitMember.person_id) == person_id,
            col(Visit.to_on) >= desk.today,
            col(Campaign.state).not_in(CAMPAIGN_OVER),
        )
        .order_by(col(Visit.from_on), col(Visit.id))
    )
    return [(visit, plan_of(campaign)) for visit, campaign in desk.session.exec(query)]


def ask_replacement(desk: Desk, visit: Visit, person: str, why: str, key: str) -> None:
    """Open the task to replace somebody on a visit, due on the working day before it begins."""
    unit = desk.session.get_one(Unit, visit.unit_id)
    due = max(desk.calendar.after(visit.from_on, -1), desk.today)
    open_task(
        desk,
        key,
        kind=REPLACE,
        title=f"更换督察组成员{person}：{unit.name}，{visit.from_on}，{why}",
        subject="visit",
        subject_id=key_of(visit),
        role="officer",
        due_on=due,
        owner="",
        unit_id=None,
    )


def replacement_tasks(desk: Desk, visit: Visit, person: str) -> list[Task]:
    """Return the open tasks that ask to replace a person on a visit."""
    query = select(Task).where(
        col(Task.office_id) == desk.office_id,
        col(Task.kind) == REPLACE,
        col(Task.subject_id) == visit.id,
        col(Task.state) == TaskState.OPEN.value,
    )
    return [task for task in desk.session.exec(query) if f"督察组成员{person}：" in task.title]
