"""Differences of rule sets in Chinese sentences: 事项E24“…”整改期限由10改为15个工作日."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.rulebook.addresses import name_of
from core.rulebook.differences import Difference
from core.rulebook.entries import KINDS, NAMES
from core.rulebook.fieldwords import FIELD_TITLES, SEVERITY_WORDS, word_of
from core.text.yamltext import Tree

LONG = 60
UNITS = {"工作日": "个工作日", "%": "%", "月": "个月"}
# Files whose parts are told apart well enough by their own codes.
SILENT_FILES = frozenset({"catalogs"})
_UNIT = re.compile(r"(.+)（(工作日|%|月)）")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a difference lies: the rule around it in words, and the field or entry itself."""

    rule: str
    field: str
    entry: str


def write_differences(found: Iterable[Difference], before: Tree, after: Tree) -> list[str]:
    """Return one sentence a difference; names are read from the newer rules where both have them.

    before, after   the trees that were compared
    """
    return [_write(one, before, after) for one in found]


def _write(one: Difference, before: Tree, after: Tree) -> str:
    place = _place(one.address.split("/"), before, after)
    value = one.after if one.after is not None else one.before
    if isinstance(value, Mapping) and one.kind != "changed":
        return f"{'新增' if one.kind == 'added' else '删去'}{place.rule}{place.entry}"
    label, unit = _label(place.field)
    subject = f"{place.rule}{label}"
    if isinstance(one.before, list) and isinstance(one.after, list):
        return subject + _write_lists(place.field, one.before, one.after)
    old, new = (_value(place.field, side) for side in (one.before, one.after))
    if one.kind == "added":
        return f"{subject}增写为{new}{unit}"
    if one.kind == "removed":
        return f"{subject}不再写明（原为{old}{unit}）"
    return f"{subject}由{old}改为{new}{unit}"


def _place(steps: list[str], before: Tree, after: Tree) -> _Place:
    """Put an address into words, step by step."""
    words: list[str] = []
    entry, collection = "", ""
    for depth, step in enumerate(steps):
        last = depth == len(steps) - 1
        value = _at(after, steps[: depth + 1]) or _at(before, steps[: depth + 1])
        if collection or depth == 1:
            said = _entry(collection, step, value)
            if last:
                entry = said
            elif depth > 1 or collection not in SILENT_FILES:
                words.append(said)
            collection = ""
        elif _is_collection(step, value):
            collection = step
        elif not last:
            words.append(_label(step)[0])
    field = collection or steps[-1]
    return _Place("".join(words), field, entry or _label(field)[0])


def _is_collection(step: str, value: Any) -> bool:
    """Tell whether the next step of an address is an entry's name and not a field."""
    if isinstance(value, list):
        return True
    return isinstance(value, Mapping) and step in KINDS


def _entry(collection: str, step: str, value: Any) -> str:
    """Return an entry in words: 事项E24“…”, 严重程度, 依据第2条."""
    if step in SEVERITY_WORDS:
        return f"{SEVERITY_WORDS[step]}程度"
    kind = KINDS.get(collection) or _label(collection)[0]
    if step.isdigit():
        return f"{kind}第{step}条"
    title = (
        next((str(value[n]) for n in NAMES if isinstance(value.get(n), str)), "") if _is_group(value) else ""
    )
    return f"{kind}{step}“{_short(title)}”" if title else f"{kind}{step}"


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping)


def _at(tree: Tree, steps: list[str]) -> Any:
    """Return what stands at an address of one tree, None when nothing does."""
    here: Any = tree
    for step in steps:
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list):
            named = next((entry for entry in here if name_of(entry) == step), None)
            place = int(step) - 1 if step.isdigit() else -1
            here = named if named is not None else here[place] if 0 <= place < len(here) else None
        else:
            return None
    return here


def _label(field: str) -> tuple[str, str]:
    """Return what a field is called and the unit behind its number."""
    title = FIELD_TITLES.get(field) or KINDS.get(field) or field
    found = _UNIT.fullmatch(title)
    return (found[1], UNITS[found[2]]) if found else (title, "")


def _write_lists(field: str, before: list[Any], after: list[Any]) -> str:
    old, new = ([_value(field, one) for one in side] for side in (before, after))
    if sorted(old) == sorted(new):
        return f"的顺序由{'、'.join(old)}改为{'、'.join(new)}"
    more, fewer = [one for one in new if one not in old], [one for one in old if one not in new]
    parts = [f"增加{'、'.join(more)}"] if more else []
    return "，".join([*parts, f"删去{'、'.join(fewer)}"] if fewer else parts) or "有改动"


def _value(field: str, value: Any) -> str:
    if value is None or value == "":
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        said = word_of(field, value, {})
        return said if said != value or len(value) < 3 else f"“{_short(value)}”"
    if isinstance(value, list):
        return "、".join(_value(field, one) for one in value) or "空"
    if isinstance(value, Mapping):
        return "，".join(_said(value))
    return str(value)


def _said(group: Mapping[str, Any]) -> Iterator[str]:
    for field, value in group.items():
        if value not in (None, "", [], {}):
            label, unit = _label(field)
            yield f"{label} {_value(field, value)}{unit}"


def _short(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "…"
