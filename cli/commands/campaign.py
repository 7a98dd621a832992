"""Campaigns, checklists and findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import emit, reading, writing
from cli.labels import CAMPAIGN_STATES, FINDING_STATES
from core.errors import InvalidInput

campaigns = typer.Typer(help="督察批次：编制、批准、启动、办结", no_args_is_help=True)
checklists = typer.Typer(help="检查表：每个单位一本，导出、导入", no_args_is_help=True)
findings = typer.Typer(help="问题：底稿、认定、撤销", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="批次编码")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(campaigns, name="campaign")
    app.add_typer(checklists, name="checklist")
    app.add_typer(findings, name="finding")


@campaigns.command("plan", help="按批次文件排出每个单位的日期、地点和督察组")
def plan(file: Annotated[Path, typer.Argument(help="批次文件（YAML）")]) -> None:
    from casework.inspection.campaigns import describe_campaign, plan_campaign

    with writing() as desk:
        result = describe_campaign(desk, plan_campaign(desk, existing(file)))
    emit(result, _say_plan)


@campaigns.command("approve", help="批准督察方案，附签批件")
def approve(
    code: Code, file: Annotated[Path | None, typer.Option(help="督察方案签批件扫描件")] = None
) -> None:
    from casework.inspection.campaigns import approve_campaign, describe_campaign

    with writing() as desk:
        result = describe_campaign(desk, approve_campaign(desk, code, existing(file) if file else None))
    emit(result, _say_plan)


@campaigns.command("open", help="启动批次：冻结规则，起草督察通知，通知督察员")
def open_(
    code: Code, reason: Annotated[str, typer.Option(help="对减负提醒的说明，记入办理记录")] = ""
) -> None:
    from casework.inspection.campaigns import describe_campaign, open_campaign

    with writing() as desk:
        result = describe_campaign(desk, open_campaign(desk, code, reason))
    emit(result, _say_plan)


@campaigns.command("close", help="办结批次（整改事项须全部办结）")
def close(code: Code) -> None:
    from casework.inspection.campaigns import close_campaign, describe_campaign

    with writing() as desk:
        result = describe_campaign(desk, close_campaign(desk, code))
    emit(result, _say_plan)


@campaigns.command("call-off", help="取消尚未启动的批次，写明理由")
def call_off(code: Code, reason: Annotated[str, typer.Option(help="取消的理由")] = "") -> None:
    from casework.inspection.callingoff import call_off_campaign
    from casework.inspection.campaigns import describe_campaign

    with writing() as desk:
        result = describe_campaign(desk, call_off_campaign(desk, code, reason))
    emit(result, _say_plan)


@campaigns.command("show", help="查看批次的任务安排")
def show(code: Code) -> None:
    from casework.inspection.campaigns import describe_campaign, find_campaign

    with reading() as desk:
        result = describe_campaign(desk, find_campaign(desk, code))
    emit(result, _say_plan)


def _say_plan(data: dict[str, Any]) -> None:
    from cli.tables import print_value

    print(f"{data['code']} {data['title']}（{CAMPAIGN_STATES.get(data['state'], data['state'])}）")
    print_value([_visit(visit) for visit in data["visits"]])
    for warned in data.get("warnings", ()):
        print(f"提醒：{warned['text']}")
    if data["rules_sha256"]:
        print(f"规则集 {data['rules_sha256'][:12]}")


def _visit(visit: dict[str, Any]) -> dict[str, str]:
    one_day = visit["from"] == visit["to"]
    return {
        "单位": visit["unit"],
        "日期": visit["from"] if one_day else f"{visit['from']}至{visit['to']}",
        "地点": visit["place"],
        "督察组": "、".join(visit.get("team", ())),
        "事项数": str(len(visit["items"])),
    }


@checklists.command("export", help="导出检查表，每个单位一本")
def export(code: Code, out: Annotated[Path, typer.Option(help="输出文件夹")]) -> None:
    from casework.inspection.checklists import export_checklists

    with writing() as desk:
        paths = export_checklists(desk, code, out)
    emit([str(path) for path in paths])


@checklists.command("import", help="导入填好的检查表，全部成功或全部不写")
def import_(files: Annotated[list[Path], typer.Argument(help="检查表文件")]) -> None:
    from casework.inspection.checklists import import_checklists

    with writing() as desk:
        result = import_checklists(desk, [existing(path) for path in files])
    emit(result)


@checklists.command("self-report", help="登记单位已报送自查报告")
def self_report(code: Code, unit: Annotated[str, typer.Argument(help="单位编码")]) -> None:
    from casework.inspection.checklists import record_self_report

    with writing() as desk:
        visit = record_self_report(desk, code, unit)
        result = {"visit": visit.id, "unit": unit, "self_report_on": visit.self_report_on}
    emit(result)


@findings.command("list", help="列出问题和底稿")
def list_(
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
    state: Annotated[str | None, typer.Option(help="paper、confirmed、withdrawn")] = None,
) -> None:
    from casework.inspection.findings import list_findings

    with reading() as desk:
        result = list_findings(desk, campaign=campaign, state=state)
    emit(result, states=FINDING_STATES)


@findings.command("confirm", help="认定问题；单位有异议或拒签的须写明理由")
def confirm(
    ids: Annotated[list[str] | None, typer.Argument(help="问题编号")] = None,
    campaign: Annotated[str | None, typer.Option(help="批次编码，与 --all 同用")] = None,
    all_: Annotated[bool, typer.Option("--all", help="认定该批次单位已确认的全部底稿")] = False,
    note: Annotated[str, typer.Option(help="复核理由")] = "",
) -> None:
    from casework.inspection.findings import confirm_all, confirm_findings

    if bool(ids) == bool(campaign and all_):
        raise InvalidInput(
            "请指明要认定的问题",
            found="问题编号与 --campaign … --all 二者选一",
            expected="编号，或 --campaign 批次 --all",
            remedy="运行 ducha finding list 查看编号",
        )
    with writing() as desk:
        rows = confirm_findings(desk, ids, note) if ids else confirm_all(desk, campaign or "")
        result = [
            {"id": row.code, "item": row.item, "severity": row.severity, "state": row.state} for row in rows
        ]
    emit(result, states=FINDING_STATES)


@findings.command("withdraw", help="撤销问题（连同其整改事项）")
def withdraw(
    code: Annotated[str, typer.Argument(metavar="ID", help="问题编号")],
    note: Annotated[str, typer.Option(help="撤销理由")] = "",
) -> None:
    from casework.inspection.findings import withdraw_finding

    with writing() as desk:
        row = withdraw_finding(desk, code, note)
        result = {"id": row.code, "state": row.state}
    emit(result, states=FINDING_STATES)
