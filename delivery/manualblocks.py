"""What a rule manual is made of: chapters of titled blocks, written from any rule without knowing its fields.

HTML and .docx print the same blocks. A rule with a new field prints it without a change here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.rulebook.catalog import Basis
from core.rulebook.entries import name_of_rule, title_of_rule
from core.rulebook.fields import RuleModel
from core.rulebook.fieldwords import SEVERITY_WORDS, WORDS, title_of
from core.rulebook.params import Param
from core.rulebook.passages import Names, Row, is_empty, rows_of, say_lines, write_offset
from delivery.ladderaxis import Axis

LONGEST = {
    0: 0,
    1: 999,
    2: 999,
    3: 160,
    4: 80,
    5: 60,
    6: 40,
}  # characters a cell may hold, by number of columns
WIDEST = 6  # columns that fit the width of a page; rules with more fields print as name and provisions
CODES = (
    "id",
    "code",
    "key",
    "name",
    "title",
    "event",
    "label",
    "matter",
    "meaning",
    "case",
    "term",
    "group",
    "issuer",
)
SHORT = 16  # a text this short shares its line with others
MARKS = frozenset({"source", "verified", "checked", "effective_from", "effective_until"})


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Titled lines: the fields of one rule."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head; `weights` are the relative widths of its columns, a cell holds its lines."""

    heads: tuple[str, ...]
    weights: tuple[float, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


Block = Text | Facts | Grid | Axis


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of level 1 to 4 with what stands under it, up to the next heading."""

    level: int
    title: str
    blocks: tuple[Block, ...] = ()


def grid(heads: Sequence[str], weights: Sequence[float], rows: Iterable[Sequence[Any]]) -> Grid:
    """Return a table; a cell is a text, or texts that stand on a line each."""
    cells = tuple(tuple((cell,) if isinstance(cell, str) else tuple(cell) for cell in row) for row in rows)
    return Grid(tuple(heads), tuple(weights), cells)


def facts(rule: RuleModel, names: Names, skip: Collection[str] = ()) -> list[Block]:
    """Return the fields of one rule as titled lines; nothing when none says anything."""
    rows = gather(merge_marks(rows_of(rule, names, skip)))
    return [Facts(tuple(rows))] if rows else []


def gather(rows: Sequence[Row]) -> list[Row]:
    """Return rows with the short ones gathered in one, where the first of them stood, when there are three or more."""
    short = [row for row in rows if len(row.lines) == 1 and len(row.text) <= SHORT]
    if len(short) < 3:
        return list(rows)
    said = "；".join(f"{row.title}：{row.text}" for row in short)
    place = rows.index(short[0])
    kept = [row for row in rows if row not in short]
    return [*kept[:place], Row("short", "要点", (said,)), *kept[place:]]


def merge_marks(rows: Sequence[Row]) -> list[Row]:
    """Return rows with the marks of origin in one, at the end."""
    known = {row.field: row.text for row in rows if row.field in MARKS}
    kept = [row for row in rows if row.field not in MARKS]
    said = []
    if "verified" in known:
        said.append("已核验" if known["verified"] == "是" else "未核验")
    said += [known[field] for field in ("checked", "source") if field in known]
    told = ["·".join(said)] if said else []
    told += [f"{known['effective_from']}起用"] if "effective_from" in known else []
    told += [f"用至{known['effective_until']}"] if "effective_until" in known else []
    return [*kept, Row("mark", "核验与效力", ("；".join(told),))] if told else kept


def table_of(rules: Sequence[RuleModel], names: Names, keys: Sequence[str] = ()) -> Grid:
    """Return rules of one kind as a table: a column a field when they fit, else name and provisions.

    keys   the keys of a mapping, one for each rule, when the rules do not name themselves
    """
    rows = [merge_marks(_offset_in_words(one, rows_of(one, names, ("key",)))) for one in rules]
    fields = {row.field: row.title for one in rows for row in one}
    narrow = all(len(row.text) <= LONGEST[min(len(fields), WIDEST)] for one in rows for row in one)
    if not keys and len(fields) <= WIDEST and narrow:
        ordered = [field for field in (*type(rules[0]).model_fields, "mark") if field in fields]
        cells = [
            [{row.field: row.lines for row in one}.get(field, ("",)) for field in ordered] for one in rows
        ]
        return grid(
            [fields[field] for field in ordered], [_weight(cells, at) for at in range(len(ordered))], cells
        )
    return _named_table(rules, rows, keys)


def _named_table(rules: Sequence[RuleModel], rows: Sequence[Sequence[Row]], keys: Sequence[str]) -> Grid:
    cells = []
    for at, (rule, one) in enumerate(zip(rules, rows, strict=True)):
        code = keys[at] if keys else name_of_rule(rule)
        title = title_of_rule(rule)
        left = tuple(dict.fromkeys(text for text in (SEVERITY_WORDS.get(code, code), title) if text))
        hidden = {row.field for row in one if row.field in CODES and row.text in (code, title)}
        cells.append(
            [
                left or (str(at + 1),),
                tuple(_provisions([row for row in one if row.field not in hidden])),
            ]
        )
    return grid(("代码、名称", "规定"), (3, 9), cells)


def _provisions(rows: Sequence[Row]) -> Iterator[str]:
    """Yield rows as lines, the short ones together on one."""
    for row in gather(rows):
        yield row.text if row.field == "short" else f"{row.title}：{row.text}"


def _offset_in_words(rule: RuleModel, rows: list[Row]) -> list[Row]:
    """Say anchor, offset and unit of a rung together."""
    if not (hasattr(rule, "anchor") and hasattr(rule, "offset")):
        return rows
    kept = [row for row in rows if row.field not in ("anchor", "offset", "unit")]
    return [*kept[:1], Row("offset", "何时", (write_offset(rule),)), *kept[1:]]


def _weight(cells: Sequence[Sequence[Sequence[str]]], at: int) -> float:
    """Return the width a column asks for: that of its longest line, within bounds."""
    longest = max((len(line) for row in cells for line in row[at]), default=1)
    return float(min(max(longest, 6), 24))


def chapter(rule: RuleModel, names: Names, level: int, skip: Collection[str] = ()) -> Iterator[Part]:
    """Yield the parts of a rule below its own heading: each list of rules as a table, rules that hold others apart."""
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if field in skip or is_empty(value) or not is_group(value):
            continue
        members = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        title = title_of(type(rule), field)
        if field != "examples" and any(_holds_groups(one) for one in members):
            yield Part(level, title)
            for key, one in zip(_keys(value), members, strict=True):
                yield Part(level + 1, f"{key} {title_of_rule(one)}".strip(), tuple(_group(field, one, names)))
        else:
            yield Part(level, title, tuple(_group(field, value, names)))


def _holds_groups(rule: Any) -> bool:
    """Tell whether a rule holds mappings of rules of its own, which no cell of a table could show."""
    return isinstance(rule, RuleModel) and any(
        isinstance(value, dict) and field != "params" and is_group(value) for field, value in rule
    )


def _keys(value: Any) -> list[str]:
    return [_key(key) for key in value] if isinstance(value, dict) else [name_of_rule(one) for one in value]


def plain(rule: RuleModel, names: Names, skip: Collection[str] = ()) -> list[Block]:
    """Return the fields of a rule that are no groups of rules of their own."""
    groups = {field for field in type(rule).model_fields if is_group(getattr(rule, field))}
    return facts(rule, names, groups | set(skip))


def is_group(value: Any) -> bool:
    """Tell whether a value is a rule, or holds rules that print as a table; bases and parameters print as lines."""
    if isinstance(value, RuleModel):
        return True
    members = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return any(isinstance(one, RuleModel) and not isinstance(one, Basis | Param) for one in members)


def _group(field: str, value: Any, names: Names) -> list[Block]:
    if isinstance(value, RuleModel):
        inner: list[Block] = []
        for name, part in value:
            if is_group(part):
                inner += [Text(f"{title_of(type(value), name)}："), *_group(name, part, names)]
        return [*plain(value, names), *inner]
    if field == "examples":
        lines = say_lines(field, value, names)
        return [grid(("序号", "用例"), (1, 14), [(str(at), line) for at, line in enumerate(lines, 1)])]
    members = list(value.values()) if isinstance(value, dict) else list(value)
    keys = [] if not isinstance(value, dict) or name_of_rule(members[0]) else [_key(key) for key in value]
    return [table_of(members, names, keys)]


def _key(key: Any) -> str:
    text = str(getattr(key, "value", key))
    return WORDS.get(text, text)
