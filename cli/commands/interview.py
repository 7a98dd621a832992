"""Interviews (约谈)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.codes import Line
from core.errors import InvalidInput
from core.life.interviewlife import INTERVIEW_STATE_LABELS, read_people

interviews = typer.Typer(help="约谈：安排并拟通知、登记、取消", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="约谈编号")]
PERSON_HELP = "身份=人数 或 身份=姓名，可写多次；身份：部门负责人、分管负责人、执法人员、其他"
Persons = Annotated[list[str] | None, typer.Option("--person", help=PERSON_HELP)]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(interviews, name="interview")


@interviews.command("plan", help="安排约谈，并拟一份约谈通知书")
def plan(
    unit: Annotated[str, typer.Argument(help="单位编码")],
    on: Annotated[str, typer.Option(help="约谈日期")],
    place: Annotated[str, typer.Option(help="地点")],
    reason: Annotated[str, typer.Option(help="约谈事由")],
    interviewer: Annotated[str, typer.Option(help="约谈人（职务）")],
    person: Persons = None,
    at: Annotated[str, typer.Option(help="时刻，如 上午9时30分")] = "",
    campaign: Annotated[str, typer.Option(help="批次编码；不属批次的不写")] = "",
    case: Annotated[list[str] | None, typer.Option(help="所涉问题编号，可写多次")] = None,
    about: Annotated[str, typer.Option(help="所涉其他事项，如 matter:3")] = "",
    line: Annotated[str, typer.Option(help="不属批次的：party 督察，enforcement 执法监督")] = "party",
) -> None:
    from casework.paperwork.interviews import Occasion, describe_interview, plan_interview

    with writing() as desk:
        occasion = Occasion(
            reason,
            interviewer,
            day(on, "--on") or desk.today,
            place,
            at,
            campaign,
            tuple(case or ()),
            _about(about),
            _line(line),
        )
        row, _notice = plan_interview(desk, unit, occasion, read_people(person or ()))
        result = describe_interview(desk, row, unit)
    emit(result, states=INTERVIEW_STATE_LABELS)


@interviews.command("hold", help="登记已进行的约谈：到场人数、记录、承诺")
def hold(
    interview: Number,
    file: Annotated[Path, typer.Option(help="约谈记录扫描件")],
    person: Persons = None,
    on: Annotated[str | None, typer.Option(help="约谈日期，默认今天")] = None,
    commit: Annotated[list[str] | None, typer.Option(help="承诺：日期=内容，可写多次；到期提醒核实")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
) -> None:
    from casework.paperwork.interviews import describe_interview, hold_interview
    from models.organisation import Unit

    with writing() as desk:
        when = day(on, "--on") or desk.today
        promised = [_commitment(text) for text in commit or ()]
        row = hold_interview(desk, interview, when, read_people(person or ()), existing(file), promised, note)
        result = describe_interview(desk, row, desk.session.get_one(Unit, row.unit_id).code)
    emit(result, states=INTERVIEW_STATE_LABELS)


@interviews.command("cancel", help="取消约谈")
def cancel(interview: Number, note: Annotated[str, typer.Option(help="理由")] = "") -> None:
    from casework.paperwork.interviews import cancel_interview, describe_interview
    from models.organisation import Unit

    with writing() as desk:
        row = cancel_interview(desk, interview, note)
        result = describe_interview(desk, row, desk.session.get_one(Unit, row.unit_id).code)
    emit(result, states=INTERVIEW_STATE_LABELS)


@interviews.command("list", help="列出约谈，按身份计人数")
def list_(
    state: Annotated[str | None, typer.Option(help="planned、held、cancelled")] = None,
) -> None:
    from casework.paperwork.interviews import list_interviews

    with reading() as desk:
        result: list[dict[str, Any]] = list_interviews(desk, state)
    emit(result, states=INTERVIEW_STATE_LABELS)


def _about(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    subject, colon, number = text.partition(":")
    if subject not in ("lead", "matter", "document", "case") or not colon or not number.isdigit():
        raise InvalidInput(
            "--about 的写法不正确", found=text, expected="lead:编号、matter:编号、document:编号",
            remedy="例如 --about matter:3",
        )  # fmt: skip
    return subject, int(number)


def _line(text: str) -> Line:
    try:
        return Line(text)
    except ValueError:
        raise InvalidInput(
            "条线不正确", found=text, expected="party 督察、enforcement 执法监督", remedy="改正 --line"
        ) from None


def _commitment(text: str) -> tuple[str, Any]:
    first, equals, what = text.partition("=")
    if not equals or not what.strip():
        raise InvalidInput(
            "--commit 的写法不正确",
            found=text,
            expected="日期=内容",
            remedy="例如 --commit 2026-06-30=建立台账",
        )
    return what.strip(), day(first, "--commit")
