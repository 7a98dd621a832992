"""The values of a document as fields of a form: each with its name in Chinese and its shape, from the kind's sample.

A form gives texts; what the shapes make of them is what a file of values would have held.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from casework.paperwork.freevalues import OWN_NAMES, PERIOD, known_names
from core.codes import DocumentContent
from core.errors import InvalidInput
from core.rulebook import DocumentRule
from delivery.wording import sample_of
from models.document import Document

BLANK_ROWS = 3
LONG = 16  # a sample text longer than this wants more than one line
LABELS: Mapping[str, str] = {
    "unit": "主送", "until_on": "统计截至", "overall": "总体评价", "counts": "数量", "ranking": "各单位整改情况",
    "issues": "存在问题", "demands": "工作要求", "interviewee": "被约谈人", "reason": "事由", "held_on": "约谈日期",
    "held_at": "约谈时刻", "place": "地点", "interviewer": "约谈人", "reply": "报告期限", "ground": "前提",
    "facts": "事实", "findings": "认定", "decisions": "决定事项", "topic": "主题", "causes": "原因分析",
    "suggestions": "建议", "source": "来源", "matter": "事项", "materials": "所附材料", "duty": "法定职责",
    "urged": "督办催办情况", "leader": "组长", "from_on": "开始日期", "to_on": "结束日期", "team": "督察组成员",
    "scope": "授权范围", "changes": "期限变动", "cases": "所涉问题", "objection": "异议期限",
    "handling": "办理情况", "items": "各事项办理情况", "next_steps": "下一步工作", "received_on": "收到日期",
    "reference": "来文字号", "verified": "核查情况", "result": "办理结果", "lead_number": "线索编号",
    "objection_answer": "异议答复时限", "verdict": "结论", "closed_on": "销号日期",
}  # fmt: skip
COLUMNS: Mapping[str, str] = {
    "units": "单位数", "problems": "问题数", "closed": "已销号", "closed_percent": "销号率（%）", "overdue": "逾期",
    "urgings": "催办单", "supervisions": "督办单", "orders": "责令整改通知单", "unit": "单位", "percent": "完成率（%）",
    "name": "名称", "copies": "份数", "role": "身份", "number": "编号", "item": "事项", "before": "原期限",
    "text": "事项", "done": "办理情况", "after": "现期限", "reason": "理由", "due_on": "整改期限", "state": "整改情况",
}  # fmt: skip


class Shape(StrEnum):
    """How a value is typed in."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DAY = "day"
    LINES = "lines"  # one text a line
    ROWS = "rows"  # a table
    GROUP = "group"  # some values under one name
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a document in a form.

    value     what stands in the form now: a text; for ROWS a tuple of rows, for GROUP and PERIOD texts by name
    columns   (name, label) of the parts of ROWS and GROUP
    optional  whether it may be left empty
    """

    name: str
    label: str
    shape: Shape
    value: Any
    columns: tuple[tuple[str, str], ...] = ()
    optional: bool = False


def label_of(name: str) -> str:
    """Return how a value is called on a form."""
    return LABELS.get(name, name)


def new_fields(rule: DocumentRule, given: Mapping[str, Any] | None = None) -> tuple[Field, ...]:
    """Return the fields of a new document of a kind; `given` are values typed before."""
    sample, known = sample_of(rule.code), known_names(rule, with_cases=True)
    names = [name for name in sample if name not in known]
    return tuple(_field(name, sample[name], (given or {}).get(name)) for name in names)


def draft_fields(document: Document, rule: DocumentRule) -> tuple[Field, ...]:
    """Return the fields of a draft that may be changed, with what they hold now."""
    given: dict[str, Any] = json.loads(document.inputs)
    if rule.content is DocumentContent.FINDINGS:
        return (Field("overall", label_of("overall"), Shape.LONG, given.get("overall", ""), optional=True),)
    sample, values = sample_of(document.kind), given.get("values", {})
    return tuple(
        _field(name, sample[name], values[name])
        for name in sample
        if name in values and name not in OWN_NAMES and not isinstance(sample[name], bool)
    )


def copies_of(document: Document) -> str:
    """Return whom a draft is copied to, one a line."""
    copies: Sequence[str] = json.loads(document.inputs).get("copies_to", ())
    return "\n".join(copies)


def _field(name: str, sample: Any, value: Any) -> Field:
    shape = shape_of(sample)
    columns = _columns(sample, shape)
    return Field(name, label_of(name), shape, _shown(shape, columns, value), columns, optional=sample == "")


def shape_of(sample: Any) -> Shape:
    """Return how a value like this one is typed in."""
    if isinstance(sample, Mapping):
        return Shape.PERIOD if sample.keys() >= PERIOD else Shape.GROUP
    if isinstance(sample, list):
        return Shape.ROWS if sample and isinstance(sample[0], Mapping) else Shape.LINES
    if isinstance(sample, date) or _is_day(sample):
        return Shape.DAY
    if isinstance(sample, int | float):
        return Shape.NUMBER
    return Shape.LONG if len(str(sample)) > LONG else Shape.TEXT


def _is_day(sample: Any) -> bool:
    try:
        date.fromisoformat(sample)
    except (TypeError, ValueError):
        return False
    return True


def _columns(sample: Any, shape: Shape) -> tuple[tuple[str, str], ...]:
    parts = {Shape.ROWS: lambda: sample[0], Shape.GROUP: lambda: sample}.get(shape)
    return tuple((name, COLUMNS.get(name, name)) for name in parts()) if parts else ()


def _shown(shape: Shape, columns: Sequence[tuple[str, str]], value: Any) -> Any:
    if shape is Shape.ROWS:
        rows = [{name: str(row.get(name, "")) for name, _label in columns} for row in value or ()]
        return tuple(rows + [{name: "" for name, _label in columns} for _ in range(BLANK_ROWS)])
    if shape is Shape.GROUP:
        return {name: str((value or {}).get(name, "")) for name, _label in columns}
    if shape is Shape.PERIOD:
        return {name: str((value or {}).get(name, "")) for name in ("count", "unit", "from", "start")}
    if shape is Shape.LINES:
        return "\n".join(str(one) for one in value or ())
    return "" if value is None else str(value)


# ---- from the form ----------------------------------------------------------------------------------------------


def read_fields(
    fields: Sequence[Field], kind: str, texts: Mapping[str, str], *, whole: bool = True
) -> dict[str, Any]:
    """Return the values that a form gives.

    texts   by the names of the form: `name`, `name.part` for a group and a period, `name.0.part` for a table
    whole   whether a value that was left empty is refused; a preview takes what is there
    raises  InvalidInput naming every field that is missing or is no number or day
    """
    sample = sample_of(kind) if kind else {}
    wrong: list[str] = []
    values = {}
    for one in fields:
        values[one.name] = _read(one, sample.get(one.name, ""), texts, wrong)
        if whole and not one.optional and values[one.name] in ("", [], None):
            wrong.append(f"没有填写“{one.label}”")
    if wrong:
        raise InvalidInput(
            "有的内容没有填写，或者填写不正确", found="；".join(wrong), expected="逐项填写",
            remedy="补充或者改正后重新提交",
        )  # fmt: skip
    return values


def _read(one: Field, sample: Any, texts: Mapping[str, str], wrong: list[str]) -> Any:
    text = texts.get(one.name, "").strip()
    if one.shape is Shape.LINES:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if one.shape is Shape.PERIOD:
        return _read_period(one, texts, wrong)
    if one.shape is Shape.GROUP:
        return {name: _plain(sample[name], texts.get(f"{one.name}.{name}", ""), f"{one.label}“{label}”", wrong)
                for name, label in one.columns}  # fmt: skip
    if one.shape is Shape.ROWS:
        return _read_rows(one, sample, texts, wrong)
    return _plain(sample, text, f"“{one.label}”", wrong)


def _read_period(one: Field, texts: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    said = {name: texts.get(f"{one.name}.{name}", "").strip() for name in ("count", "unit", "from", "start")}
    if not (said["count"].isascii() and said["count"].isdigit() and int(said["count"][:4])):
        wrong.append(f"“{one.label}”的天数应为正整数")
    if said["unit"] not in ("workday", "day"):
        wrong.append(f"“{one.label}”应选工作日或者自然日")
    if said["from"] and not _is_day(said["from"]):
        wrong.append(f"“{one.label}”的起算日期应如2026-06-30")
    return {name: value for name, value in said.items() if value}


def _read_rows(one: Field, sample: Any, texts: Mapping[str, str], wrong: list[str]) -> list[dict[str, Any]]:
    rows = []
    place = 0
    while any(f"{one.name}.{place}.{name}" in texts for name, _label in one.columns):
        said = {name: texts.get(f"{one.name}.{place}.{name}", "").strip() for name, _label in one.columns}
        if any(said.values()):
            where = f"{one.label}第{place + 1}行"
            rows.append(
                {
                    name: _plain(sample[0][name], said[name], f"{where}“{label}”", wrong)
                    for name, label in one.columns
                }
            )
        place += 1
    return rows


def _plain(sample: Any, text: str, where: str, wrong: list[str]) -> Any:
    """Return a text as the sample's type; an empty one stays empty."""
    text = text.strip()
    if isinstance(sample, bool) or not isinstance(sample, int | float):
        if text and (isinstance(sample, date) or _is_day(sample)) and not _is_day(text):
            wrong.append(f"{where}应为日期，如2026-06-30")
        return text
    try:
        return int(text) if isinstance(sample, int) else float(text)
    except ValueError:
        wrong.append(f"{where}应为数字")
        return 0


def typed_fields(fields: Sequence[Field], texts: Mapping[str, str]) -> tuple[Field, ...]:
    """Return fields that show what was typed, so that a form which was refused keeps it."""
    return tuple(_typed(one, texts) for one in fields)


def _typed(one: Field, texts: Mapping[str, str]) -> Field:
    value: Any = texts.get(one.name, "")
    if one.shape is Shape.ROWS:
        names = [name for name, _label in one.columns]
        places = range(sum(f"{one.name}.{place}.{names[0]}" in texts for place in range(len(texts))))
        value = tuple({name: texts.get(f"{one.name}.{at}.{name}", "") for name in names} for at in places)
    elif one.shape is Shape.GROUP:
        value = {name: texts.get(f"{one.name}.{name}", "") for name, _label in one.columns}
    elif one.shape is Shape.PERIOD:
        value = {name: texts.get(f"{one.name}.{name}", "") for name in ("count", "unit", "from", "start")}
    return Field(one.name, one.label, one.shape, value, one.columns, one.optional)


def copies_in(text: str) -> list[str]:
    """Return whom a document is copied to, from a text with one name a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
