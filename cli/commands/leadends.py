"""What becomes of a lead: passed to a unit, made a problem of a campaign, its source told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.register import existing
from cli.edge import day, emit, writing
from core.life.leadlife import LEAD

Number = Annotated[int, typer.Argument(metavar="ID", help="线索编号")]
Scan = Annotated[Path | None, typer.Option("--file", help="扫描件")]
On = Annotated[str | None, typer.Option("--on", help="日期，默认今天")]


def add_to(group: typer.Typer) -> None:
    """Add these commands to `ducha lead`."""
    group.command("transfer", help="转办：拟制转办函，承办单位的期限自签发起算")(transfer)
    group.command("answer", help="登记承办单位的反馈；--refused 为退回，由本单位自行初核")(answer)
    group.command("establish", help="立项：在已启动的批次中形成督察底稿")(establish)
    group.command("reply", help="答复来源：--draft 拟制书面答复，或登记答复方式")(reply)


def transfer(
    lead: Number,
    unit: Annotated[str, typer.Option(help="承办单位编码")],
    topic: Annotated[str, typer.Option(help="转办事由")],
    demand: Annotated[list[str], typer.Option(help="办理要求，可写多次")],
    matter: Annotated[str | None, typer.Option(help="反映的主要情况；默认为线索内容")] = None,
    material: Annotated[list[str] | None, typer.Option(help="随函材料，可写多次")] = None,
) -> None:
    from casework.intake.leadpassing import Passing, transfer_lead
    from cli.commands.lead import row_of

    with writing() as desk:
        row, document = transfer_lead(desk, lead, unit, Passing(topic, demand, matter, material or []))
        result = {**row_of(row), "document": document.id}
    emit(result, states=LEAD.state_labels)


def answer(
    lead: Number,
    note: Annotated[str, typer.Option(help="反馈内容")],
    found: Annotated[bool | None, typer.Option("--true/--not-true", help="是否属实")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="承办单位说明理由退回")] = False,
    on: On = None,
    file: Scan = None,
) -> None:
    from casework.intake.leadpassing import record_answer
    from cli.commands.lead import row_of

    with writing() as desk:
        row = record_answer(
            desk,
            lead,
            note,
            substantiated=found,
            refused=refused,
            on=day(on, "--on"),
            file=existing(file) if file else None,
        )
        result = row_of(row)
    emit(result, states=LEAD.state_labels)


def establish(
    lead: Number,
    campaign: Annotated[str, typer.Option(help="批次编码")],
    item: Annotated[str, typer.Option(help="事项编号")],
    problem: Annotated[str, typer.Option(help="问题")],
    severity: Annotated[str, typer.Option(help="minor 一般，major 较重，grave 严重")] = "major",
    facts: Annotated[str, typer.Option(help="事实与证据")] = "",
) -> None:
    from casework.intake.leadends import Problem, establish_lead
    from cli.commands.lead import row_of
    from core.codes import SEVERITY_LABELS, Severity
    from core.errors import InvalidInput

    if severity not in SEVERITY_LABELS:
        raise InvalidInput(
            "程度不正确", found=severity, expected="、".join(SEVERITY_LABELS), remedy="改正 --severity"
        )
    with writing() as desk:
        given = Problem(campaign, item, Severity(severity), problem, facts)
        row, finding = establish_lead(desk, lead, given)
        result = {**row_of(row), "finding": finding.code}
    emit(result, states=LEAD.state_labels)


def reply(
    lead: Number,
    channel: Annotated[
        str, typer.Option(help="document 书面，telephone 电话，interview 当面，platform 平台回填")
    ] = "",
    note: Annotated[str, typer.Option(help="答复情况")] = "",
    on: On = None,
    file: Scan = None,
    draft: Annotated[bool, typer.Option("--draft", help="拟制书面答复")] = False,
    to: Annotated[str, typer.Option(help="书面答复的主送")] = "",
    handling: Annotated[str, typer.Option(help="办理方式")] = "",
    verified: Annotated[str, typer.Option(help="核实情况")] = "",
    result: Annotated[str, typer.Option(help="处理意见")] = "",
) -> None:
    from casework.intake.leadends import draft_reply, reply_to_source
    from cli.commands.lead import row_of

    with writing() as desk:
        if draft:
            document = draft_reply(desk, lead, to, handling=handling, verified=verified, result=result)
            told: dict[str, object] = {"id": lead, "document": document.id, "state": document.state}
        else:
            scan = existing(file) if file else None
            told = row_of(reply_to_source(desk, lead, channel, note, on=day(on, "--on"), file=scan))
    emit(told, states=LEAD.state_labels)
