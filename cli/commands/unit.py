"""Changes of units: renaming, merging, dividing, abolishing, and who goes on with a case."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import UsageProblem, day, emit, reading, writing

if TYPE_CHECKING:
    from casework.units.unitassigning import Step

group = typer.Typer(help="机构沿革：更名、合并、分设、撤销", no_args_is_help=True)
Code = Annotated[str, typer.Argument(metavar="单位", help="单位编码")]
Codes = Annotated[list[str], typer.Argument(metavar="单位...", help="单位编码")]
On = Annotated[str | None, typer.Option("--on", help="生效日期，不写的为今天")]
Basis = Annotated[str, typer.Option("--basis", help="依据：文件名称和文号")]
File = Annotated[Path | None, typer.Option("--file", help="依据文件")]
STATES = {"recorded": "已登记，未到生效日", "in_force": "已生效", "called_off": "已取消"}


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="unit")


@group.command("rename", help="更名：编码不变，此前的文书仍为原名")
def rename(
    unit: Code,
    name: Annotated[str, typer.Option("--name", help="新的全称")] = "",
    on: On = None,
    basis: Basis = "",
    file: File = None,
) -> None:
    _record("rename", [unit], [], on, basis, file, name)


@group.command("merge", help="合并：单位的未了结事项转由承接单位办理")
def merge(
    units: Codes,
    into: Annotated[str, typer.Option("--into", help="承接单位编码")] = "",
    on: On = None,
    basis: Basis = "",
    file: File = None,
) -> None:
    if not into:
        raise UsageProblem("没有写明承接单位", found="空", expected="--into 单位编码", remedy="加上 --into")
    _record("merge", units, [into], on, basis, file)


@group.command("split", help="分设：每一事项由经办人确定承接单位")
def split(
    unit: Code,
    into: Annotated[list[str] | None, typer.Option("--into", help="分设后的单位编码，可写多次")] = None,
    on: On = None,
    basis: Basis = "",
    file: File = None,
) -> None:
    _record("split", [unit], into or [], on, basis, file)


@group.command("abolish", help="撤销：未了结事项须先逐件确定承接单位")
def abolish(unit: Code, on: On = None, basis: Basis = "", file: File = None) -> None:
    _record("abolish", [unit], [], on, basis, file)


def _record(
    kind: str,
    formers: list[str],
    successors: list[str],
    on: str | None,
    basis: str,
    file: Path | None,
    name: str = "",
) -> None:
    from casework.units.genealogy import Wanted, record_change
    from casework.units.unitassigning import describe_change
    from core.life.unitlife import UnitChangeKind

    with writing() as desk:
        effective_on = day(on, "--on") or desk.today
        wanted = Wanted(
            UnitChangeKind(kind), tuple(formers), tuple(successors), effective_on, basis, name, file
        )
        change = record_change(desk, wanted)
        result = _step(describe_change(desk, change.id or 0))
    emit(result, states=STATES)


@group.command("assign", help="确定一个整改事项或者行政争议的承接单位")
def assign(
    case: Annotated[str, typer.Argument(metavar="编号", help="问题编号，或行政争议的案号")],
    unit: Code,
    basis: Basis = "",
) -> None:
    from casework.units.unitassigning import assign_unit

    with writing() as desk:
        state = assign_unit(desk, case, unit, basis)
        result = {"id": case, "unit": unit, "state": state}
    emit(result)


@group.command("call-off", help="取消一项尚未生效的变动")
def call_off_(
    change: Annotated[int, typer.Argument(metavar="ID", help="变动编号")],
    note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = "",
) -> None:
    from casework.units.genealogy import call_off
    from casework.units.unitassigning import describe_change

    with writing() as desk:
        call_off(desk, change, note)
        result = _step(describe_change(desk, change))
    emit(result, states=STATES)


@group.command("history", help="一个单位的沿革；--on 给出当日的名称")
def history(unit: Code, on: On = None) -> None:
    from casework.units.lineage import ancestors_of, heirs_of, live_units, unit_on
    from casework.units.unitassigning import unit_history

    with reading() as desk:
        then = unit_on(desk, unit, day(on, "--on") or desk.today)
        number = then.unit.id or 0
        codes = {one.id: one.code for one in live_units(desk)}
        result = {
            "unit": unit,
            "name": then.name,
            "exists": then.exists,
            "valid_from": then.unit.valid_from,
            "valid_until": then.unit.valid_until,
            "carried_on_by": sorted(codes[one] for one in heirs_of(desk, number) - {number} if one in codes),
            "carries_on_for": len(ancestors_of(desk, number)) - 1,
            "changes": [_step(step) for step in unit_history(desk, unit)],
        }
    emit(result)


def _step(step: Step) -> dict[str, object]:
    return {**asdict(step), "effective_on": step.effective_on.isoformat()}
