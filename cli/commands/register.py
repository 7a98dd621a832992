"""What the office keeps: the database, settings, units, people, the old ledger, the calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.edge import UsageProblem, day, emit, open_edge, reading, settings, writing
from core.calendar.statutory import UNIT_LABELS, TermDue
from core.calendar.workdays import Calendar, Due, Unit
from core.errors import DatabaseFailed, InvalidInput
from core.life.lives import CALENDAR_STATE_LABELS

imports = typer.Typer(help="导入单位、人才库、旧台账：全部成功或全部不写", no_args_is_help=True)
calendar = typer.Typer(help="工作日历：推算期限、导入年度放假安排", no_args_is_help=True)
STATUS_WORDS = {"official": "正式", "provisional": "暂定"}
FileArgument = Annotated[Path, typer.Argument(help="文件")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("init", help="建立或升级数据库")(init)
    app.command("settings", help="列出每项设置及其来源")(show_settings)
    app.add_typer(imports, name="import")
    app.add_typer(calendar, name="calendar")


def init(
    role: Annotated[
        str | None,
        typer.Option("--role", help="程序平时连接 PostgreSQL 用的角色：没有的新建，并授予所需权限"),
    ] = None,
) -> None:
    from models.roles import grant_role
    from models.schema import current_revision, upgrade

    edge = open_edge(must_exist=False)
    upgrade(edge.engine)
    if role is not None:
        grant_role(edge.engine, role)
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
    from casework.staff.parties import import_units as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@imports.command("people", help="导入人才库（.xlsx 或 .csv）")
def import_people(file: FileArgument) -> None:
    from casework.staff.parties import import_people as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@imports.command("ledger", help="导入旧整改台账：保留原日期，不发任何文书")
def import_ledger(file: FileArgument) -> None:
    from casework.ledgers.ledger import import_ledger as do

    with writing() as desk:
        result = do(desk, existing(file))
    emit(result)


@calendar.command("add", help="从某日起若干工作日（或日）后到期的日期，附推算过程；或按法定期限推算")
def calendar_add(
    start: Annotated[str, typer.Argument(help="起算日，不计入")],
    count: Annotated[int | None, typer.Argument(help="期限；按法定期限推算的不写")] = None,
    unit: Annotated[str, typer.Option(help="workday 工作日，day 自然日（末日顺延）")] = "workday",
    clock: Annotated[str, typer.Option(help="法定期限的代码，见 calendar clocks")] = "",
    variant: Annotated[str, typer.Option(help="法定期限的某种情形，如 urgent")] = "",
    extended: Annotated[bool, typer.Option(help="已依法延长")] = False,
) -> None:
    if unit not in tuple(Unit):
        raise InvalidInput("期限单位不正确", found=unit, expected="workday 或 day", remedy="改正 --unit")
    if (count is None) == (not clock):
        raise UsageProblem(
            "期限应有且只有一个",
            found="两个" if clock else "没有",
            expected="天数，或 --clock 法定期限",
            remedy="例如 ducha calendar add 2026-09-28 15，或加 --clock review_reply",
        )
    began = day(start, "起算日") or date.min
    if count is None:
        emit(_statutory(began, clock, variant, extended=extended), _say_due)
        return
    due = _calendar().due(began, count, Unit(unit))
    emit(_due(due), _say_due)


def _due(due: Due | TermDue) -> dict[str, Any]:
    return {
        "start_on": due.start_on.isoformat() if due.start_on else None,
        "count": due.count,
        "unit": str(due.unit),
        "due_on": due.due_on.isoformat(),
        "provisional": due.provisional,
        "steps": list(due.steps),
        "calendar": due.version,
    }


def _statutory(start: date, code: str, variant: str, *, extended: bool) -> dict[str, Any]:
    """Return the last day of a statutory period with the law it rests on."""
    from casework.rulesets.library import current_rules
    from core.rulebook import find_clock

    clock = find_clock(current_rules(settings().rules).clocks, code)
    due = clock.due(start, _calendar(), variant, extended=extended)
    law = {"clock": clock.code, "matter": clock.matter, "document": clock.document, "article": clock.article}
    return {**_due(due), **law, "verified": bool(clock.verified)}


@calendar.command("clocks", help="列出法定期限：代码、长度、依据")
def calendar_clocks() -> None:
    from casework.rulesets.library import current_rules
    from core.rulebook import list_clocks

    emit(list_clocks(current_rules(settings().rules).clocks), _say_clocks)


def _say_clocks(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        asked = f"{row['code']} --variant {row['variant']}" if row["variant"] else row["code"]
        longer = f"，可延长{row['extend']}{UNIT_LABELS[row['unit']]}" if row["extend"] else ""
        print(f"{asked}\n  {row['matter']}：{row['period']}{longer}；{row['document']}{row['article'] or ''}")


def _calendar() -> Calendar:
    """Return the office's calendar, or that of the rule files while there is no database yet."""
    from casework.rulesets.library import current_rules, rules_calendar

    try:
        with reading() as desk:
            return desk.calendar
    except DatabaseFailed:
        return rules_calendar(current_rules(settings().rules), settings().office)


