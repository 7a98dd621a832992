"""Half-month reports: what is owed, handing one in, dispensing with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import day, emit, reading, writing

if TYPE_CHECKING:
    from models.halfreport import HalfReport

group = typer.Typer(help="半月报：亮灯事项每半月报告一次进展", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="半月报编号")]
STATES = {"owed": "待报", "late": "逾期未报", "sent": "已报", "waived": "免报"}


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="progress")


@group.command("list", help="列出半月报，先到期的在前")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="owed|late|sent|waived")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位编码")] = None,
    period: Annotated[str | None, typer.Option("--period", help="半月中的任一天（YYYY-MM-DD）")] = None,
) -> None:
    from casework.rectification.halfreports import list_reports

    with reading() as desk:
        rows = list_reports(desk, state=state, unit=unit, period=day(period, "--period"))
        result = [_row(row, its.code) for row, its in rows]
    emit(result, states=STATES)


@group.command("due", help="列出待报和逾期未报的半月报")
def due(unit: Annotated[str | None, typer.Option("--unit", help="单位编码")] = None) -> None:
    from casework.rectification.halfreports import list_reports

    with reading() as desk:
        result = [_row(row, its.code) for row, its in list_reports(desk, state="due", unit=unit)]
    emit(result, states=STATES)


@group.command("send", help="报送一份半月报")
def send(
    report: Number,
    text: Annotated[str, typer.Option("--text", help="进展")] = "",
    percent: Annotated[int | None, typer.Option("--percent", help="完成率，0至100")] = None,
    next_steps: Annotated[str, typer.Option("--next", help="下一步措施")] = "",
    on: Annotated[str | None, typer.Option("--on", help="报送日期，补录时填写")] = None,
) -> None:
    from casework.rectification.halfreports import send_report

    with writing() as desk:
        row = send_report(desk, report, text, percent=percent, next_steps=next_steps, on=day(on, "--on"))
        result = _row(row)
    emit(result, states=STATES)


@group.command("waive", help="免报一份半月报，写明理由")
def waive(report: Number, note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = "") -> None:
    from casework.rectification.halfreports import waive_report

    with writing() as desk:
        result = _row(waive_report(desk, report, note))
    emit(result, states=STATES)


@group.command("read", help="登记已阅一份半月报")
def read(report: Number) -> None:
    from casework.rectification.halfreports import read_report

    with writing() as desk:
        result = _row(read_report(desk, report))
    emit(result, states=STATES)


def _row(row: HalfReport, unit: str | None = None) -> dict[str, object]:
    data: dict[str, object] = {
        "id": row.id,
        "number": row.number,
        "period": f"{row.period_from}/{row.period_to}",
        "due_on": row.due_on.isoformat(),
        "provisional": row.due_provisional,
        "light": row.light,
        "state": row.state,
        "percent": row.percent,
        "text": row.text,
        "sent_on": row.sent_on.isoformat() if row.sent_on else None,
        "sent_by": row.sent_by,
        "late": bool(row.sent_on and row.sent_on > row.due_on) or row.state == "late",
        "copied_on": row.copied_on.isoformat() if row.copied_on else None,
    }
    return data if unit is None else {**data, "unit": unit}
