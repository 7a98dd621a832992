"""The codes of mistakes in rule files, and how the reader's findings are said in plain Chinese."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from core.codes import LIGHT_LABELS, LINE_LABELS, SECRECY_LABELS, SEVERITY_LABELS
from core.errors import Problem
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS
from core.yamltext import Path, YamlText

LABEL_TABLES: tuple[Mapping[Any, str], ...] = (
    {"both": "两线通用"},
    SEVERITY_LABELS,
    LIGHT_LABELS,
    LINE_LABELS,
    SECRECY_LABELS,
    LEADER_ROLE_LABELS,
    UNIT_ROLE_LABELS,
)
LABELS: dict[str, str] = {str(code): label for table in LABEL_TABLES for code, label in table.items()}
TYPE_WORDS = {
    "string_type": "文字",
    "int_type": "整数",
    "bool_type": "true 或 false",
    "date_type": "日期，如 2026-03-02",
    "decimal_type": "数",
    "decimal_parsing": "数，如 95 或 2.5",
    "tuple_type": "列表（每行一个“- ”，或写在方括号内）",
    "dict_type": "一组“键: 值”",
    "model_type": "一组“键: 值”",
    "model_attributes_type": "一组“键: 值”",
}
RANGES = {
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
    "too_short": "至少 {min_length} 项",
}


def describe_choice(word: str) -> str:
    """Return a code with its label, such as `minor（一般）`."""
    label = LABELS.get(word)
    return f"{word}（{label}）" if label else word


def near(word: str, known: Iterable[str]) -> str:
    """Return a did-you-mean clause for the nearest known word, or nothing."""
    found = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"；是否想写“{found[0]}”" if found else ""


def _shown(value: object) -> str:
    if value is None:
        return "空"
    if isinstance(value, dict):
        return "一组“键: 值”"
    if isinstance(value, (list, tuple)):
        return "列表"
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _keys_of(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys allowed in the mapping at a path of a model."""
    here: Any = model
    for step in path:
        here = _bare(_inside(here, step))
    return list(here.model_fields)


def _bare(kind: Any) -> Any:
    """Return the kind of an optional value."""
    if get_origin(kind) is types.UnionType:
        return next(arg for arg in get_args(kind) if arg is not types.NoneType)
    return kind


def _inside(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields[str(step)].annotation
    arguments = get_args(kind)
    return arguments[1] if get_origin(kind) is dict else arguments[0]


@dataclass(frozen=True, slots=True)
class _Finding:
    """One finding of pydantic, seen from the file."""

    path: Path
    of_key: bool
    kind: str
    said: str
    context: Mapping[str, Any]
    found: str
    model: type[BaseModel]
    text: YamlText

    @property
    def name(self) -> str:
        words = [step for step in self.path if isinstance(step, str)]
        return words[-1] if words else "文件"

    def problem(self, code: str, message: str) -> Problem:
        return self.text.problem(self.path, code, message, of_key=self.of_key)


def _unknown_key(one: _Finding) -> Problem:
    keys = _keys_of(one.model, one.path[:-1])
    hint = near(one.name, keys) or f"；可用的键：{'、'.join(keys)}"
    message = f"不认识的键“{one.name}”{hint}"
    return one.text.problem(one.path, "E201", message, of_key=True)


def _missing(one: _Finding) -> Problem:
    return one.text.problem(one.path[:-1], "E202", f"缺少必填项“{one.name}”")


def _condition(one: _Finding) -> Problem:
    return one.text.problem_inside(one.path, int(one.context["column"]), "E207", str(one.context["said"]))


def _choice(one: _Finding) -> Problem:
    words = re.findall(r"'([^']*)'", str(one.context["expected"]))
    labelled = "、".join(describe_choice(word) for word in words)
    by_label = next((word for word in words if LABELS.get(word) == one.found), "")
    hint = f"；是否想写“{by_label}”" if by_label else near(one.found, words)
    subject = f"键“{one.name}”" if one.of_key else f"“{one.name}”的值“{one.found}”"
    return one.problem("E204", f"{subject}不在可选范围内{hint}；可选：{labelled}")


def _pattern(one: _Finding) -> Problem:
    pattern = one.context["pattern"]
    return one.problem("E303", f"“{one.name}”的写法不对（实际：{one.found}）；应符合 {pattern}")


def _range(one: _Finding) -> Problem:
    limit = RANGES[one.kind].format(**one.context)
    return one.problem("E206", f"“{one.name}”超出范围（实际：{one.found}）；应{limit}")


def _type(one: _Finding) -> Problem:
    wanted = TYPE_WORDS.get(one.kind)
    said = f"应为{wanted}" if wanted else one.said
    return one.problem("E203", f"“{one.name}”{said}（实际：{one.found}）")


SAYINGS: dict[str, Callable[[_Finding], Problem]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "condition": _condition,
    "enum": _choice,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    **dict.fromkeys(RANGES, _range),
}


def is_echo(error: ErrorDetails) -> bool:
    """Tell whether a list only seems too short because some of its entries are wrong; those are told already."""
    entries = error["input"]
    if error["type"] != "too_short" or not isinstance(entries, (list, tuple, dict)):
        return False
    return len(entries) >= int(error["ctx"]["min_length"])


def explain(error: ErrorDetails, model: type[BaseModel], text: YamlText) -> Problem:
    """Turn one finding of pydantic into a problem with its place, code and remedy."""
    path: Path = tuple(error["loc"])
    of_key = bool(path) and path[-1] == "[key]"
    one = _Finding(
        path[:-1] if of_key else path,
        of_key,
        error["type"],
        error["msg"],
        error.get("ctx", {}),
        _shown(error["input"]),
        model,
        text,
    )
    return SAYINGS.get(one.kind, _type)(one)
