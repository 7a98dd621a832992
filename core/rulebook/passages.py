"""A rule as people read it: titled lines in Chinese, for the terminal and for the rule manual.

Every field of a rule prints, also one that was added yesterday; only empty ones are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from core.rulebook.catalog import Basis, Indicator
from core.rulebook.fields import RuleModel
from core.rulebook.fieldwords import title_of, word_of
from core.rulebook.params import Param

Names = Mapping[str, str]
ANCHOR_WORDS = {
    "due": "到期", "served": "送达", "approved": "方案批准", "opened": "批次启动", "period_from": "督察期间首日",
    "visit_from": "进驻", "visit_to": "离开", "period_to": "督察期间末日", "feedback": "反馈意见签发",
    "closed": "批次办结",
}  # fmt: skip
UNIT_WORDS = {"workday": "个工作日", "day": "日"}
LAST = ("params", "examples")
LONG = 14  # texts longer than this stand on a line each
EXAMPLE = frozenset({"case", "facts", "expect"})
TRIGGER = frozenset({"anchor", "offset", "unit", "condition"})
TASK = frozenset({"task", "within_workdays"})
OPERATORS = {">=": "不低于", "<=": "不高于"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a rule: what it is called and what it says, one text a line."""

    field: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "；".join(self.lines)


def rows_of(rule: RuleModel, names: Names, skip: Collection[str] = ()) -> list[Row]:
    """Return the fields of a rule that say something, in the order of the model; parameters and examples come last.

    names   codes that stand for rules, with what they are called, such as document kinds
    skip    fields that stand elsewhere
    """
    found = []
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if field in skip or is_empty(value):
            continue
        found.append(Row(field, title_of(type(rule), field), tuple(say_lines(field, value, names))))
    return sorted(found, key=lambda row: LAST.index(row.field) + 1 if row.field in LAST else 0)


def is_empty(value: object) -> bool:
    """Tell whether a field says nothing; false and zero do say something."""
    return value is None or (isinstance(value, str | tuple | list | dict) and not value)


def say_lines(field: str, value: Any, names: Names) -> Iterator[str]:
    """Yield a value as lines: groups and long texts one a line, short words on one."""
    if isinstance(value, dict):
        yield from (_say_entry(field, key, entry, names) for key, entry in value.items())
    elif isinstance(value, tuple | list):
        yield from _say_list(field, value, names)
    else:
        yield say(field, value, names)


def _say_list(field: str, values: tuple[Any, ...] | list[Any], names: Names) -> Iterator[str]:
    said = [say(field, one, names) for one in values]
    if any(isinstance(one, RuleModel) or len(text) > LONG for one, text in zip(values, said, strict=True)):
        yield from said
    else:
        yield "、".join(said)


def _say_entry(field: str, key: Any, entry: Any, names: Names) -> str:
    name = say(field, key, names)
    if isinstance(entry, RuleModel):
        said = say(field, entry, names)
        return said if said.startswith(name) else f"{name}：{said}"
    return f"{name}：{'、'.join(say_lines(field, entry, names))}"


def say(field: str, value: Any, names: Names) -> str:
    """Return a value in one line."""
    if isinstance(value, RuleModel):
        return say_rule(value, names)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Enum):
        return word_of(field, str(value.value), names)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | tuple | list):
        return "、".join(say_lines(field, value, names))
    return word_of(field, value, names) if isinstance(value, str) else str(value)


def say_rule(rule: RuleModel, names: Names) -> str:
    """Return a small rule in one line."""
    if isinstance(rule, Basis):
        return cite(rule)
    if isinstance(rule, Param):
        return say_param(rule)
    if isinstance(rule, Indicator):
        return say_indicator(rule)
    if type(rule).model_fields.keys() >= EXAMPLE:
        return say_example(rule, names)
    if type(rule).model_fields.keys() >= TRIGGER:
        return say_trigger(rule, names)
    if type(rule).model_fields.keys() >= TASK:
        return say_task(rule)
    return "；".join(f"{row.title}：{'、'.join(row.lines)}" for row in rows_of(rule, names))


def cite(basis: Basis) -> str:
    """Return a basis with its article, what it says, and its mark: 〔已核验·条文 R05；2025-11-01起施行〕."""
    return f"{basis.document}{basis.article or ''}：{basis.note}〔{mark_of(basis)}〕"


