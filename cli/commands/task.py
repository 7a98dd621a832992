"""Tasks: what a named person of the office must do by a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import emit, reading, writing

if TYPE_CHECKING:
    from models.task import Task

group = typer.Typer(help="待办任务：到期要由人办的事", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="任务编号")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="task")


@group.command("list", help="列出待办任务，先到期的在前")
def list_(
    every: Annotated[bool, typer.Option("--all", help="含已办结的")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列已过期的")] = False,
) -> None:
    from casework.tasks import list_tasks

    with reading() as desk:
        result = [_row(task) for task in list_tasks(desk, state=None if every else "open", overdue=overdue)]
    emit(result)


@group.command("done", help="办结一项任务")
def done(task: Number, note: Annotated[str, typer.Option("--note", help="办理情况")] = "") -> None:
    from casework.tasks import finish_task

    with writing() as desk:
        result = _row(finish_task(desk, task, note))
    emit(result)


@group.command("drop", help="撤销一项不再需要的任务，写明理由")
def drop(task: Number, note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = "") -> None:
    from casework.tasks import drop_task

    with writing() as desk:
        result = _row(drop_task(desk, task, note))
    emit(result)


def _row(task: Task) -> dict[str, object]:
    return {
        "id": task.id,
        "title": task.title,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "state": task.state,
        "owner": task.owner or task.role,
        "subject": task.subject,
        "subject_id": task.subject_id,
        "note": task.note,
    }
