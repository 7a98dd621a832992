"""Leads that come in: registered, checked, passed on, made a problem, answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, looking, reading, writing
from core.life.leadlife import LEAD

if TYPE_CHECKING:
    from models.lead import Lead

group = typer.Typer(help="线索：登记、初核、转办、立项、不予处理、答复来源", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="线索编号")]
Reason = Annotated[str, typer.Option("--reason", "--note", help="理由")]
Scan = Annotated[Path | None, typer.Option("--file", help="扫描件")]
Unit = Annotated[str, typer.Option(help="被反映单位编码")]
Item = Annotated[str, typer.Option(help="事项编号")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    from cli.commands import leadends  # it adds its commands to the group

    leadends.add_to(group)
    app.add_typer(group, name="lead")


@group.command("register", help="登记一件线索；来源人另存，只有指定人员和登记人可查")
def register(
    source: Annotated[str, typer.Option(help="来源，如 hotline_12345 或 12345热线")],
    title: Annotated[str, typer.Option(help="标题")],
    text: Annotated[str, typer.Option(help="内容，不得写来源人")],
    received: Annotated[str | None, typer.Option("--received-on", help="收到日期，默认今天")] = None,
    ref: Annotated[str, typer.Option(help="来源编号")] = "",
    line: Annotated[str, typer.Option(help="enforcement 执法监督，party 督察")] = "enforcement",
    unit: Unit = "",
    item: Item = "",
    person: Annotated[str, typer.Option(help="反映人（保密）")] = "",
    contact: Annotated[str, typer.Option(help="联系方式（保密）")] = "",
    remark: Annotated[str, typer.Option(help="来源备注（保密）")] = "",
    real_name: Annotated[bool, typer.Option("--real-name", help="实名")] = False,
    accusation: Annotated[bool, typer.Option("--accusation", help="检举控告，不得转给被反映单位")] = False,
    secrecy: Annotated[str, typer.Option(help="internal 内部，work_secret 工作秘密")] = "internal",
    reply_by: Annotated[str | None, typer.Option("--reply-by", help="来源要求的答复期限")] = None,
) -> None:
    from casework.intake.leads import NewLead, register_lead
    from core.codes import Line, Secrecy

    with writing() as desk:
        given = NewLead(
            source=source,
            received_on=day(received, "--received-on") or desk.today,
            title=title,
            text=text,
            line=_code(Line, line, "--line"),
            source_ref=ref,
            unit=unit,
            item=item,
            person=person,
            contact=contact,
            note=remark,
            real_name=real_name,
            accusation=accusation,
            secrecy=_code(Secrecy, secrecy, "--secrecy"),
            reply_by=day(reply_by, "--reply-by"),
        )
        result = row_of(register_lead(desk, given))
    emit(result, states=LEAD.state_labels)


@group.command("import", help="导入线索清单（.xlsx、.csv），全部登记或全不登记；已登记的来源编号略过")
def import_(file: Annotated[Path, typer.Argument(help="清单文件")]) -> None:
    from casework.intake.leadimport import import_leads

    with writing() as desk:
        result = import_leads(desk, existing(file))
    emit(result)


@group.command("list", help="列出线索（不含来源人）")
def list_(
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    source: Annotated[str | None, typer.Option(help="来源")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列有期限已过的")] = False,
) -> None:
    from casework.intake.leadviews import list_leads

    with reading() as desk:
        result = list_leads(desk, state=state, source=source, overdue=overdue)
    emit(result, states=LEAD.state_labels)


@group.command("show", help="查看一件线索（不含来源人）")
def show(lead: Number) -> None:
    from casework.intake.leadviews import show_lead

    with looking() as desk:
        result = show_lead(desk, lead)
    emit(result, states=LEAD.state_labels)


@group.command("source", help="查看来源人，查看留痕；--views 列出谁查看过")
def source(lead: Number, views: Annotated[bool, typer.Option("--views", help="查看记录")] = False) -> None:
    from casework.intake.leadviews import source_of, views_of

    with looking() as desk:
        result = views_of(desk, lead) if views else source_of(desk, lead)
    emit(result)


@group.command("check", help="初核：--handler 交办，或 --opinion 提出初核意见")
def check(
    lead: Number,
    handler: Annotated[str, typer.Option(help="初核人员编号")] = "",
    opinion: Annotated[str, typer.Option(help="初核意见")] = "",
    dispute: Annotated[
        str, typer.Option(help="none 未进入其他程序，review 复议中，litigation 诉讼中，filed 已立案")
    ] = "",
    legal_note: Annotated[str, typer.Option("--legal-note", help="法律意见")] = "",
    found: Annotated[bool | None, typer.Option("--true/--not-true", help="是否属实")] = None,
    unit: Unit = "",
    item: Item = "",
    file: Scan = None,
) -> None:
    from casework.intake.leadsteps import conclude_check, start_check
    from core.errors import InvalidInput

    if bool(handler) == bool(opinion):
        raise InvalidInput(
            "初核须写明交办人员或者意见",
            found="两项都有或都没有",
            expected="其中一项",
            remedy="--handler 或 --opinion",
        )
    with writing() as desk:
        if handler:
            row = start_check(desk, lead, handler, unit=unit, item=item)
        else:
            row = conclude_check(
                desk,
                lead,
                opinion,
                dispute=dispute,
                legal_note=legal_note,
                substantiated=found,
                unit=unit,
                item=item,
                file=_scan(file),
            )
        result = row_of(row)
    emit(result, states=LEAD.state_labels)


@group.command("decline", help="不予处理，写明理由")
def decline(lead: Number, reason: Reason = "") -> None:
    from casework.intake.leadsteps import decline_lead

    with writing() as desk:
        result = row_of(decline_lead(desk, lead, reason))
    emit(result, states=LEAD.state_labels)


@group.command("return", help="错误转来的，在规定期限内说明理由退回来源")
def return_(lead: Number, reason: Reason = "", file: Scan = None) -> None:
    from casework.intake.leadsteps import return_lead

    with writing() as desk:
        result = row_of(return_lead(desk, lead, reason, file=_scan(file)))
    emit(result, states=LEAD.state_labels)


@group.command("merge", help="并入同一事项的另一件线索")
def merge(
    lead: Number, into: Annotated[int, typer.Option(help="并入哪一件（编号）")], reason: Reason = ""
) -> None:
    from casework.intake.leadsteps import merge_lead

    with writing() as desk:
        result = row_of(merge_lead(desk, lead, into, reason))
    emit(result, states=LEAD.state_labels)


@group.command("close", help="办结线索：须已答复来源、承办单位已反馈")
def close(lead: Number, note: Reason = "") -> None:
    from casework.intake.leadsteps import close_lead

    with writing() as desk:
        result = row_of(close_lead(desk, lead, note))
    emit(result, states=LEAD.state_labels)


@group.command("extend", help="延长期限：申请；--approve、--refuse 审批；--told 登记已告知来源")
def extend(
    lead: Number,
    clock: Annotated[str, typer.Option(help="reply 答复来源，check 初核，answer 承办单位反馈")] = "reply",
    until: Annotated[str | None, typer.Option(help="延长至何日，默认规则允许的最后一日")] = None,
    reason: Reason = "",
    approve: Annotated[bool, typer.Option("--approve", help="批准")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="不批准")] = False,
    told: Annotated[str, typer.Option(help="何时以何方式告知")] = "",
) -> None:
    from casework.intake.leadclocks import ask_extension, decide_extension, tell_extension

    with writing() as desk:
        if approve or refuse:
            row = decide_extension(desk, lead, granted=approve and not refuse, note=reason)
        elif told:
            row = tell_extension(desk, lead, told)
        else:
            row = ask_extension(desk, lead, clock, reason=reason, until=day(until, "--until"))
        result = row.model_dump(mode="json", exclude={"office_id"})
    emit(result)


def row_of(row: Lead) -> dict[str, Any]:
    """Return what a command on a lead tells: number, state, clocks."""
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "check_due_on": row.check_due_on,
        "answer_due_on": row.answer_due_on,
        "reply_due_on": row.reply_due_on,
        "document": row.document_id,
    }


def _scan(file: Path | None) -> Path | None:
    return existing(file) if file else None


def _code(codes: Any, text: str, option: str) -> Any:
    from core.errors import InvalidInput

    try:
        return codes(text)
    except ValueError:
        raise InvalidInput(
            f"{option} 的取值不正确", found=text, expected="、".join(codes), remedy=f"改正 {option}"
        ) from None
