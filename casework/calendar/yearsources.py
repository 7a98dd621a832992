"""Where a year's table comes from: a file that the office wrote, or the installed package of past notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Final

from core.errors import InvalidInput, InvalidRuleFile
from core.rulebook import CalendarYear, Rulebook
from core.rulebook.checks_time import check_calendars
from core.rulebook.parts import read_parts
from core.text.yamltext import read_yaml

OFFICIAL: Final = "official"
PACKAGE, MODULE = "chinesecalendar", "chinese_calendar"


@dataclass(frozen=True, slots=True)
class YearTable:
    """A year's table with where it was read from."""

    table: CalendarYear
    origin: str


def read_year(path: Path) -> YearTable:
    """Return the table of one year from a file named as one likes; raise InvalidRuleFile with every mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "不能读取年表",
            found=f"{path.name}：{error}",
            expected="UTF-8 的 YAML 文件",
            remedy="检查路径和编码",
        ) from error
    tree = read_yaml(text, path.name).tree
    key = str(tree.get("year")) if isinstance(tree, dict) else "year"
    parts = read_parts({f"calendars/{key if key.isdigit() else 'year'}.yaml": text})
    problems = [*parts.problems, *check_calendars(parts)]
    if problems:
        raise InvalidRuleFile(replace(problem, file=path.name) for problem in problems)
    return YearTable(next(iter(parts.calendars.values())).model, path.name)


def packaged_year(year: int, rules: Rulebook) -> YearTable:
    """Return the table of one year as the installed package has it.

    Its source is the notice that the rule files name for the year; the package itself names none.
    raises   InvalidInput when the package is not installed or does not reach the year
    """
    try:
        constants = import_module(f"{MODULE}.constants")
    except ImportError as error:
        raise InvalidInput(
            f"没有安装 {PACKAGE}",
            found="未安装",
            expected=f"已安装的 {PACKAGE}",
            remedy=f"安装 {PACKAGE}，或用文件导入：ducha calendar import 文件",
        ) from error
    off = tuple(sorted(day for day in constants.holidays if day.year == year))
    work = tuple(sorted(day for day in constants.workdays if day.year == year))
    name = f"{PACKAGE} {version(PACKAGE)}"
    if not off:
        raise InvalidInput(
            f"{name} 没有{year}年的放假安排",
            found=f"{year}年",
            expected=_span(constants.holidays),
            remedy=f"升级 {PACKAGE}，或照放假通知写成文件导入：ducha calendar import 文件",
        )
    return YearTable(
        CalendarYear(year=year, status=OFFICIAL, source=_source(year, rules, name), off=off, work=work), name
    )


def _source(year: int, rules: Rulebook, package: str) -> str:
    known = rules.calendars.get(year)
    if known is not None and known.status == OFFICIAL:
        return known.source
    return f"{package} 所附年表，未载明放假通知的文号；确认前应与国务院办公厅通知逐日核对"


def _span(days: dict[date, object]) -> str:
    return f"{min(days).year}年至{max(days).year}年"
