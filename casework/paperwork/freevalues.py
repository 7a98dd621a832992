"""What a document says whose words a person gives: the values of a file, the periods of its rule, the cases named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.paperwork.sheetvalues import case_row
from casework.paperwork.subjects import UNIT_WORDS, Subject, Values
from core.errors import InvalidInput
from core.rulebook import DocumentRule
from delivery.sandbox import list_differences
from delivery.wording import sample_of

# What every document knows by itself; nobody writes law, names or contacts by hand.
OWN_NAMES = frozenset({"work", "campaign", "basis", "cited", "contact"})
PERIOD = frozenset({"count", "unit", "start", "due_on", "provisional"})
PERIOD_KEYS = frozenset({"count", "unit", "start", "from"})


def free_values(subject: Subject) -> Values:
    """Return the values of a document drafted by hand; the periods are counted anew each time it is composed."""
    sample = sample_of(subject.document.kind)
    given = {
        name: _count(subject, value) if _is_period(sample.get(name)) else value
        for name, value in subject.inputs.get("values", {}).items()
    }
    cases = subject.findings()
    rows = {"cases": [case_row(subject, case, finding) for case, finding in cases]} if cases else {}
    return {**_reply(subject), **objection_values(subject), **rows, **given}


def objection_values(subject: Subject) -> Values:
    """Return until when a unit may object to a document, and how long the answer may take; empty without a right."""
    right = subject.rule.objection
    if right is None:
        return {}
    answer = f"{right.answer_period}{UNIT_WORDS[right.answer_unit or 'day']}" if right.answer_period else ""
    return {
        "objection": subject.period(right.period, right.unit, f"本{subject.itself}签发"),
        "objection_answer": answer,
    }


def _reply(subject: Subject) -> Values:
    """Return until when the unit reports; the day is not printed where it counts from a receipt still to come."""
    rule = subject.rule
    count, unit = (rule.period, rule.period_unit) if rule.period is not None else (rule.reply_workdays, None)
    if not count:
        return {}
    reply = subject.period(count, unit or "workday", f"本{subject.itself}签发")
    if rule.starts_on in ("served", "received"):
        reply |= {"start": f"收到本{subject.itself}", "due_on": "", "provisional": False}
    return {"reply": reply}


def _count(subject: Subject, value: Mapping[str, Any]) -> Values:
    first = date.fromisoformat(str(value["from"])) if "from" in value else None
    start = str(value.get("start", f"本{subject.itself}签发"))
    return subject.period(int(value["count"]), str(value["unit"]), start, first)


def _is_period(sample: object) -> bool:
    return isinstance(sample, Mapping) and sample.keys() >= PERIOD


def check_given(rule: DocumentRule, values: Mapping[str, Any], *, with_cases: bool) -> None:
    """Refuse values that do not fit the sample of a kind; every difference is named at once.

    with_cases   whether cases were named, so that `cases` is filled from them
    raises       InvalidInput; NotFound for a kind without templates
    """
    sample = sample_of(rule.code)
    known = known_names(rule, with_cases=with_cases)
    found = [f"缺少 {name}" for name in sample if name not in values and name not in known]
    found += value_mistakes(sample, values, with_cases=with_cases)
    if found:
        raise InvalidInput(
            f"{rule.name}的取值不全或不对",
            found="；".join(found),
            expected="、".join(name for name in sample if name not in OWN_NAMES),
            remedy=f"参照 templates/documents/{rule.code}/sample.yaml 补齐取值文件；期限写 count 和 unit",
        )


def value_mistakes(
    sample: Mapping[str, Any], values: Mapping[str, Any], *, with_cases: bool = False
) -> list[str]:
    """Return what is wrong with values that a person gave, whether they are all there or not."""
    found = []
    for name, value in values.items():
        if name not in sample:
            found.append(f"多出 {name}")
        elif name in OWN_NAMES or (name == "cases" and with_cases):
            found.append(f"{name} 由系统填写，不得另给")
        elif _is_period(sample[name]):
            found += _period_mistakes(name, value)
        else:
            found += list_differences(sample[name], value, name, refuse_extra=True)
    return found


def known_names(rule: DocumentRule, *, with_cases: bool) -> set[str]:
    """Return the names that need not be given."""
    known = {"unit", *OWN_NAMES}
    if with_cases:
        known.add("cases")
    if rule.period is not None or rule.reply_workdays:
        known.add("reply")
    if rule.objection is not None:
        known |= {"objection", "objection_answer"}
    return known


def _period_mistakes(name: str, value: object) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{name}应写明 count（天数）和 unit（workday 工作日或 day 自然日）"]
    found = [f"多出 {name}.{key}" for key in value if key not in PERIOD_KEYS]
    if not str(value.get("count", "")).isdigit() or int(value["count"]) < 1:
        found.append(f"{name}.count 应为正整数")
    if value.get("unit") not in UNIT_WORDS:
        found.append(f"{name}.unit 应为 workday（工作日）或 day（自然日）")
    if "from" in value and not _is_day(value["from"]):
        found.append(f"{name}.from 应为日期，如 2026-06-18")
    return found


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
