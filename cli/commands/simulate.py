"""`ducha simulate`: years of a county with random behaviour, and the proof at their end."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cli.edge import emit, refuse
from core.errors import Refused


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help="模拟数年的督察工作（随机行为），结束时核对全部不变式和每一个数字")(simulate)


def simulate(
    years: Annotated[int, typer.Option(min=1, max=20, help="年数")] = 3,
    units: Annotated[int, typer.Option(min=40, max=5000, help="被督察单位数")] = 300,
    campaigns: Annotated[int, typer.Option(min=1, max=60, help="每年批次数")] = 20,
    seed: Annotated[int, typer.Option(help="随机种子；同一种子得到同样的几年")] = 20260105,
    database: Annotated[str | None, typer.Option(help="数据库地址；不写则用一个随后删去的文件")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from cli.simulation.run import simulate as run
    from cli.simulation.shape import Shape

    shape = Shape(years=years, units=units, campaigns=campaigns, seed=seed)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=Console(stderr=True, quiet=quiet), refresh_per_second=4,
    ) as bar:  # fmt: skip
        task = bar.add_task("准备", total=1)

        def tell(day: date, done: int, total: int) -> None:
            bar.update(task, description=day.isoformat(), completed=done, total=total)

        result = run(shape, database, tell)
    if not result["ok"]:
        error = Refused(
            "模拟结果有异常",
            found=f"不变式{len(result['invariants']['broken'])}项，未能重算{len(result['cases']['unexplained'])}件，"
            f"与明细不符的数字{len(result['numbers']['unlisted'])}个",
            expected="0",
            remedy="记下种子，用同一种子重现",
        )
        refuse(result, error)
    emit(result)
