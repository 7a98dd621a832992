"""`ducha rules show` and `explain`: a rule with all about it, a code with its remedy, a case with its reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.rulebook.codes import explain_code, list_codes
from cli.commands.rulebook.reading import current_book
from cli.edge import emit, open_engine, reading, settings
from core.errors import DatabaseFailed

if TYPE_CHECKING:
    from core.rulebook import Rulebook
    from core.rulebook.entries import Entry

CHECK_CODE = re.compile(r"[EW][0-9]{1,5}")
NAME_HELP = "事项编号、类别、文书、级次（minor/red）、事件、灯色、法定期限、来源等的代码、地址或中文名称"


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("show", help="查看规则集概况，或一条规则的全部内容、依据、用处和沿革")(show)
    group.command("explain", help="说明一个检查代码，或说明一个整改事项为什么是这个灯")(explain)


def show(name: Annotated[str | None, typer.Argument(help=NAME_HELP)] = None) -> None:
    book = current_book()
    if name is None:
        emit(_outline(book), _say_book)
        return
    from core.rulebook.entries import find

    emit(_portrait(book, find(book, name)), _say_portrait)


def _outline(book: Rulebook) -> dict[str, Any]:
    return {
        "catalogs": book.counts(),
        "ladders": list(book.ladders),
        "litigation": list(book.litigation),
        "clocks": {key: len(file.clocks) for key, file in book.clocks.items()},
        "documents": {code: rule.name for code, rule in book.documents.items()},
        "offices": list(book.offices),
        "calendars": {year: table.status for year, table in sorted(book.calendars.items())},
    }


def _say_book(data: dict[str, Any]) -> None:
    for key, counts in data["catalogs"].items():
        print(f"事项目录 {key}：{counts['classes']}类{counts['items']}项，分值合计{counts['weight']}")
    print(f"级次：{'、'.join(data['ladders'])}；督察单位：{'、'.join(data['offices'])}")
    if data["litigation"]:
        print(f"败诉风险预警：{'、'.join(data['litigation'])}")
    for key, count in data["clocks"].items():
        print(f"法定期限 {key}：{count}项")
    for code, name in data["documents"].items():
        print(f"文书 {code}：{name}")
    official = [str(year) for year, status in data["calendars"].items() if status == "official"]
    provisional = [str(year) for year, status in data["calendars"].items() if status != "official"]
    print(
        f"工作日历：{official[0]}至{official[-1]}年" + "".join(f"，{year}年（暂定）" for year in provisional)
    )


def _portrait(book: Rulebook, entry: Entry) -> dict[str, Any]:
    from core.rulebook.entries import title_of_rule
    from core.rulebook.portrait import names_of, portray, settable, uses_of
    from core.rulebook.whereabouts import Whereabouts
    from system.paths import read_texts

    place = Whereabouts(read_texts(settings().rules, ".yaml")).of(entry.address)
    return {
        "name": entry.code,
        "address": entry.address,
        "kind": entry.kind,
        "title": entry.title,
        "file": place[0] if place else None,
        "line": place[1] if place else None,
        "inside": [title for rule in entry.inside if (title := title_of_rule(rule))],
        "rule": entry.rule.model_dump(mode="json"),
        "rows": [
            {"field": row.field, "title": row.title, "lines": list(row.lines)}
            for row in portray(entry, names_of(book))
        ],
        "settable": settable(entry.rule),
        "used_by": [
            {"address": use.address, "kind": use.kind, "title": use.title, "field": use.field}
            for use in uses_of(book, entry)
        ],
        "history": _history(book, entry),
    }


def _history(book: Rulebook, entry: Entry) -> dict[str, Any]:
    from core.rulebook.portrait import published_as, register_of, successor_of
    from system.paths import read_texts

    first, last = (getattr(entry.rule, name, None) for name in ("effective_from", "effective_until"))
    changes = [change for change in book.changes if f"{change.address}/".startswith(f"{entry.address}/")]
    return {
        "effective_from": first.isoformat() if first else None,
        "effective_until": last.isoformat() if last else None,
        "retired": successor_of(entry, book),
        "published_as": published_as(register_of(read_texts(settings().rules, ".yaml")), entry),
        "changes": [change.model_dump(mode="json") for change in changes],
        "campaigns": _campaigns(entry),
    }


def _campaigns(entry: Entry) -> list[dict[str, Any]] | None:
    """Return the campaigns that froze a rule; None where there is no database to ask."""
    from casework.rulesets.rulehistory import freezings
    from models.database import reading as reading_session

    try:
        with reading_session(open_engine()) as session:
            return [one.as_dict() for one in freezings(session, entry.address, entry.rule, settings().office)]
    except DatabaseFailed:
        return None


def _say_portrait(data: dict[str, Any]) -> None:
    name = "" if data["name"] == data["title"] else f"{data['name']} "
    print(f"{data['kind']} {name}{data['title']}")
    print(f"地址：{data['address']}" + (f"（{data['file']}:{data['line']}）" if data["file"] else ""))
    if data["inside"]:
        print(f"所属：{'，'.join(data['inside'])}")
    for row in data["rows"]:
        _say_row(row["title"], row["lines"])
    _say_row("可由本地调整", ["、".join(data["settable"]) or "无；由法律或本文件规定"])
    uses = [f"{use['kind']} {use['title']}（{use['address']}，{use['field']}）" for use in data["used_by"]]
    _say_row("用在何处", uses or ["没有别的规则引用"])
    _say_row("沿革", list(_say_history(data["history"])))


def _say_row(title: str, lines: list[str]) -> None:
    if len(lines) == 1:
        print(f"{title}：{lines[0]}")
        return
    print(f"{title}：")
    for number, line in enumerate(lines, 1):
        print(f"  {number}. {line}")


def _say_history(history: dict[str, Any]) -> list[str]:
    first, last = history["effective_from"], history["effective_until"]
    said = [f"起用：{first or '未定起日'}，{f'用至{last}' if last else '未定止日'}"]
    if history["retired"]:
        said.append(history["retired"])
    if history["published_as"] is not None:
        said.append(f"已公布，公布时为“{history['published_as']}”，编号不得删去或改作他用")
    for change in history["changes"]:
        before = f"由{change['before']}" if change["before"] is not None else ""
        said.append(
            f"本地调整 {change['overlay']}：{change['address']} {before}改为{change['after']}；"
            f"理由：{change['reason']}；依据：{change['authority']}"
        )
    return said + _say_campaigns(history["campaigns"])


def _say_campaigns(campaigns: list[dict[str, Any]] | None) -> list[str]:
    if campaigns is None:
        return ["没有数据库，未查冻结本规则的批次"]
    if not campaigns:
        return ["尚没有批次冻结本规则"]
    said = []
    for one in campaigns:
        same = f"与现行不同：{'、'.join(one['changed'])}" if one["changed"] else "与现行一致"
        said.append(
            f"批次 {one['campaign']} {one['title']}自{one['opened_on']}起冻结，规则{one['sha256'][:12]}，{same}"
        )
    return said


def explain(
    name: Annotated[
        str | None,
        typer.Argument(help="检查代码（E402）或问题编号（2026-ZH-01-D001-03）；不写的列出全部代码"),
    ] = None,
) -> None:
    if name is None:
        list_codes()
    elif CHECK_CODE.fullmatch(name.upper()):
        explain_code(name.upper())
    else:
        _explain_case(name)


def _explain_case(code: str) -> None:
    from casework.lights.explaining import explain_case
    from cli.explanations import say_explanation

    with reading() as desk:
        result = explain_case(desk, code).as_dict()
    emit(result, say_explanation)
