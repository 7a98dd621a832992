"""Results for people: a table for a list, lines for a mapping, in Chinese and without what only machines need."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.labels import LABELS, NOT_IN_LISTS, VALUES, Words
from core.errors import DuchaError

WIDTH = 100  # where the output is not a terminal
NARROW = 22  # a column whose cells are all at most this wide is never broken
HASH = re.compile(r"[0-9a-f]{64}")
SHORT_HASH = 12
NO_WORDS: Words = {}

Row = Mapping[str, object]


def print_value(data: object, states: Words = NO_WORDS) -> None:
    """Print a list of mappings as a table, a mapping as lines, anything else as text; nothing is read as markup.

    states   the words of the codes under `state`
    """
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    if isinstance(data, Mapping):
        _print_mapping(console, data, states)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        _print_list(console, data, states)
    else:
        console.print(Text(str(data)))


def _print_mapping(console: Console, data: Row, states: Words) -> None:
    for key, value in data.items():
        if records := _records(value):
            console.print(Text(f"{_label(key)}："))
            _print_list(console, records, states)
        elif value is not None and value != "":
            console.print(Text(f"{_label(key)}：{_cell(key, value, states)}"))


def _records(value: object) -> list[Row]:
    """Return the mappings of a list of mappings; nothing for any other value."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _print_list(console: Console, rows: Sequence[object], states: Words) -> None:
    if not rows:
        console.print("（无）")
        return
    records = _records(rows)
    if len(records) < len(rows):
        for row in rows:
            console.print(Text(str(row)))
        return
    console.print(_table(records, states))
    console.print(Text(f"共{len(rows)}条"))


def _table(rows: Sequence[Row], states: Words) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    cells = {key: [_cell(key, row.get(key), states) for row in rows] for key in _columns(rows)}
    for key, column in cells.items():
        narrow = max(map(cell_len, column)) <= NARROW
        table.add_column(_label(key), overflow="fold", no_wrap=narrow)
    for line in zip(*cells.values(), strict=True):
        table.add_row(*(Text(cell) for cell in line))
    return table


def _columns(rows: Sequence[Row]) -> list[str]:
    """Return the keys worth a column: single values that people read and that are there in some row."""
    keys = [key for key in rows[0] if key not in NOT_IN_LISTS]
    return [
        key
        for key in keys
        if any(row.get(key) not in (None, "") for row in rows)
        and not any(isinstance(row.get(key), Mapping | list) for row in rows)
    ] or list(rows[0])[:1]


def _label(key: str) -> str:
    return LABELS.get(key, key)


def _cell(key: str, value: object, states: Words = NO_WORDS) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(f"{_inner(name)} {_cell(str(name), inner)}" for name, inner in value.items()) or "无"
    if isinstance(value, list | tuple):
        return "、".join(_cell(key, inner, states) for inner in value) or "无"
    return _word(key, str(value), states)


def _inner(name: object) -> str:
    return LABELS.get(name) or VALUES["kind"].get(name) or _kinds().get(name, str(name))


@cache
def _kinds() -> Words:
    """Return the names of the document kinds in the rules at hand; none where these cannot be read."""
    from casework.rulesets.library import current_rules  # lists without documents do without the rules
    from cli.edge import settings

    try:
        return {code: rule.name for code, rule in current_rules(settings().rules).documents.items()}
    except DuchaError:
        return NO_WORDS


def _word(key: str, text: str, states: Words) -> str:
    if key == "kind" and text in _kinds():
        return _kinds()[text]
    words = states if key in ("state", "from", "to") else VALUES.get(key.removeprefix("highest_"), NO_WORDS)
    if text in words:
        return words[text]
    return text[:SHORT_HASH] if HASH.fullmatch(text) else text
