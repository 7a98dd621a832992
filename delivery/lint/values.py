"""Values for trial prints: the sample of a kind, changed to what a rung, a line and an office would give."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.codes import LINE_LABELS, SEVERITY_LABELS, Line
from core.rulebook import DocumentRule, Rulebook
from core.rulebook.ladder import Ladder, Rung
from core.rulebook.offices import Office
from delivery.lint.names import Usage, Where

WORK = {Line.PARTY: "法治督察", Line.ENFORCEMENT: "行政执法监督"}
PERIOD = {"count", "unit", "due_on"}
NUMBERS = {"number", "case_number", "finding_number"}
OTHER = "其他"
FIRST_DAY = date(2031, 1, 6)
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial print: what it stands for in words, and its values."""

    case: str
    values: Values


def trials(book: Rulebook, rule: DocumentRule, sample: Mapping[str, Any], usage: Usage) -> Iterator[Trial]:
    """Yield the values of every line, office and rung that a kind of document serves, and both ways of each test."""
    for office in book.offices.values():
        for line in office.lines:
            if rule.serves(line):
                said = f"{LINE_LABELS[line]}线（{office.code}）"
                base = _of_line(rule, office, line, sample)
                yield Trial(said, base)
                for ladder in book.ladders.values():
                    yield from _of_ladder(rule, ladder, said, base)
    yield from variants(dict(sample), usage)


def _of_line(rule: DocumentRule, office: Office, line: Line, sample: Mapping[str, Any]) -> Values:
    values = copy.deepcopy(dict(sample))
    contacts = office.contacts
    printed = [b.document + (b.article or "") for b in rule.basis if b.verified and b.line in (None, line)]
    common = {
        "work": WORK[line],
        "basis": printed,
        "contact": {
            "person": contacts.name,
            "phone": contacts.phone,
            "email": office.mail.reply_to if rule.mailed else "",
            "address": contacts.address,
        },
    }
    return values | {name: value for name, value in common.items() if name in values}


def _of_ladder(rule: DocumentRule, ladder: Ladder, said: str, base: Values) -> Iterator[Trial]:
    for severity, profile in ladder.profiles.items():
        for rung in profile.rungs:
            if rung.document == rule.code:
                case = f"{said}，等级 {ladder.key} 的{SEVERITY_LABELS[severity]}问题，级次 {rung.code}"
                yield Trial(case, _of_rung(rule, ladder, rung, SEVERITY_LABELS[severity], base))


def _of_rung(rule: DocumentRule, ladder: Ladder, rung: Rung, severity: str, base: Values) -> Values:
    values = copy.deepcopy(base)
    colour = ladder.colour(rung.light)
    told = {"severity": severity, "meaning": rung.meaning, "light": colour.label if colour else ""}
    late = max(0, rung.offset) if rung.anchor == "due" else 0
    told |= {"overdue_workdays": str(late)} if late else {}
    for group in (values, *(row for rows in values.values() if isinstance(rows, list) for row in rows)):
        if isinstance(group, dict):
            group |= {name: value for name, value in told.items() if name in group}
            if "overdue_workdays" in group:
                group["overdue_workdays"] = late
    reply = values.get("reply")
    if isinstance(reply, dict) and "count" in reply:
        reply["count"] = rule.reply_workdays or (colour.reply_workdays if colour else reply["count"])
    return values


def variants(sample: Values, usage: Usage) -> Iterator[Trial]:
    """Yield the sample with each tested value the other way round, each compared word, and lists of one entry."""
    for where in sorted(usage.tested):
        yield Trial(f"{_name(where)}为空或相反", _changed(sample, where, _opposite))
    for where, words in sorted(usage.compared.items()):
        for word in (*sorted(words), OTHER) if words else ():
            yield Trial(f"{_name(where)}为“{word}”", _changed(sample, where, lambda _, word=word: word))
    single = {
        name: value[:1] if isinstance(value, list) else value for name, value in copy.deepcopy(sample).items()
    }
    yield Trial("各列表只有一项", single)


def _name(where: Where) -> str:
    return "“" + ".".join(step for step in where if step != "*") + "”"


def _opposite(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return type(value)() if isinstance(value, str | list | int) else ""


def _changed(sample: Values, where: Where, change: Any) -> Values:
    values = copy.deepcopy(sample)
    groups: list[Any] = [values]
    for step in where[:-1]:
        groups = [
            entry
            for one in groups
            for entry in (one if step == "*" else [one.get(step)])
            if entry is not None
        ]
    for group in groups:
        if isinstance(group, dict) and where[-1] in group:
            group[where[-1]] = change(group[where[-1]])
        elif isinstance(group, list) and where[-1] == "*":
            group[:] = [change(entry) for entry in group]
    return values


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that must be printed: the name it goes by in the sample, and each text that must then be there."""

    where: Where
    code: str
    texts: tuple[str, ...]


def marked(sample: Mapping[str, Any]) -> tuple[Values, list[Mark]]:
    """Return the sample with unmistakable periods and numbers, and what must be found in the print."""
    values = copy.deepcopy(dict(sample))
    marks: list[Mark] = []
    _mark(values, (), marks)
    return values, marks


def _mark(value: Any, where: Where, marks: list[Mark]) -> None:
    if isinstance(value, list):
        for entry in value:
            _mark(entry, (*where, "*"), marks)
    if not isinstance(value, dict):
        return
    if set(value) >= PERIOD:
        at = len(marks)
        day = FIRST_DAY + timedelta(days=at)
        value |= {"count": 701 + at, "due_on": day}
        length, due = f"{701 + at}{value['unit']}", f"{day.year}年{day.month}月{day.day}日"
        marks.append(Mark(where, "E807", (length, due)))
        return
    for name, inner in value.items():
        if name in NUMBERS and isinstance(inner, str) and inner:
            value[name] = f"N{len(marks):04d}-{name}"
            marks.append(Mark((*where, name), "E804", (value[name],)))
        else:
            _mark(inner, (*where, name), marks)
