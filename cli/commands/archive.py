"""The archive: pack what has ended, file it, hand it over, appraise it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import day, emit, reading, writing
from core.life.archivelife import ARCHIVE

if TYPE_CHECKING:
    from models.archive import ArchiveFile

group = typer.Typer(help="归档：装卷、编号、移交、鉴定", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="案卷编号")]
Note = Annotated[str, typer.Option("--note", help="意见")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="archive")


@group.command("pack", help="为已办结的事项装卷，得到可脱离系统核验的一个 .zip")
def pack(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="问题编号、批次编号等")],
    out: Annotated[Path, typer.Option("--out", help="放在哪个文件夹")],
    subject: Annotated[str, typer.Option(help="case 整改事项，campaign 督察批次，referral 移送")] = "case",
) -> None:
    from casework.archive.archiving import pack as do

    with writing() as desk:
        result = [_row(do(desk, subject, code, out)) for code in codes]
    emit(result, states=ARCHIVE.state_labels)


@group.command("file", help="编档号归档")
def file(archive: Number) -> None:
    from casework.archive.archiving import file_away

    with writing() as desk:
        result = _row(file_away(desk, archive))
    emit(result, states=ARCHIVE.state_labels)


@group.command("list", help="归档目录；--transfer-by 列出应移交进馆的，--expired 列出保管期满的")
def list_(
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    transfer_by: Annotated[str | None, typer.Option("--transfer-by", help="至哪一天应移交")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="保管期限已满")] = False,
) -> None:
    from casework.archive.archiving import Wanted, list_files

    by: date | None = day(transfer_by, "--transfer-by")
    with reading() as desk:
        result = [_row(one) for one in list_files(desk, Wanted(state, by, expired))]
    emit(result, states=ARCHIVE.state_labels)


@group.command("transfer", help="登记已移交综合档案馆")
def transfer(archives: Annotated[list[int], typer.Argument(metavar="ID...")], note: Note = "") -> None:
    from casework.archive.archiving import transfer as do

    with writing() as desk:
        result = [_row(one) for one in do(desk, archives, note)]
    emit(result, states=ARCHIVE.state_labels)


@group.command("appraise", help="保管期满，提出鉴定意见")
def appraise(archive: Number, note: Note = "") -> None:
    from casework.archive.archiving import appraise as do

    with writing() as desk:
        result = _row(do(desk, archive, note))
    emit(result, states=ARCHIVE.state_labels)


@group.command("decide", help="对鉴定意见作出决定：续存或销毁")
def decide(
    archive: Number,
    note: Note = "",
    destroy: Annotated[bool, typer.Option("--destroy/--keep", help="销毁或续存")] = False,
) -> None:
    from casework.archive.archiving import decide as do

    with writing() as desk:
        result = _row(do(desk, archive, destroy=destroy, note=note))
    emit(result, states=ARCHIVE.state_labels)


def _row(row: ArchiveFile) -> dict[str, object]:
    told = row.model_dump(mode="json")
    names = (
        *("id", "archive_no", "subject", "code", "title", "state", "year", "class_code", "retention"),
        *("kept_until", "transfer_due_on", "members", "size", "sha256", "packed_on", "filed_on", "note"),
    )
    return {name: told[name] for name in names}
