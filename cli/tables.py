"""Results for people: a table for a list, lines for a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

MAX_COLUMNS = 9


def print_value(data: object) -> None:
    """Print a list of mappings as a table, a mapping as lines, anything else as text; nothing is read as markup."""
    console = Console()
    if isinstance(data, Mapping):
        _print_mapping(console, data)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        _print_list(console, data)
    else:
        console.print(Text(str(data)))


def _print_mapping(console: Console, data: Mapping[str, object]) -> None:
    for key, value in data.items():
        if (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and value
            and isinstance(value[0], Mapping)
        ):
            console.print(Text(f"{key}："))
            _print_list(console, value)
        else:
            console.print(Text(f"{key}：{_cell(value)}"))


def _print_list(console: Console, rows: Sequence[object]) -> None:
    if not rows:
        console.print("（无）")
        return
    if not isinstance(rows[0], Mapping):
        for row in rows:
            console.print(Text(str(row)))
        return
    columns = [key for key, value in rows[0].items() if not isinstance(value, Mapping | list)][:MAX_COLUMNS]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        if isinstance(row, Mapping):
            table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    console.print(table)
    console.print(Text(f"共{len(rows)}条"))


def _cell(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        return "，".join(f"{key} {_cell(inner)}" for key, inner in value.items()) or "无"
    if isinstance(value, list | tuple):
        return "、".join(_cell(inner) for inner in value) or "无"
    return {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)
