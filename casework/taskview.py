"""Tasks as a page lists them: one's own and all in sight, with what each is about and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from casework.desk import Desk
from casework.litigation.matterboard import matters_in_sight
from casework.paging import Cursor, Page, page_keys
from casework.rectification.timeline import names_of
from casework.sight import campaigns_in_sight, cases_in_sight
from casework.tasks import drop_task, finish_task, task_in_sight, tasks_in_sight
from core.errors import InvalidInput
from core.life.tasklife import TASK as TASK_LIFE
from core.life.tasklife import TaskAct, TaskState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.matter import LitigationMatter
from models.organisation import Unit
from models.rectification import Rectification
from models.task import Task

TASK, UNIT, FINDING, CASE = table_of(Task), table_of(Unit), table_of(Finding), table_of(Rectification)
CAMPAIGN, MATTER = table_of(Campaign), table_of(LitigationMatter)
MINE, ALL = "mine", "all"
LATE = "late"
ROLE_WORDS = {
    "officer": "经办人", "director": "主任、副主任", "leader": "组长", "reviewer": "审核人", "verifier": "核查人",
    "inspector": "督察员", "linkage": "纪检联络员",
}  # fmt: skip
# Where the page of a subject lies, by its id; to cases, campaigns and lawsuits leads `_addresses`.
PLACES = {
    "visit": "/visits/", "document": "/documents/", "lead": "/leads/", "referral": "/referrals/",
    "incoming": "/incoming/", "meeting": "/meetings/", "half_report": "/half-reports/",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in a list; `about` leads to what it is about, empty where there is no page of it."""

    id: int
    title: str
    due_on: date | None
    due_provisional: bool
    state: TaskState
    whose: str
    is_mine: bool
    unit: str
    about: str
    done_on: date | None
    done_by: str
    note: str
    may_finish: bool
    may_drop: bool
    confidential: bool


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks with the counts of the tabs."""

    rows: Page[TaskLine]
    counts: dict[str, int]


def tasks_view(desk: Desk, whose: str, state: str, cursor: Cursor | None = None) -> TaskPage:
    """Return one page of tasks, the earliest due first, ended ones newest first; at most seven queries.

    whose   mine or all
    state   a state, or late for open ones past their day
    raises  InvalidInput for what is none of these
    """
    if whose not in (MINE, ALL) or state not in (LATE, *TaskState):
        found = f"{whose} {state}"[:40]
        raise InvalidInput("筛选条件不正确", found=found, expected="页面所列选项", remedy="回到列表重选")
    connection = desk.session.connection()
    conditions = [tasks_in_sight(desk), *([_is_mine(desk)] if whose == MINE else [])]
    over = state in (TaskState.DONE, TaskState.DROPPED)
    day = TASK.c.done_on if over else TASK.c.due_on
    query = sa.select(TASK.c.id, day).where(*conditions, *_of_state(desk, state))
    keys = page_keys(connection, query, day, TASK.c.id, cursor, newest_first=over)
    return TaskPage(
        keys.showing(_lines(desk, [number for number, _day in keys.rows])),
        _counts(desk, connection, conditions),
    )


def _of_state(desk: Desk, state: str) -> list[sa.ColumnElement[bool]]:
    if state == LATE:
        return [TASK.c.state == TaskState.OPEN.value, TASK.c.due_on < desk.today]
    return [TASK.c.state == state]


def _is_mine(desk: Desk) -> sa.ColumnElement[bool]:
    by_role = sa.and_(TASK.c.owner == "", TASK.c.role.in_(sorted(desk.actor.roles)))
    return sa.or_(TASK.c.owner == desk.actor.code, by_role)


def _counts(
    desk: Desk, connection: sa.Connection, conditions: list[sa.ColumnElement[bool]]
) -> dict[str, int]:
    late = sa.and_(TASK.c.state == TaskState.OPEN.value, TASK.c.due_on < desk.today)
    query = sa.select(TASK.c.state, sa.func.count(), sa.func.sum(sa.case((late, 1), else_=0)))
    rows = connection.execute(query.where(*conditions).group_by(TASK.c.state)).all()
    return {row[0]: row[1] for row in rows} | {LATE: sum(int(row[2] or 0) for row in rows)}


def _lines(desk: Desk, ids: list[int]) -> tuple[TaskLine, ...]:
    if not ids:
        return ()
    query = (
        sa.select(TASK, UNIT.c.name.label("unit"))
        .outerjoin(UNIT, UNIT.c.id == TASK.c.unit_id)
        .where(TASK.c.id.in_(ids))
    )
    rows = {row.id: row for row in desk.session.connection().execute(query)}
    addresses = _addresses(desk, list(rows.values()))
    names = names_of(desk, {code for row in rows.values() for code in (row.owner, row.done_by or "")}, [])
    return tuple(_line(desk, rows[number], addresses, names) for number in ids if number in rows)


def _addresses(desk: Desk, rows: list[Any]) -> dict[tuple[str, int], str]:
    """Return {(subject, id): address} of the cases, campaigns and lawsuits in sight; one query."""
    ids = {
        kind: [row.subject_id for row in rows if row.subject == kind]
        for kind in ("case", "campaign", "matter")
    }
    case = (
        sa.select(sa.literal("case"), FINDING.c.id, FINDING.c.code)
        .join(CASE, CASE.c.id == FINDING.c.id)
        .where(CASE.c.id.in_(ids["case"]), cases_in_sight(desk))
    )
    campaign = sa.select(sa.literal("campaign"), CAMPAIGN.c.id, CAMPAIGN.c.code).where(
        CAMPAIGN.c.id.in_(ids["campaign"]), campaigns_in_sight(desk)
    )
    # A lawsuit is called by its number, and its page is found by its id.
    matter = sa.select(sa.literal("matter"), MATTER.c.id, sa.cast(MATTER.c.id, sa.String)).where(
        MATTER.c.id.in_(ids["matter"]), matters_in_sight(desk)
    )
    places = {"case": "/cases/", "campaign": "/campaigns/", "matter": "/matters/"}
    found = desk.session.connection().execute(sa.union_all(case, campaign, matter))
    return {(kind, number): f"{places[kind]}{quote(named)}" for kind, number, named in found}


def _line(desk: Desk, row: Any, addresses: dict[tuple[str, int], str], names: dict[str, str]) -> TaskLine:
    place = PLACES.get(row.subject, "")
    plain = f"{place}{row.subject_id}" if place else ""
    open_ = row.state == TaskState.OPEN
    own = not row.owner or row.owner == desk.actor.code or "director" in desk.actor.roles
    acts = TASK_LIFE.acts(row.state, desk.actor.roles) if open_ and own else ()
    return TaskLine(
        id=row.id, title=row.title, due_on=row.due_on, due_provisional=row.due_provisional,
        state=TaskState(row.state), whose=names.get(row.owner, row.owner) or ROLE_WORDS.get(row.role, row.role),
        is_mine=row.owner == desk.actor.code or (not row.owner and row.role in desk.actor.roles),
        unit=row.unit or "", about=addresses.get((row.subject, row.subject_id), plain),
        done_on=row.done_on, done_by=names.get(row.done_by or "", row.done_by or ""), note=row.note,
        may_finish=TaskAct.FINISH in acts, may_drop=TaskAct.DROP in acts, confidential=row.confidential,
    )  # fmt: skip


def end_task_in_sight(desk: Desk, task_id: int, *, drop: bool, note: str) -> Task:
    """Finish or drop a task in sight; raise NotFound for any other."""
    task_in_sight(desk, task_id)
    return drop_task(desk, task_id, note) if drop else finish_task(desk, task_id, note)
