"""Notes of calls, talks and visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import day, emit, reading, writing

if TYPE_CHECKING:
    from models.note import ContactNote

group = typer.Typer(help="联系记录：电话、谈话、走访", no_args_is_help=True)
Subject = Annotated[str, typer.Argument(metavar="对象", help="case|campaign|visit|unit|lead|matter")]
Code = Annotated[str, typer.Argument(metavar="编号", help="问题、批次、单位、案件的编号；visit 写 批次/单位")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="note")


@group.command("add", help="登记一次联系，可以约定跟进日期")
def add(
    subject: Subject,
    code: Code,
    kind: Annotated[str, typer.Option("--kind", help="telephone|talk|visit|other")] = "telephone",
    text: Annotated[str, typer.Option("--text", help="内容")] = "",
    with_whom: Annotated[str, typer.Option("--with", help="对方")] = "",
    on: Annotated[str | None, typer.Option("--on", help="联系日期，补录时填写")] = None,
    follow_up: Annotated[str | None, typer.Option("--follow-up", help="跟进日期")] = None,
) -> None:
    from casework.rectification.notes import Said, add_note

    said = Said(kind, text, with_whom, day(on, "--on"), day(follow_up, "--follow-up"))
    with writing() as desk:
        result = _row(add_note(desk, subject, code, said))
    emit(result)


@group.command("list", help="列出联系记录")
def list_(subject: Subject, code: Code) -> None:
    from casework.rectification.notes import list_notes

    with reading() as desk:
        result = [_row(note) for note in list_notes(desk, subject, code)]
    emit(result)


def _row(note: ContactNote) -> dict[str, object]:
    return {
        "id": note.id,
        "on": note.on_day.isoformat(),
        "kind": note.kind,
        "with": note.with_whom,
        "text": note.text,
        "follow_up_on": note.follow_up_on.isoformat() if note.follow_up_on else None,
        "by": note.written_by,
    }
