"""Tasks: what somebody has to do, and their end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response

from casework.desk import Desk
from casework.listings.offices import seen_task, tasks_page
from casework.taskview import end_task_in_sight
from console.api.bodies import Deed, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.TASKS, Permission.TASKS)


class TaskShown(Shown):
    """What somebody has to do by a day."""

    id: int
    kind: str
    title: str
    subject: str
    subject_id: int
    owner: str
    role: str
    state: str
    opened_on: date
    due_on: date | None
    done_on: date | None
    done_by: str | None
    note: str


class TaskDeed(Deed):
    """办结（done）或者不再需要（drop） / that a task was done, or is not needed any more and why"""

    act: Literal["done", "drop"]
    note: str = ""

    def see(self, desk: Desk, key: int) -> None:
        seen_task(desk, key)

    def do(self, desk: Desk, key: int) -> object:
        return end_task_in_sight(desk, key, drop=self.act == "drop", note=self.note)


def _task(number: int) -> Show:
    return lambda desk: TaskShown.model_validate(seen_task(desk, number))


@router.read("/tasks", Listing[TaskShown])
def list_tasks(
    call: HasCall,
    state: Literal["open", "done", "dropped", ""] = "open",
    overdue: Annotated[bool, Query(description="只要已过期的 / only those past their day")] = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """工作任务，先到期的在前 / tasks, the earliest due first"""
    return call.page(TaskShown, lambda desk: tasks_page(desk, after, limit, state=state, overdue=overdue))


@router.read("/tasks/{number}", TaskShown)
def read_task(call: HasCall, number: Number) -> Response:
    """一项任务 / one task"""
    return call.read(_task(number))


@router.act("/tasks/{number}/acts", TaskShown)
def act_on_a_task(call: HasCall, number: Number, sent: Annotated[Any, takes(TaskDeed)]) -> Response:
    """办结或者撤销任务 / finish or drop a task"""
    return call.deed(sent, number, _task)
