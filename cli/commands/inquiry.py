"""What is asked of units and what comes back of self-reports, papers, interview lists and questionnaires."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.campaign.campaignparts import AskedItem

group = typer.Typer(help="清单：自查报告、调阅资料、访谈名单、问卷的提出和交回", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="清单编号")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="inquiry")


@group.command("list", help="列出清单和交回情况；单位只见本单位的")
def list_(
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
    unit: Annotated[str | None, typer.Option(help="单位编码")] = None,
    late: Annotated[bool, typer.Option("--late", help="只列逾期的")] = False,
) -> None:
    from casework.inspection.inquiryviews import list_inquiries

    with reading() as desk:
        result = list_inquiries(desk, campaign, unit=unit, late=late)
    emit(result, _say_lists)


def _say_lists(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value(
        [
            {
                "编号": row["id"],
                "批次": row["campaign"],
                "单位": row["unit_name"],
                "清单": row["title"],
                "期限": row["due_on"],
                "交回": f"{row['returned']}/{row['asked']}",
                "状态": row["state_word"]
                + (f"（逾期{row['late_workdays']}个工作日）" if row["late"] else ""),
            }
            for row in rows
        ]
    )


@group.command("ask", help="向单位提出清单；不写 --item 的用督察方案所列内容")
def ask(
    code: Annotated[str, typer.Argument(help="批次编码")],
    kind: Annotated[str, typer.Argument(help="self_report、materials、interviews、questionnaire")],
    unit: Annotated[str | None, typer.Option(help="单位编码；不写的为批次全部单位")] = None,
    item: Annotated[list[str] | None, typer.Option(help="内容，可重复；需要几份的写 内容=3")] = None,
    due: Annotated[str | None, typer.Option(help="交回期限；不写的按督察方式规则")] = None,
) -> None:
    from casework.inspection.inquiries import ask_units
    from casework.inspection.inquiryviews import show_inquiry

    items = [_item(text) for text in item or ()]
    with writing() as desk:
        rows = ask_units(desk, code, kind, unit=unit, items=items, due_on=day(due, "--due"))
        result = [show_inquiry(desk, row) for row in rows]
    emit(result, _say_lists)


def _item(text: str) -> AskedItem:
    from core.campaign.campaignparts import AskedItem

    said, equals, count = text.rpartition("=")
    if not equals or not count.isdigit():
        return AskedItem(asked=text)
    return AskedItem(asked=said, count=_count(count))


@group.command("return", help="登记交回；不写 --got 的为全部交齐")
def return_(
    number: Number,
    got: Annotated[list[str] | None, typer.Option(help="部分交回：序号=数量，可重复")] = None,
    on: Annotated[str | None, typer.Option(help="交回日期，不写为今天")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
    file: Annotated[Path | None, typer.Option(help="交回的材料")] = None,
) -> None:
    from casework.inspection.inquiryreturns import return_items
    from casework.inspection.inquiryviews import show_inquiry

    counts = dict(_got(text) for text in got or ())
    with writing() as desk:
        row = return_items(
            desk, number, counts, on=day(on, "--on"), note=note, file=existing(file) if file else None
        )
        result = show_inquiry(desk, row)
    emit(result, _say_list)


def _got(text: str) -> tuple[int, int]:
    place, _, count = text.partition("=")
    return _count(place), _count(count)


def _count(text: str) -> int:
    if text.isdigit() and 0 < int(text) <= 10_000:
        return int(text)
    raise InvalidInput(
        "数量写法不对", found=text or "空", expected="1至10000的整数", remedy="写作 序号=数量，如 2=3"
    )


@group.command("withdraw", help="撤回清单，写明理由")
def withdraw(number: Number, reason: Annotated[str, typer.Option(help="理由")] = "") -> None:
    from casework.inspection.inquiries import withdraw_list
    from casework.inspection.inquiryviews import show_inquiry

    with writing() as desk:
        result = show_inquiry(desk, withdraw_list(desk, number, reason))
    emit(result, _say_list)


@group.command("show", help="查看清单逐项的交回情况")
def show(number: Number) -> None:
    from casework.inspection.inquiries import find_list
    from casework.inspection.inquiryviews import show_inquiry

    with reading() as desk:
        result = show_inquiry(desk, find_list(desk, number))
    emit(result, _say_list)


def _say_list(row: dict[str, Any]) -> None:
    print(f"{row['id']} {row['unit_name']} {row['title']}：{row['state_word']}，限{row['due_on']}")
    for item in row["items"]:
        print(f"  {item['place']}. {item['asked']}：{item['returned']}/{item['count']}")
        for one in item["returns"]:
            late = "，逾期" if one["late"] else ""
            print(
                f"     {one['on']} 交回{one['count']}（{one['by']}）{late}{'，' + one['note'] if one['note'] else ''}"
            )


@group.command("count", help="登记督察工作量：谈话、座谈、走访、测试等，各按其单位计")
def count(
    code: Annotated[str, typer.Argument(help="批次编码")],
    unit: Annotated[str, typer.Argument(help="单位编码")],
    what: Annotated[str, typer.Argument(help="talks、seminars、field_visits、test_takers 等")],
    number: Annotated[int, typer.Argument(help="数量；更正写负数并说明", metavar="数量")],
    on: Annotated[str | None, typer.Option(help="日期")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
) -> None:
    from casework.inspection.campaignrows import find_campaign
    from casework.inspection.fieldcounts import counted, describe_counts, note_count
    from models.base import key_of

    with writing() as desk:
        note_count(desk, code, unit, what, number, on=day(on, "--on"), note=note)
        result = describe_counts(counted(desk, [key_of(find_campaign(desk, code))]))
    emit(result, _say_counts)


@group.command("counts", help="督察工作量合计")
def counts(
    campaign: Annotated[str | None, typer.Option(help="批次编码；不写的为全部")] = None,
) -> None:
    from casework.inspection.campaignrows import find_campaign, refuse_units
    from casework.inspection.fieldcounts import counted, describe_counts
    from models.base import key_of

    with reading() as desk:
        refuse_units(desk, "查看督察工作量")
        wanted = [key_of(find_campaign(desk, campaign))] if campaign else None
        result = describe_counts(counted(desk, wanted))
    emit(result, _say_counts)


def _say_counts(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['label']}：{row['count']}{row['unit']}")
