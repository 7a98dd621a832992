"""`ducha rules show` and `explain`: an item with its law, a code with its remedy."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.commands.rulebook.reading import current_book
from cli.edge import emit
from core.codes import SEVERITY_LABELS, Severity
from core.errors import NotFound

ITEM_LISTS = {"适用": "applies_to", "方法": "methods", "材料": "evidence", "常见问题": "typical_problems"}


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("show", help="查看规则集概况，或一个事项的要求、依据、期限")(show)
    group.command("explain", help="说明一个检查代码")(explain)


def show(item: Annotated[str | None, typer.Argument(help="事项编号，如 E24")] = None) -> None:
    book = current_book()
    if item is None:
        emit(
            {
                "catalogs": book.counts(),
                "ladders": list(book.ladders),
                "documents": {code: rule.name for code, rule in book.documents.items()},
                "offices": list(book.offices),
                "calendars": {year: table.status for year, table in sorted(book.calendars.items())},
            },
            _say_book,
        )
        return
    for catalog in book.catalogs.values():
        for known in catalog.items:
            if known.id == item:
                emit(
                    {
                        "catalog": catalog.key,
                        "class": catalog.class_name(known.category),
                        **known.model_dump(mode="json"),
                    },
                    _say_item,
                )
                return
    raise NotFound(
        "没有这个事项", found=item, expected="事项编号，如 A01", remedy="运行 ducha rules show 查看目录"
    )


def _say_book(data: dict[str, Any]) -> None:
    for key, counts in data["catalogs"].items():
        print(f"事项目录 {key}：{counts['classes']}类{counts['items']}项，分值合计{counts['weight']}")
    print(f"级次：{'、'.join(data['ladders'])}；督察单位：{'、'.join(data['offices'])}")
    for code, name in data["documents"].items():
        print(f"文书 {code}：{name}")
    official = [str(year) for year, status in data["calendars"].items() if status == "official"]
    provisional = [str(year) for year, status in data["calendars"].items() if status != "official"]
    print(
        f"工作日历：{official[0]}至{official[-1]}年" + "".join(f"，{year}年（暂定）" for year in provisional)
    )


def _say_item(data: dict[str, Any]) -> None:
    print(f"{data['id']} {data['title']}（{data['class']}，{data['weight']}分）")
    print(f"检查要求：{data['requirement']}")
    for name, key in ITEM_LISTS.items():
        print(f"{name}：{'、'.join(data[key]) or '无'}")
    print(f"程度：{SEVERITY_LABELS[Severity(data['severity'])]}；整改期限：{data['rectify_days']}个工作日")
    for basis in data["legal_basis"]:
        mark = "" if basis["verified"] else "（未核验，不印上文书）"
        print(f"依据：{basis['document']}{basis['article'] or ''}{mark}")


def explain(code: Annotated[str, typer.Argument(help="检查代码，如 E402")]) -> None:
    from core.rulebook import CODES

    if code not in CODES:
        raise NotFound(
            "没有这个检查代码", found=code, expected="、".join(sorted(CODES)), remedy="从检查结果中抄录代码"
        )
    emit({"code": code, "title": CODES[code]})