def mark_of(basis: Basis) -> str:
    """Return how far a basis was checked, where it binds and when it is in force."""
    source = f" {basis.source}" if basis.source else ""
    parts = [f"{'已核验' if basis.verified else '未核验'}·{basis.checked}{source}"]
    if basis.region:
        parts.append(f"只在{basis.region}适用")
    if basis.in_force_from:
        parts.append(f"{basis.in_force_from}起施行")
    if basis.in_force_until:
        parts.append(f"有效至{basis.in_force_until}")
    line = getattr(basis, "line", None)
    if line is not None:
        parts.append(f"只用于{word_of('line', line.value, {})}条线")
    for field, word in (("opened_from", "起启动的批次"), ("opened_until", "以前启动的批次")):
        if getattr(basis, field, None) is not None:
            parts.append(f"{getattr(basis, field)}{word}")
    return "；".join(parts)


def say_param(param: Param) -> str:
    """Return a parameter with its unit and the limits within which an office may set it."""
    parts = []
    if param.choices:
        parts.append(f"可选：{'、'.join(param.choices)}")
    elif param.min is not None or param.max is not None:
        low, high = ("不限" if end is None else str(end) for end in (param.min, param.max))
        parts.append(f"可调范围{low}至{high}")
    if param.note:
        parts.append(param.note)
    unit = param.unit or ("%" if param.type == "percent" else "")
    return f"{param.value}{unit}" + (f"（{'；'.join(parts)}）" if parts else "")


def say_indicator(indicator: Indicator) -> str:
    """Return an indicator with its threshold and where the threshold comes from."""
    bar = f"{OPERATORS[indicator.operator]}{indicator.threshold}{indicator.unit}"
    note = f"；{indicator.note}" if indicator.note else ""
    return (
        f"{indicator.name}：{bar}（{indicator.direction}；门槛来历：{indicator.threshold_origin}）；"
        f"算法：{indicator.formula}{note}"
    )


def say_example(example: Any, names: Names) -> str:
    """Return an example as a sentence: the facts that were given, the day, and what comes out."""
    on = getattr(example, "on", None)
    day = f"；判断之日：{on}" if on else ""
    given, out = _say_given(example.facts, names), _say_given(example.expect, names)
    return f"{example.case}（{given or '一切如初'}{day}）→ {out}"


def _say_given(given: Any, names: Names) -> str:
    """Return what an example says, and leave out what it left to the defaults."""
    if not isinstance(given, RuleModel):
        return "；".join(say_lines("facts", given, names))
    fields = [field for field in type(given).model_fields if field in given.model_fields_set]
    said = (
        (title_of(type(given), field), say_lines(field, getattr(given, field), names)) for field in fields
    )
    return "；".join(f"{title}：{'、'.join(lines)}" for title, lines in said)


def say_trigger(trigger: Any, names: Names) -> str:
    """Return when a date brings an event about by itself: 开庭日前5个工作日，并非“已确定出庭负责人”."""
    unit = UNIT_WORDS[trigger.unit]
    when = "当日"
    if trigger.offset:
        when = f"前{-trigger.offset}{unit}" if trigger.offset < 0 else f"后第{trigger.offset}{unit}"
    condition = word_of("condition", trigger.condition, names)
    return f"{word_of('anchor', trigger.anchor, names)}{when}，{condition}"


def say_task(task: Any) -> str:
    """Return what is to be done and within which time: 复盘（10个工作日内）."""
    within = f"{task.within_workdays}个工作日内" if task.within_workdays else "即时"
    clock = f"，不得超过法定期限 {task.clock}" if getattr(task, "clock", None) else ""
    return f"{task.task}（{within}{clock}）"


def write_offset(rung: Any) -> str:
    """Write when a rung falls due: 到期前5个工作日, 送达当日, 到期后第1个工作日."""
    anchor, unit = ANCHOR_WORDS.get(rung.anchor, rung.anchor), UNIT_WORDS[rung.unit]
    if rung.offset == 0:
        return f"{anchor}当日"
    return f"{anchor}前{-rung.offset}{unit}" if rung.offset < 0 else f"{anchor}后第{rung.offset}{unit}"
