"""Recurring plans and yearly plans: what is due, starting it, and why a campaign may take place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing

group = typer.Typer(help="计划：周期计划到期编制，年度督查检查考核计划和例外批准", no_args_is_help=True)
Plan = Annotated[str, typer.Argument(help="周期计划代码")]
Period = Annotated[str, typer.Argument(help="期次，如 2026-03、2026-Q3")]
Unit = Annotated[str, typer.Option(help="单位编码（每个单位各为一期的计划）")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="plan")


@group.command("list", help="列出周期计划：已编制、不开展和到期的期次")
def list_(ahead: Annotated[int, typer.Option(help="另列今后多少日内到期的")] = 31) -> None:
    from casework.inspection.occurrenceviews import list_plans

    with reading() as desk:
        result = list_plans(desk, ahead=ahead)
    emit(result, _say_plans)


def _say_plans(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['code']} {row['title']}")
        for one in row["occurrences"]:
            said = f"{one['state_word']} {one['campaign'] or ''} {one['reason']}".rstrip()
            print(f"  {one['period']}{_of(one['unit'])}：{said}")
        for one in row["due"]:
            print(
                f"  {one['period']}{_of(one['unit'])}：{one['due_on']}{'，已过期' if one['overdue'] else ''}"
            )


def _of(unit: str) -> str:
    return f"（{unit}）" if unit else ""


@group.command("due", help="列出到期而尚未编制的期次")
def due(ahead: Annotated[int, typer.Option(help="另列今后多少日内到期的")] = 0) -> None:
    from casework.inspection.campaignrows import refuse_units
    from casework.inspection.occurrences import due_occurrences
    from casework.inspection.occurrenceviews import describe_due

    with reading() as desk:
        refuse_units(desk, "查看周期计划")
        found = due_occurrences(desk, until=desk.today + timedelta(ahead))
        result = [describe_due(desk, one) for one in found]
    emit(result)


@group.command("start", help="编制一期：生成批次草稿，其后照常批准、启动；同一期只能编制一次")
def start(
    plan: Plan,
    period: Period,
    unit: Unit = "",
    begin: Annotated[str | None, typer.Option("--from", help="督察期间首日")] = None,
) -> None:
    from casework.inspection.campaignview import describe_campaign
    from casework.inspection.occurrences import start_occurrence

    with writing() as desk:
        row, campaign = start_occurrence(desk, plan, period, unit=unit, begin=day(begin, "--from"))
        result = {"plan": row.plan, "period": row.period, **describe_campaign(desk, campaign)}
    emit(result, _say_started)


def _say_started(data: dict[str, Any]) -> None:
    print(f"{data['period']} 已编制批次 {data['code']} {data['title']}，{len(data['visits'])}个单位")
    for warned in data["warnings"]:
        print(f"提醒：{warned['text']}")


@group.command("skip", help="决定一期不开展，写明理由（主任）")
def skip(
    plan: Plan, period: Period, reason: Annotated[str, typer.Option(help="理由")] = "", unit: Unit = ""
) -> None:
    from casework.inspection.occurrences import skip_occurrence

    with writing() as desk:
        row = skip_occurrence(desk, plan, period, reason, unit=unit)
        result = {"plan": row.plan, "unit": row.unit, "period": row.period, "state": row.state}
    emit(result, states={"skipped": "不开展"})


@group.command("done", help="登记一期已完成；自完成起算的计划由此推算下一期")
def done(
    plan: Plan,
    period: Period,
    on: Annotated[str | None, typer.Option(help="完成日期")] = None,
    unit: Unit = "",
) -> None:
    from casework.inspection.occurrences import finish_occurrence

    with writing() as desk:
        row = finish_occurrence(desk, plan, period, day(on, "--on") or desk.today, unit=unit)
        result = {"plan": row.plan, "unit": row.unit, "period": row.period, "state": row.state}
    emit(result, states={"done": "已完成"})


@group.command("reference", help="写明批次列入哪份年度计划的哪一项，或由主任批准例外")
def reference(
    code: Annotated[str, typer.Argument(help="批次编码")],
    document: Annotated[str, typer.Option(help="计划文件名称")] = "",
    number: Annotated[str, typer.Option(help="计划文号")] = "",
    item: Annotated[str, typer.Option(help="计划事项")] = "",
    exception: Annotated[str, typer.Option(help="例外开展的理由")] = "",
    file: Annotated[Path | None, typer.Option(help="批准件扫描件")] = None,
) -> None:
    from casework.inspection.references import approve_exception, describe_reference, refer_to_plan

    scan = existing(file) if file else None
    with writing() as desk:
        row = (
            approve_exception(desk, code, exception, scan)
            if exception
            else refer_to_plan(desk, code, document, number, item, scan)
        )
        result = {"campaign": code, "reference": describe_reference(row)}
    emit(result)


@group.command("register", help="登记年度督查检查考核计划及其事项；同一文号再登记即更新")
def register(
    year: Annotated[int, typer.Argument(help="年度")],
    title: Annotated[str, typer.Option(help="名称")] = "",
    number: Annotated[str, typer.Option(help="文号")] = "",
    item: Annotated[list[str] | None, typer.Option(help="事项，可重复")] = None,
    file: Annotated[Path | None, typer.Option(help="计划文件扫描件")] = None,
) -> None:
    from casework.inspection.references import register_annual_plan

    with writing() as desk:
        row = register_annual_plan(desk, year, title, number, item or [], existing(file) if file else None)
        result = {"year": row.year, "title": row.title, "number": row.number, "items": row.items.splitlines()}
    emit(result)


@group.command("annual", help="列出已登记的年度计划，各项对应哪些批次")
def annual() -> None:
    from casework.inspection.references import list_annual_plans

    with reading() as desk:
        result = list_annual_plans(desk)
    emit(result, _say_annual)


def _say_annual(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['year']} {row['title']}（{row['number']}）")
        for one in row["items"]:
            print(f"  {one['item']}：{'、'.join(one['campaigns']) or '尚无批次'}")
