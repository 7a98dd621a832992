"""All the numbers of a scope as a table to take away, and the rows behind one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.counts.countscope import count_scope
from casework.counts.drilling import every_row
from casework.counts.figures import ScopeFilters
from casework.counts.indicators import find_entry
from casework.counts.statistics import count
from casework.counts.tallies import Statistics
from casework.desk import Desk
from delivery.sheets.tabular import Cell, Sheet, write_csv, write_sheets
from delivery.sheets.workbook import Column

COLUMNS = (Column("指标组", 16.0), Column("指标", 40.0), Column("数值", 12.0), Column("单位", 8.0),
           Column("口径", 60.0), Column("代码", 28.0))  # fmt: skip
ROW_COLUMNS = (Column("日期", 14.0), Column("单位", 26.0), Column("内容", 70.0), Column("计数", 8.0),
               Column("编号", 20.0))  # fmt: skip


def all_numbers(desk: Desk, filters: ScopeFilters) -> Statistics:
    """Return every number of a scope: the kept ones of a closed period, with what came late in the one after it."""
    narrowed = filters.campaign or filters.unit or filters.area or filters.kind
    if narrowed or not (filters.from_on and filters.to_on):
        return count_scope(filters.scope(desk))
    return count(desk, from_on=filters.from_on, to_on=filters.to_on)


def figures_table(numbers: Statistics) -> list[tuple[Cell, ...]]:
    """Return every number with its definition, a row each."""
    return [
        (group.name, row.label, row.value, row.unit, _definition(row.key), row.key)
        for group in numbers.groups
        for row in group.rows
    ]


def _definition(code: str) -> str:
    return find_entry(code).definition


def export_figures(desk: Desk, filters: ScopeFilters, *, as_csv: bool) -> bytes:
    """Return every number of a scope as .xlsx or .csv."""
    rows = figures_table(all_numbers(desk, filters))
    if as_csv:
        return write_csv(COLUMNS, rows)
    return write_sheets("统计指标", [Sheet("统计指标", COLUMNS, rows)], desk.today)


def export_rows(desk: Desk, filters: ScopeFilters, code: str, *, as_csv: bool) -> bytes:
    """Return every row behind a number as .xlsx or .csv; raise NotAllowed for rows of the compartment."""
    rows: list[tuple[Cell, ...]] = [
        (str(one.on)[:10] if one.on else "", one.unit, one.text, one.amount, one.key)
        for one in every_row(filters.scope(desk), code)
    ]
    if as_csv:
        return write_csv(ROW_COLUMNS, rows)
    return write_sheets("明细", [Sheet("明细", ROW_COLUMNS, rows)], desk.today)


def period_sheet(told: Mapping[str, Any], made_on: date) -> bytes:
    """Return the numbers of a period, as `describe_period` tells them, as a workbook."""
    rows: list[tuple[Cell, ...]] = [
        (group["name"], row["label"], row["value"], row["unit"], _definition(row["key"]), row["key"])
        for group in told["groups"]
        for row in group["rows"]
    ]
    late: list[tuple[Cell, ...]] = [(code, number) for code, number in told["late"].items()]
    sheets = [Sheet(str(told["name"]), COLUMNS, rows)]
    if late:
        sheets.append(Sheet("迟报调整", (Column("代码", 30.0), Column("项数", 10.0)), late))
    return write_sheets(str(told["name"]), sheets, made_on)