def _say_due(data: dict[str, object]) -> None:
    print(f"到期日：{data['due_on']}" + ("（暂定）" if data["provisional"] else ""))
    if data.get("document"):
        print(f"依据：{data['document']}{data['article'] or ''}")
    steps = data["steps"]
    if isinstance(steps, list):
        print("\n".join(f"  {step}" for step in steps))


@calendar.command(
    "import", help="提出一年的放假安排（YAML 文件或软件包所附年表），列出将改动的期限，待第二人确认"
)
def calendar_import(
    file: Annotated[Path | None, typer.Argument(help="文件")] = None,
    from_package: Annotated[int | None, typer.Option(help="取 chinesecalendar 所附的这一年")] = None,
) -> None:
    from casework.calendar.calendars import propose_file, propose_packaged

    with writing() as desk:
        if file is not None and from_package is None:
            result = propose_file(desk, existing(file))
        elif from_package is not None and file is None:
            result = propose_packaged(desk, from_package)
        else:
            raise UsageProblem(
                "年表的来源应有且只有一个",
                found="两个" if file else "没有",
                expected="文件，或 --from-package 年份",
                remedy="例如 ducha calendar import 2027.yaml",
            )
    emit(result, _say_calendar)


@calendar.command("confirm", help="由第二人确认：年表生效，受影响的期限重新核定，并为有关单位起草更正通知")
def calendar_confirm(
    year: Annotated[int, typer.Argument(help="年份")],
    sha: Annotated[str, typer.Option(help="所核对的那一份的校验值，见 calendar proposals")] = "",
) -> None:
    from casework.calendar.calendars import confirm_year

    with writing() as desk:
        result = confirm_year(desk, year, sha)
    emit(result, _say_calendar)


@calendar.command("reject", help="否决或撤回提出的年表，期限不动")
def calendar_reject(
    year: Annotated[int, typer.Argument(help="年份")],
    note: Annotated[str, typer.Option(help="理由")] = "",
) -> None:
    from casework.calendar.calendars import reject_year

    with writing() as desk:
        result = reject_year(desk, year, note)
    emit(result, states=CALENDAR_STATE_LABELS)


@calendar.command("proposals", help="列出提出过的年表及各自将改动的期限")
def calendar_proposals() -> None:
    from casework.calendar.calendars import list_proposals

    with reading() as desk:
        result = list_proposals(desk)
    emit(result, _say_calendars)


def _say_calendars(rows: list[dict[str, Any]]) -> None:
    if not rows:
        print("没有提出过年表。")
    for row in rows:
        _say_calendar(row)


def _say_calendar(data: dict[str, Any]) -> None:
    state = CALENDAR_STATE_LABELS[data["state"]]
    print(f"{data['year']}年工作日历（{STATUS_WORDS[data['status']]}）：{state}")
    if data.get("source"):
        print(f"  来源：{data['source']}；提出人：{data['proposed_by']}，{data['proposed_on']}")
    for one in data["moved"]:
        told = "，已通知单位" if one["notified"] else ""
        print(f"  顺延  {one['case']}（{one['unit']}）：{one['before']} → {one['after']}{told}")
    for one in data["firm"]:
        print(f"  转正  {one['case']}（{one['unit']}）：{one['due_on']}，不再是暂定")
    print(f"  顺延{len(data['moved'])}件，转正{len(data['firm'])}件，查看后日期不变的共{data['kept']}件")
    for one in data.get("documents", []):
        print(f"  更正通知草稿 {one['id']}：{one['unit']}，{len(one['cases'])}件，待签发")
    if data.get("confirm"):
        print(f"  尚未生效，由另一人核对后运行：{data['confirm']}")


def existing(path: Path) -> Path:
    """Return the path of a file that is there; raise InvalidInput."""
    if not path.is_file():
        raise InvalidInput("文件不存在", found=str(path), expected="可读取的文件", remedy="检查路径")
    return path
