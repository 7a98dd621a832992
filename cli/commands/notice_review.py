"""Documents before signature and after service: review, edits, what the unit answered, the series of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.life.lives import DOCUMENT_STATE_LABELS

if TYPE_CHECKING:
    from casework.desk import Desk
    from models.document import Document

Number = Annotated[int, typer.Argument(metavar="ID", help="文书编号")]
On = Annotated[str | None, typer.Option(help="日期，默认今天")]
STEPS = {"核稿": "reviewed", "法制审核": "legal"}
OUTCOMES = {"已收到": "received", "已落实": "obeyed", "未落实": "not_obeyed"}
RESULTS = {"已落实": "done", "部分落实": "partly", "未落实": "not_done"}


def attach(notices: typer.Typer) -> None:
    """Add these commands to those of documents."""
    notices.command("approve", help="核稿或者法制审核通过；钉住现在的内容，此后改动须重新审核")(approve)
    notices.command("return", help="核稿退回修改")(give_back)
    notices.command("edit", help="修改未签发的文稿；已有的审核意见随之作废")(edit)
    notices.command("reply", help="登记单位的书面答复")(reply)
    notices.command("items", help="逐条列出意见、建议及落实情况")(items)
    notices.command("answer", help="登记一条意见、建议的落实情况")(answer)
    notices.command("series", help="文号系列：各系列用到几号、作废和理由、有无缺号")(series)


def approve(
    document: Number,
    step: Annotated[str, typer.Option(help="核稿 reviewed 或 法制审核 legal")] = "reviewed",
    note: Annotated[str, typer.Option(help="审核意见")] = "",
) -> None:
    from casework.paperwork.reviewing import approve_document, list_approvals

    with writing() as desk:
        row = approve_document(desk, document, STEPS.get(step, step), note)
        result = {**_row(desk, row), "approvals": list_approvals(desk, row)}
    emit(result, states=DOCUMENT_STATE_LABELS)


def give_back(document: Number, note: Annotated[str, typer.Option(help="退回理由")] = "") -> None:
    from casework.paperwork.reviewing import return_document

    with writing() as desk:
        result = _row(desk, return_document(desk, document, note))
    emit(result, states=DOCUMENT_STATE_LABELS)


def edit(
    document: Number,
    values: Annotated[Path | None, typer.Option(help="取值文件（YAML），只写要改的")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="单个取值：名称=文字")] = None,
    copy_to: Annotated[list[str] | None, typer.Option("--copy-to", help="抄送机关，可写多次")] = None,
) -> None:
    from casework.paperwork.reviewing import edit_document
    from cli.commands.notice import read_values

    with writing() as desk:
        row = edit_document(desk, document, read_values(values, settings or []), copy_to)
        result = _row(desk, row)
    emit(result, states=DOCUMENT_STATE_LABELS)


def reply(
    document: Number,
    on: On = None,
    outcome: Annotated[
        str, typer.Option(help="已收到 received、已落实 obeyed、未落实 not_obeyed")
    ] = "received",
    file: Annotated[Path | None, typer.Option(help="答复扫描件")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
) -> None:
    from casework.paperwork.answers import record_reply
    from casework.paperwork.documents import find_document

    with writing() as desk:
        when = day(on, "--on") or desk.today
        given = existing(file) if file else None
        record_reply(desk, document, when, OUTCOMES.get(outcome, outcome), given, note)
        row = find_document(desk, document)
        result = {**_row(desk, row), "reply_due_on": row.reply_due_on, "replied_on": row.replied_on}
    emit(result, states=DOCUMENT_STATE_LABELS)


def items(document: Number) -> None:
    from casework.paperwork.answers import list_items

    with reading() as desk:
        result = list_items(desk, document)
    emit(result)


def answer(
    document: Number,
    number: Annotated[int, typer.Argument(metavar="条次", help="第几条")],
    result: Annotated[str, typer.Option(help="已落实 done、部分落实 partly、未落实 not_done")],
    on: On = None,
    note: Annotated[str, typer.Option(help="落实情况")] = "",
) -> None:
    from casework.paperwork.answers import answer_item, list_items

    with writing() as desk:
        when = day(on, "--on") or desk.today
        answer_item(desk, document, number, RESULTS.get(result, result), when, note)
        desk.session.flush()
        rows = list_items(desk, document)
    emit(rows)


def series(year: Annotated[int | None, typer.Option(help="年份，默认今年")] = None) -> None:
    from casework.paperwork.series import list_series

    with reading() as desk:
        result = list_series(desk, year)
    emit(result)


def _row(desk: Desk, document: Document) -> dict[str, Any]:
    from cli.commands.notice import describe_here

    return describe_here(desk, document)
