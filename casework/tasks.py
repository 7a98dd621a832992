"""Tasks (待办任务): opened once for a cause, seen by those they fall to, finished with a note."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.ahead import rows_beside
from casework.desk import Desk
from casework.moves import follow
from casework.sight import cases_in_sight, sees_office, visits_in_sight
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.tasklife import TASK, TaskAct, TaskState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of, table_of
from models.campaign import Visit
from models.rectification import Rectification
from models.task import Task

TASKS = table_of(Task)
COMPARTMENT = frozenset({"linkage", "director"})
"""The roles that see what belongs to the compartment of linkage."""


def open_task(
    desk: Desk,
    key: str,
    *,
    kind: str,
    title: str,
    subject: str,
    subject_id: int,
    role: str,
    due_on: date | None = None,
    owner: str = "",
    unit_id: int | None = None,
    confidential: bool = False,
) -> Task | None:
    """Open a task for a cause, or return None when that cause has had its task already.

    key      the cause, such as `lead:12:reply`; a second call with it does nothing
    """
    if _is_known(desk, key):
        return None
    row = Task(
        office_id=desk.office_id,
        key=key,
        kind=kind,
        title=title,
        subject=subject,
        subject_id=subject_id,
        unit_id=unit_id,
        owner=owner,
        role=role,
        confidential=confidential,
        state=TASK.start.value,
        opened_on=desk.today,
        due_on=due_on,
        due_provisional=due_on is not None and desk.calendar.is_provisional(desk.today, due_on),
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("task", key_of(row), "open", unit_id=unit_id, to_state=row.state, kind=kind, due_on=due_on)
    return row


def _is_known(desk: Desk, key: str) -> bool:
    if key in desk.causes:
        return True
    known = sa.select(TASKS.c.id).where(TASKS.c.office_id == desk.office_id, TASKS.c.key == key)
    return desk.session.connection().execute(known).first() is not None


def remember_causes(desk: Desk) -> None:
    """Read the causes of the open tasks once: a run that comes to the same ones every day then asks nobody."""
    query = sa.select(TASKS.c.key).where(
        TASKS.c.office_id == desk.office_id, TASKS.c.state == TaskState.OPEN.value
    )
    desk.causes = set(desk.session.connection().execute(query).scalars())


def finish_task(desk: Desk, task_id: int, note: str = "") -> Task:
    """Mark a task as done by the actor of the desk."""
    return _settle(desk, find_task(desk, task_id), TaskAct.FINISH, note)


def drop_task(desk: Desk, task_id: int, reason: str) -> Task:
    """End a task that is not needed any more; raise InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("撤销任务须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    return _settle(desk, find_task(desk, task_id), TaskAct.DROP, reason)


def finish_for(desk: Desk, key: str, note: str = "") -> None:
    """Finish the task of a cause when what it asked for has been done; nothing happens when there is none open."""
    row = desk.session.exec(
        select(Task).where(
            col(Task.office_id) == desk.office_id,
            col(Task.key) == key,
            col(Task.state) == TaskState.OPEN.value,
        )
    ).first()
    if row is not None:
        finish_open(desk, row, note)


def finish_beside(desk: Desk, case_id: int, key: str, note: str) -> None:
    """Finish the task of a cause that lies with a case, as `finish_for` does."""
    for row in rows_beside(desk, Task, case_id):
        if row.key == key and row.state == TaskState.OPEN:
            finish_open(desk, row, note)


def finish_open(desk: Desk, row: Task, note: str) -> None:
    """Finish an open task because what it asked for has been done, whoever did it."""
    _close(desk, row, TaskAct.FINISH, note)


def tasks_in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for tasks the actor may see on pages.

    Confidential ones are for the compartment and their owner; who does not see the office sees what is theirs: by name,
    or by role about a case or a visit in their sight.
    """
    row = table_of(Task)
    own = row.c.office_id == desk.office_id
    if desk.actor.speaks_for_unit:
        return sa.and_(own, sa.false())  # what the office has to do is no unit's business
    if desk.actor.sealed:
        own = sa.and_(own, row.c.confidential.is_(False))
    if desk.actor.roles & COMPARTMENT:
        return own
    mine = row.c.owner == desk.actor.code
    if sees_office(desk):
        return sa.and_(own, sa.or_(row.c.confidential.is_(False), mine))
    case, visit = table_of(Rectification), table_of(Visit)
    about = sa.or_(
        sa.and_(
            row.c.subject == "case", row.c.subject_id.in_(sa.select(case.c.id).where(cases_in_sight(desk)))
        ),
        sa.and_(
            row.c.subject == "visit", row.c.subject_id.in_(sa.select(visit.c.id).where(visits_in_sight(desk)))
        ),
    )
    by_role = sa.and_(row.c.owner == "", row.c.role.in_(sorted(desk.actor.roles)), about)
    return sa.and_(own, sa.or_(mine, sa.and_(row.c.confidential.is_(False), by_role)))


def task_in_sight(desk: Desk, task_id: int) -> Task:
    """Return a task that the actor may see on pages; raise NotFound."""
    seen = desk.session.exec(select(Task).where(col(Task.id) == task_id, tasks_in_sight(desk))).first()
    if seen is None:
        raise NotFound(
            "没有这项任务", found=str(task_id), expected="任务编号", remedy="运行 ducha task list 查看"
        )
    return seen


def list_tasks(
    desk: Desk,
    *,
    state: str | None = "open",
    overdue: bool = False,
    within: sa.ColumnElement[bool] | None = None,
) -> list[Task]:
    """Return the tasks the actor may see, the earliest due first; those without a day come last.

    within   only those, such as the ones in sight on pages
    """
    if desk.actor.speaks_for_unit:
        return []  # what the office has to do is no unit's business
    query = select(Task).where(col(Task.office_id) == desk.office_id)
    if state:
        query = query.where(col(Task.state) == state)
    if overdue:
        query = query.where(col(Task.due_on) < desk.today)
    if within is not None:
        query = query.where(within)
    if not desk.actor.roles & COMPARTMENT:
        # Who is given a confidential task was thereby told of it; nobody else learns that it is there.
        query = query.where(sa.or_(col(Task.confidential).is_(False), col(Task.owner) == desk.actor.code))
    return list(desk.session.exec(query.order_by(col(Task.due_on).is_(None), col(Task.due_on), col(Task.id))))


def find_task(desk: Desk, task_id: int) -> Task:
    """Return a task that the actor may see; raise NotFound for everybody else too."""
    row = desk.session.get(Task, task_id)
    knows = bool(desk.actor.roles & COMPARTMENT) or (row is not None and row.owner == desk.actor.code)
    hidden = row is not None and row.confidential and not knows
    if row is None or row.office_id != desk.office_id or hidden or desk.actor.speaks_for_unit:
        raise NotFound(
            "没有这项任务", found=str(task_id), expected="任务编号", remedy="运行 ducha task list 查看"
        )
    return row


def _settle(desk: Desk, row: Task, act: TaskAct, note: str) -> Task:
    TASK.permit(act, desk.actor.code, desk.actor.roles)
    if row.owner and row.owner != desk.actor.code and "director" not in desk.actor.roles:
        raise NotAllowed(
            "任务由指定人员办理", found=desk.actor.code, expected=row.owner, remedy="由该人员或主任办结"
        )
    refuse_state_secrets(note, "任务办理情况")
    return _close(desk, row, act, note)


def _close(desk: Desk, row: Task, act: TaskAct, note: str) -> Task:
    row.done_on, row.done_by, row.note = desk.today, desk.actor.code, note
    with desk.session.no_autoflush:
        follow(desk, row, TASK, act, unit_id=row.unit_id, detail={"note": note})
    desk.session.add(row)
    desk.session.flush()
    return row
