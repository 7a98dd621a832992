"""What the office keeps: the database, settings, units, people, the old ledger, the calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.edge import day, emit, open_edge, reading, settings, writing
from core.errors import DatabaseFailed, InvalidInput
from core.workdays import Calendar, Unit

imports = typer.Typer(help="导入单位、人才库、旧台账：全部成功或全部不写", no_args_is_help=True)
calendar = typer.Typer(help="工作日历：推算期限、导入年度放假安排", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help="文件")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("init", help="建立或升级数据库")(init)
    app.command("settings", help="列出每项设置及其来源")(show_settings)
    app.add_typer(imports, name="import")
    app.add_typer(calendar, name="calendar")


def init() -> None:
    from models.schema import current_revision, upgrade

    edge = open_edge(must_exist=False)
    upgrade(edge.engine)
    with edge.desk() as desk:
        office = desk.office.code
    known = settings()
    known.files.mkdir(parents=True, exist_ok=True)
    emit({"database": edge.engine.url.render_as_string(hide_password=True), "revision": current_revision(edge.engine),
          "office": office, "files": str(known.files)})  # fmt: skip


def show_settings() -> None:
    from system.settings import describe_settings

    emit(
        [
            {
                "name": s.name,
                "variable": s.variable,
                "value": s.value,
                "source": s.source,
                "description": s.description,
            }
            for s in describe_settings()
        ]
    )


@imports.command("units", help="导入被督察单位（.xlsx 或 .csv）")
def import_units(file: FileArgument) -> None:
    from casework.parties import import_units as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@imports.command("people", help="导入人才库（.xlsx 或 .csv）")
def import_people(file: FileArgument) -> None:
    from casework.parties import import_people as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@imports.command("ledger", help="导入旧整改台账：保留原日期，不发任何文书")
def import_ledger(file: FileArgument) -> None:
    from casework.ledger import import_ledger as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@calendar.command("add", help="从某日起若干工作日（或日）后到期的日期，附推算过程")
def calendar_add(
    start: Annotated[str, typer.Argument(help="起算日，不计入")],
    count: Annotated[int, typer.Argument(help="期限")],
    unit: Annotated[str, typer.Option(help="workday 工作日，day 自然日（末日顺延）")] = "workday",
) -> None:
    if unit not in tuple(Unit):
        raise InvalidInput("期限单位不正确", found=unit, expected="workday 或 day", remedy="改正 --unit")
    began = day(start, "起算日") or date.min
    due = _calendar().due(began, count, Unit(unit))
    emit(
        {
            "start_on": due.start_on.isoformat(),
            "count": due.count,
            "unit": due.unit.value,
            "due_on": due.due_on.isoformat(),
            "provisional": due.provisional,
            "steps": list(due.steps),
            "calendar": due.version,
        },
        _say_due,
    )


def _calendar() -> Calendar:
    """Return the office's calendar, or that of the rule files while there is no database yet."""
    from casework.library import current_rules

    try:
        with reading() as desk:
            return desk.calendar
    except DatabaseFailed:
        return Calendar.of(current_rules(settings().rules).calendars.values())


def _say_due(data: dict[str, object]) -> None:
    print(f"到期日：{data['due_on']}" + ("（暂定）" if data["provisional"] else ""))
    steps = data["steps"]
    if isinstance(steps, list):
        print("\n".join(f"  {step}" for step in steps))


@calendar.command("import", help="导入一年的放假安排（YAML），并重新核定受影响的期限")
def calendar_import(file: FileArgument) -> None:
    from casework.calendars import import_calendar as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


def existing(path: Path) -> Path:
    """Return the path of a file that is there; raise InvalidInput."""
    if not path.is_file():
        raise InvalidInput("文件不存在", found=str(path), expected="可读取的文件", remedy="检查路径")
    return path
