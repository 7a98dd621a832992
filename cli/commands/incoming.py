"""Matters handed to the office by other supervising bodies, meetings with them, and cases supervised together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, looking, reading, writing
from core.life.incominglife import INCOMING

if TYPE_CHECKING:
    from models.incoming import Incoming

group = typer.Typer(help="联动来件：纪检监察、巡察、检察等机关移交的事项", no_args_is_help=True)
meetings = typer.Typer(help="会商、联席会议和联合督办", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="来件编号")]
Scan = Annotated[Path | None, typer.Option("--file", help="扫描件")]
Items = Annotated[
    list[str] | None, typer.Option("--item", help="事项：内容|负责人|日期，可写多次，各成一项任务")
]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="incoming")
    app.add_typer(meetings, name="meeting")


@group.command("register", help="登记一件来件，期限从来文、法定期限或规则")
def register(
    sender: Annotated[str, typer.Option("--from", help="来文机关代码，如 discipline；其他写 other")],
    kind: Annotated[str, typer.Option(help="种类，如 discipline_advice 纪检监察建议")],
    title: Annotated[str, typer.Option(help="标题")],
    text: Annotated[str, typer.Option(help="内容")],
    received: Annotated[str | None, typer.Option("--received-on", help="收到日期，默认今天")] = None,
    sender_name: Annotated[str, typer.Option("--from-name", help="来文机关名称")] = "",
    number: Annotated[str, typer.Option(help="来文文号")] = "",
    line: Annotated[str, typer.Option(help="party 督察，enforcement 执法监督")] = "party",
    due_on: Annotated[str | None, typer.Option("--due-on", help="来文要求的期限")] = None,
    urgent: Annotated[str, typer.Option(help="法定期限的另一情形，如 urgent")] = "",
    no_reply: Annotated[bool, typer.Option("--no-reply", help="不需回复")] = False,
    unit: Annotated[str, typer.Option(help="所涉单位编码")] = "",
    case: Annotated[str, typer.Option(help="有关问题编号")] = "",
    campaign: Annotated[str, typer.Option(help="有关批次编码")] = "",
    lead: Annotated[int | None, typer.Option(help="有关线索编号")] = None,
    item: Items = None,
    file: Scan = None,
) -> None:
    from casework.intake.incoming import NewIncoming, register_incoming
    from casework.linkage.linkageitems import read_item
    from core.codes import Line
    from core.errors import InvalidInput

    if line not in set(Line):
        raise InvalidInput("条线不正确", found=line, expected="、".join(Line), remedy="改正 --line")
    with writing() as desk:
        came = day(received, "--received-on") or desk.today
        links = {"unit": unit, "case": case, "campaign": campaign}
        given = NewIncoming(
            sender, kind, title, text, came, sender_name, number, Line(line), day(due_on, "--due-on"), urgent, no_reply,
            lead=lead, items=[read_item(one) for one in item or []], **links,
        )  # fmt: skip
        result = _row(register_incoming(desk, given, file=_scan(file)))
    emit(result, states=INCOMING.state_labels)


@group.command("list", help="列出联动来件")
def list_(
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未回复的")] = False,
) -> None:
    from casework.intake.incomingviews import list_incoming

    with reading() as desk:
        result = list_incoming(desk, state=state, overdue=overdue)
    emit(result, states=INCOMING.state_labels)


@group.command("show", help="查看一件来件；查看留痕")
def show(incoming: Number) -> None:
    from casework.intake.incomingviews import show_incoming

    with looking() as desk:
        result = show_incoming(desk, incoming)
    emit(result, states=INCOMING.state_labels)


@group.command("assign", help="交办；承办人由此知悉本件")
def assign(
    incoming: Number,
    owner: Annotated[str, typer.Option(help="承办人编号")],
    until: Annotated[str | None, typer.Option(help="知悉至何日，默认一年")] = None,
) -> None:
    from casework.intake.incoming import assign_incoming

    with writing() as desk:
        result = _row(assign_incoming(desk, incoming, owner, until=day(until, "--until")))
    emit(result, states=INCOMING.state_labels)


@group.command("answer", help="回复来文机关：--draft 拟制复函，或登记已送出、已当面回复")
def answer(
    incoming: Number,
    channel: Annotated[str, typer.Option(help="hand 专人，confidential_post 机要，meeting 当面")] = "hand",
    note: Annotated[str, typer.Option(help="回复情况")] = "",
    on: Annotated[str | None, typer.Option("--on", help="日期，默认今天")] = None,
    file: Scan = None,
    draft: Annotated[bool, typer.Option("--draft", help="拟制复函")] = False,
    handling: Annotated[str, typer.Option(help="办理情况")] = "",
    next_steps: Annotated[str, typer.Option("--next", help="下一步工作")] = "",
    unit: Annotated[str, typer.Option(help="所涉单位编码")] = "",
) -> None:
    from casework.intake.incomingreplies import answer_incoming, draft_incoming_reply

    with writing() as desk:
        if draft:
            document = draft_incoming_reply(
                desk, incoming, handling=handling, next_steps=next_steps, unit=unit
            )
            result: dict[str, Any] = {"id": incoming, "document": document.id}
        else:
            row = answer_incoming(
                desk, incoming, channel=channel, note=note, on=day(on, "--on"), file=_scan(file)
            )
            result = _row(row)
    emit(result, states=INCOMING.state_labels)


@group.command("return", help="不属本单位职责的，说明理由退回")
def return_(
    incoming: Number,
    reason: Annotated[str, typer.Option("--reason", "--note", help="理由")] = "",
    file: Scan = None,
) -> None:
    from casework.intake.incoming import return_incoming

    with writing() as desk:
        result = _row(return_incoming(desk, incoming, reason, file=_scan(file)))
    emit(result, states=INCOMING.state_labels)


@group.command("close", help="办结：须已回复、各项均已落实")
def close(incoming: Number, note: Annotated[str, typer.Option(help="说明")] = "") -> None:
    from casework.intake.incoming import close_incoming

    with writing() as desk:
        result = _row(close_incoming(desk, incoming, note))
    emit(result, states=INCOMING.state_labels)


@meetings.command("record", help="登记会商、联席会议：纪要、议定事项（各成一项任务）")
def record(
    kind: Annotated[str, typer.Option(help="consultation 会商，joint 联席会议，special 专题会议")],
    title: Annotated[str, typer.Option(help="议题")],
    bodies: Annotated[list[str], typer.Option("--with", help="参加机关，可写多次")],
    file: Annotated[Path, typer.Option(help="会议纪要")],
    on: Annotated[str | None, typer.Option("--on", help="日期，默认今天")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
    item: Items = None,
    referral: Annotated[int | None, typer.Option(help="有关移送编号")] = None,
    incoming: Annotated[int | None, typer.Option(help="有关来件编号")] = None,
) -> None:
    from casework.linkage.linkageitems import read_item
    from casework.linkage.meetings import NewMeeting, record_meeting

    with writing() as desk:
        given = NewMeeting(
            kind,
            day(on, "--on") or desk.today,
            title,
            bodies,
            note,
            [read_item(one) for one in item or []],
            referral,
            incoming,
        )
        row = record_meeting(desk, given, existing(file))
        result = {"id": row.id, "number": row.number, "held_on": row.held_on}
    emit(result)


@meetings.command("list", help="列出会商和联席会议")
def list_meetings() -> None:
    from casework.linkage.meetings import list_meetings as listed

    with reading() as desk:
        result = listed(desk)
    emit(result)


@meetings.command("show", help="查看一次会议和议定事项；查看留痕")
def show_meeting(meeting: Annotated[int, typer.Argument(metavar="ID", help="会议编号")]) -> None:
    from casework.linkage.meetings import show_meeting as shown

    with looking() as desk:
        result = shown(desk, meeting)
    emit(result)


@meetings.command("joint", help="登记联合督办")
def joint(
    case: Annotated[str, typer.Argument(metavar="CASE", help="问题编号")],
    body: Annotated[str, typer.Option(help="联合督办的机关代码")],
    note: Annotated[str, typer.Option(help="督办要求")] = "",
    report_on: Annotated[str | None, typer.Option("--report-on", help="何日汇总情况")] = None,
    meeting: Annotated[int | None, typer.Option(help="有关会议编号")] = None,
    incoming: Annotated[int | None, typer.Option(help="有关来件编号")] = None,
) -> None:
    from casework.linkage.jointcases import supervise_jointly

    with writing() as desk:
        row = supervise_jointly(
            desk,
            case,
            body,
            note,
            report_on=day(report_on, "--report-on"),
            meeting=meeting,
            incoming=incoming,
        )
        result = {"id": row.id, "case": case, "body": row.body, "report_on": row.report_on}
    emit(result)


@meetings.command("joint-list", help="列出联合督办的事项")
def joint_list() -> None:
    from casework.linkage.jointcases import list_joint

    with reading() as desk:
        result = list_joint(desk)
    emit(result)


@meetings.command("joint-end", help="办结一项联合督办")
def joint_end(
    joint_id: Annotated[int, typer.Argument(metavar="ID", help="联合督办编号")],
    note: Annotated[str, typer.Option(help="督办结果")] = "",
) -> None:
    from casework.linkage.jointcases import end_joint_supervision

    with writing() as desk:
        row = end_joint_supervision(desk, joint_id, note)
        result = {"id": row.id, "ended_on": row.ended_on}
    emit(result)


def _row(row: Incoming) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "due_on": row.due_on,
        "due_basis": row.due_basis,
        "owner": row.owner,
        "document": row.document_id,
    }


def _scan(file: Path | None) -> Path | None:
    return existing(file) if file else None
