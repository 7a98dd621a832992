"""工作任务: what falls to me and to the office by a day, done or dropped with a note."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.paging import Cursor
from casework.taskview import ALL, LATE, MINE, end_task_in_sight, tasks_view
from console.forms import Form, HasForm
from console.lists import HasCursor
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.life.tasklife import TaskState

router = Pages(Permission.TASKS)
STATES = (
    (TaskState.OPEN.value, "待办"),
    (LATE, "已过期"),
    (TaskState.DONE.value, "已办"),
    (TaskState.DROPPED.value, "不再需要"),
)


@router.page("/tasks")
def show_tasks(
    visit: HasVisit, cursor: HasCursor, whose: str = MINE, state: str = TaskState.OPEN.value
) -> HTMLResponse:
    """Show one page of tasks."""
    return _page(visit, whose, state, cursor)


def _page(
    visit: Visit,
    whose: str = MINE,
    state: str = TaskState.OPEN.value,
    cursor: Cursor | None = None,
    refused: int = 0,
    note: str = "",
    error: DuchaError | None = None,
) -> HTMLResponse:
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "home/tasks.html.j2",
            "tasks",
            page=tasks_view(desk, whose, state, cursor),
            whose=whose,
            state=state,
            states=STATES,
            scopes=((MINE, "我的任务"), (ALL, "办公室全部")),
            refused=refused,
            note=note,
            error=error,
        )


def _again(visit: Visit, number: int, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, form.text("whose") or MINE, refused=number, note=form.text("note"), error=error)


@router.act("/tasks/{number:int}/done", again=_again)
def finish(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Mark a task as done."""
    with visit.acting() as desk:
        row = end_task_in_sight(desk, number, drop=False, note=form.text("note"))
        title = row.title
    return done(f"/tasks?whose={ALL if form.text('whose') == ALL else MINE}", f"已办结：{title}")


@router.act("/tasks/{number:int}/drop", again=_again)
def drop(number: int, visit: HasVisit, form: HasForm) -> Response:
    """End a task that is not needed any more."""
    with visit.acting() as desk:
        row = end_task_in_sight(desk, number, drop=True, note=form.text("note"))
        title = row.title
    return done(f"/tasks?whose={ALL if form.text('whose') == ALL else MINE}", f"不再需要：{title}")
