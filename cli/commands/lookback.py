"""Look-backs after closure: where they stand, drawing by quarter, naming a day."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.edge import day, emit, reading, writing

group = typer.Typer(help="回头看：销号以后的抽查和日期", no_args_is_help=True)


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="lookback")


@group.command("list", help="列出已销号事项的回头看：已定、到期、逾期、未抽取、观察期满")
def list_(unit: Annotated[str | None, typer.Option("--unit", help="单位编码")] = None) -> None:
    from casework.rectification.lookbacks import list_look_backs

    with reading() as desk:
        result = list(list_look_backs(desk, unit=unit))
    emit(result)


@group.command("draw", help="抽取一个季度销号的事项，记录随机种子，一季只抽一次")
def draw(
    period: Annotated[str, typer.Option("--period", help="季度，如 2026Q2")],
    seed: Annotated[str | None, typer.Option("--seed", help="随机种子，不写的由系统生成并记录")] = None,
) -> None:
    from casework.rectification.lookbacks import draw_look_backs
    from casework.staff.drawing import describe_draw

    with writing() as desk:
        result = [describe_draw(row) for row in draw_look_backs(desk, period, seed)]
    emit(result)


@group.command("date", help="确定或变更一个事项的回头看日期")
def date_(
    case: Annotated[str, typer.Argument(metavar="问题编号")],
    on: Annotated[str | None, typer.Option("--on", help="日期，不写的为观察期最后一日")] = None,
    note: Annotated[str, typer.Option("--note", "--reason", help="理由，变更时必填")] = "",
) -> None:
    from casework.rectification.lookbacks import date_look_back

    with writing() as desk:
        row = date_look_back(desk, case, day(on, "--on"), note)
        result = {"id": case, "look_back_on": row.look_back_on, "state": row.state}
    emit(result)
