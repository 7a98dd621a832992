"""Kinds of campaign, what to think about before one opens, its milestones, changes of its scope, joint findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.campaign import campaigns
from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from cli.labels import CAMPAIGN_STATES

scope = typer.Typer(help="范围变更：申请、批准、不批准、撤回，原范围留存", no_args_is_help=True)
milestone = typer.Typer(help="节点：登记完成", no_args_is_help=True)
joint = typer.Typer(help="联合督察：共享的问题", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="批次编码")]
Number = Annotated[int | None, typer.Option("--number", help="第几次变更；不写的为待批准的一次")]


def attach() -> None:
    """Add these commands to `campaign`."""
    campaigns.add_typer(scope, name="scope")
    campaigns.add_typer(milestone, name="milestone")
    campaigns.add_typer(joint, name="joint")


@campaigns.command("list", help="列出督察批次")
def list_() -> None:
    from casework.inspection.campaignview import list_campaigns

    with reading() as desk:
        result = list_campaigns(desk)
    emit(result, _say_campaigns)


def _say_campaigns(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value
    from core.codes import LINE_LABELS, Line

    print_value(
        [
            {
                "编码": row["code"],
                "名称": row["title"],
                "督察方式": row["kind_name"],
                "条线": LINE_LABELS[Line(row["line"])],
                "期间": f"{row['from']}至{row['to']}",
                "状态": CAMPAIGN_STATES[row["state"]],
            }
            for row in rows
        ]
    )


@campaigns.command("kinds", help="列出督察方式：各属哪条线、有哪些节点、要求什么")
def kinds() -> None:
    from casework.inspection.campaignview import list_kinds

    with reading() as desk:
        result = list_kinds(desk)
    emit(result, _say_kinds)


def _say_kinds(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value(
        [
            {
                "代码": row["kind"],
                "督察方式": row["name"],
                "条线": row["line_name"],
                "告知文书": row["announces"] or "不事先告知",
                "要求": "、".join(row["asks"]),
            }
            for row in rows
        ]
    )


@campaigns.command("warnings", help="减负和多头重复提醒：同期督察、未办结的通知和事项、计划依据")
def warnings(code: Code) -> None:
    from casework.inspection.burden import warnings_for

    with reading() as desk:
        result = [one.as_dict() for one in warnings_for(desk, code)]
    emit(result)


@campaigns.command("milestones", help="列出节点和灯；不写批次的为全部进行中的批次")
def milestones(
    code: Annotated[str | None, typer.Argument(help="批次编码")] = None,
    late: Annotated[bool, typer.Option("--late", help="只列逾期和逾期完成的")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="只列与联合方共同的节点")] = False,
    ics: Annotated[Path | None, typer.Option(help="另存为日历文件（.ics），供联合方导入")] = None,
) -> None:
    from casework.inspection.milestonecalendar import calendar_of_milestones
    from casework.inspection.milestones import list_milestones

    with reading() as desk:
        result = list_milestones(desk, code, late=late, shared=shared)
        content = calendar_of_milestones(desk, result) if ics else b""
    if ics:
        ics.write_bytes(content)
    emit(result, _say_milestones)


def _say_milestones(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value(
        [
            {
                "批次": row["campaign"],
                "代码": row["code"],
                "节点": row["name"],
                "日期": row["due_on"] or "待定",
                "灯": row["light_word"],
                "状态": row["text"],
            }
            for row in rows
        ]
    )


@milestone.command("done", help="登记节点已完成")
def done(
    code: Code,
    name: Annotated[str, typer.Argument(metavar="节点", help="节点代码，见 campaign milestones")],
    on: Annotated[str | None, typer.Option(help="完成日期，不写为今天")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
) -> None:
    from casework.inspection.milestones import finish_milestone, list_milestones

    with writing() as desk:
        finish_milestone(desk, code, name, on=day(on, "--on"), note=note)
        result = [row for row in list_milestones(desk, code) if row["code"] == name]
    emit(result, _say_milestones)


@scope.command("request", help="申请变更范围：单位、事项、期间；批准前一切照旧")
def request(
    code: Code,
    reason: Annotated[str, typer.Option(help="理由")] = "",
    add_unit: Annotated[list[str] | None, typer.Option(help="增加的单位编码，可重复")] = None,
    drop_unit: Annotated[list[str] | None, typer.Option(help="减少的单位编码，可重复")] = None,
    add_item: Annotated[list[str] | None, typer.Option(help="增加的事项，可写作 目录:事项")] = None,
    drop_item: Annotated[list[str] | None, typer.Option(help="减少的事项")] = None,
    period_from: Annotated[str | None, typer.Option(help="督察期间首日")] = None,
    period_to: Annotated[str | None, typer.Option(help="督察期间末日")] = None,
) -> None:
    from casework.inspection.scopechanges import describe_change, request_scope_change
    from core.campaign.scope import ScopeWish

    wish = ScopeWish(
        tuple(add_unit or ()), tuple(drop_unit or ()), tuple(add_item or ()), tuple(drop_item or ()),
        day(period_from, "--period-from"), day(period_to, "--period-to"),
    )  # fmt: skip
    with writing() as desk:
        result = describe_change(request_scope_change(desk, code, wish, reason))
    emit(result, _say_change)


@scope.command("approve", help="批准范围变更，当即调整尚未开展的督察；申请人不得批准")
def approve(
    code: Code, number: Number = None, file: Annotated[Path | None, typer.Option(help="签批件扫描件")] = None
) -> None:
    from casework.inspection.scopechanges import approve_scope_change, describe_change

    with writing() as desk:
        result = describe_change(approve_scope_change(desk, code, number, existing(file) if file else None))
    emit(result, _say_change)


@scope.command("refuse", help="不批准范围变更，写明理由")
def refuse(
    code: Code,
    note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = "",
    number: Number = None,
) -> None:
    from casework.inspection.scopechanges import describe_change, refuse_scope_change

    with writing() as desk:
        result = describe_change(refuse_scope_change(desk, code, note, number))
    emit(result, _say_change)


@scope.command("withdraw", help="撤回尚未决定的变更申请")
def withdraw(code: Code, note: Annotated[str, typer.Option(help="说明")] = "", number: Number = None) -> None:
    from casework.inspection.scopechanges import describe_change, withdraw_scope_change

    with writing() as desk:
        result = describe_change(withdraw_scope_change(desk, code, note, number))
    emit(result, _say_change)


@scope.command("list", help="列出历次范围变更，连同变更前后的范围")
def scopes(code: Code) -> None:
    from casework.inspection.scopechanges import list_scope_changes

    with reading() as desk:
        result = list_scope_changes(desk, code)
    emit(result, _say_changes)


def _say_changes(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        _say_change(row)


def _say_change(row: dict[str, Any]) -> None:
    from core.campaign.scope import WORDS

    print(f"第{row['number']}次范围变更：{row['words']}（{row['state_word']}）")
    for key, value in row["change"].items():
        print(f"  {WORDS[key]}：{'、'.join(value) if isinstance(value, list) else value}")
    print(f"  理由：{row['reason']}（{row['asked_by']}，{row['asked_on']}）")
    if row["decided_by"]:
        print(f"  决定：{row['decided_by']}，{row['decided_on']}{'，' + row['note'] if row['note'] else ''}")
    for name, word in (("old", "原范围"), ("new", "新范围")):
        period, units = row[name]["period"], row[name].get("visits")
        shown = "、".join(visit["unit"] for visit in units) if units is not None else "待批准后排定"
        print(f"  {word}：{period['from']}至{period['to']}；{shown}")


@joint.command("findings", help="列出联合督察的问题；联合方联络员只见共享的")
def findings(code: Code) -> None:
    from casework.inspection.jointly import list_joint_findings

    with reading() as desk:
        result = list_joint_findings(desk, code)
    emit(result)


@joint.command("share", help="把问题共享给联合方，或用 --back 收回")
def share(
    finding: Annotated[str, typer.Argument(metavar="问题编号")],
    back: Annotated[bool, typer.Option("--back", help="收回")] = False,
) -> None:
    from casework.inspection.jointly import show_finding_to

    with writing() as desk:
        row = show_finding_to(desk, finding, jointly=not back)
        result = {"id": row.code, "visibility": row.visibility}
    emit(result)
