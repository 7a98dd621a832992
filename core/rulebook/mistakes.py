"""How the findings of the reader are said in plain Chinese: what was found, what was expected, what to write."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from core.codes import LIGHT_LABELS, LINE_LABELS, SECRECY_LABELS, SEVERITY_LABELS
from core.errors import Problem
from core.rulebook.hints import PATTERNS, near, suggest
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS
from core.text.characters import FULL_WIDTH, narrow
from core.text.yamltext import Path, YamlText

__all__ = ["describe_choice", "explain", "near", "without_echoes"]

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
GROUP = "一组“键: 值”"
LIST = "列表"
WIDE_BRACKETS = ("【", "［", "（", "〔")
RANGES = {
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
    "too_short": "至少 {min_length} 项",
}


def describe_choice(word: str) -> str:
    """Return a code with its label, such as `minor（一般）`."""
    label = LABELS.get(word)
    return f"{word}（{label}）" if label else word


def _shown(value: object) -> str:
    if value is None:
        return "空"
    if isinstance(value, dict):
        return GROUP
    if isinstance(value, (list, tuple)):
        return LIST
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

    @property
    def subject(self) -> str:
        """What is wrong: the key, and which entry of a list under it, counted from 1."""
        if self.of_key:
            return f"键“{self.name}”"
        at = self.path[-1] if self.path else ""
        return f"“{self.name}”第{at + 1}项" if isinstance(at, int) else f"“{self.name}”"

    def problem(self, code: str, message: str) -> Problem:
        return self.text.problem(self.path, code, message, of_key=self.of_key)


def _unknown_key(one: _Finding) -> Problem:
    keys = _keys_of(one.model, one.path[:-1])
    hint = near(one.name, keys) or f"；可用的键：{'、'.join(keys)}"
    message = f"不认识的键“{one.name}”{hint}"
    return one.text.problem(one.path, "E201", message, of_key=True)


def _missing(one: _Finding) -> Problem:
    message = f"缺少必填项“{one.name}”；请在这一组中补写 {one.name}: …"
    return one.text.problem(one.path[:-1], "E202", message)


def _condition(one: _Finding) -> Problem:
    said = str(one.context["said"])
    if FULL_WIDTH.search(one.found):
        said += f"；条件只用半角字符，请改写为 {narrow(one.found)}"
    return one.text.problem_inside(one.path, int(one.context["column"]), "E207", said)


def _choice(one: _Finding) -> Problem:
    words = re.findall(r"'([^']*)'", str(one.context["expected"]))
    labelled = "、".join(describe_choice(word) for word in words)
    by_label = {LABELS[word]: word for word in words if word in LABELS}
    meant = near(one.found, by_label)
    label = meant.partition("“")[2].rstrip("”")
    hint = f"；是否想写“{by_label[label]}”" if label in by_label else near(one.found, words)
    if one.found in (GROUP, LIST):
        message = f"{one.subject}只能写一个词（实际：{one.found}）；可选：{labelled}"
        return one.problem("E204", message)
    subject = one.subject if one.of_key else f"{one.subject}的值“{one.found}”"
    return one.problem("E204", f"{subject}不在可选范围内{hint}；可选：{labelled}")


def _pattern(one: _Finding) -> Problem:
    pattern = str(one.context["pattern"])
    wanted = PATTERNS.get(pattern, f"符合 {pattern} 的写法")
    return one.problem("E303", f"{one.subject}的写法不对（实际：{one.found}）；应为{wanted}")


def _range(one: _Finding) -> Problem:
    limit = RANGES[one.kind].format(**one.context)
    if one.kind == "too_short":
        return one.problem("E206", f"{one.subject}是空的；应{limit}")
    return one.problem("E206", f"{one.subject}超出范围（实际：{one.found}）；应{limit}")


def _param(one: _Finding) -> Problem:
    return one.problem("E208", f"参数的值不对（实际：{one.found}）；{one.said}")


def _full_width(one: _Finding) -> Problem:
    message = (
        f"{one.subject}含有全角字符（实际：{one.found}）；"
        f"编号、数字、日期和英文词只用半角，请改写为“{narrow(one.found)}”"
    )
    return one.problem("E112", message)


def _type(one: _Finding) -> Problem:
    wanted = TYPE_WORDS.get(one.kind)
    said = f"应为{wanted}" if wanted else one.said
    hint = suggest(one.kind, one.found)
    if one.kind == "tuple_type" and one.found[:1] in WIDE_BRACKETS:
        hint = "；方括号和逗号用半角，如 [甲, 乙]"
    return one.problem("E203", f"{one.subject}{said}（实际：{one.found}）{hint}")


SAYINGS: dict[str, Callable[[_Finding], Problem]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "condition": _condition,
    "enum": _choice,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "param": _param,
    **dict.fromkeys(RANGES, _range),
}


# Kinds of finding whose value can only be written in half-width characters.
NARROW = {"whole", "day", "flag", "enum", "literal_error", "string_pattern_mismatch", "decimal_parsing"}


def without_echoes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out what only follows from another mistake that is told already.

    A list seems too short because some of its entries are wrong; a condition seems to name what is not there because
    the parameter of that name is wrong.
    """
    params = {error["loc"][: error["loc"].index("params")] for error in errors if "params" in error["loc"]}
    return [
        error
        for error in errors
        if not _is_short_echo(error) and not (error["type"] == "condition" and error["loc"][:-1] in params)
    ]


def _is_short_echo(error: ErrorDetails) -> bool:
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
    if one.kind in NARROW and FULL_WIDTH.search(one.found):
        return _full_width(one)
    return SAYINGS.get(one.kind, _type)(one)
