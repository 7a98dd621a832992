"""Every number with its definition and the rows behind it: the number is what the rows amount to."""

from __future__ import annotations

from typing import Any

from casework.counts.countscope import may_see_rows
from casework.counts.engine import list_rows, total_of
from casework.counts.registry import SECTIONS, entry_of, every_entry, families_of
from casework.counts.tallies import Number, Scope, share
from casework.counts.terms import Detail, Entry, Family, Indicator, Share
from casework.inspection.filling import refuse_partner
from core.errors import NotAllowed, NotFound
from core.rulebook.mistakes import near


def list_indicators() -> list[dict[str, Any]]:
    """Return every definition: code (of a family its prefix), label, unit word, subject and what it means."""
    return [
        {
            "code": one.code if not isinstance(one, Family) else f"{one.prefix}.*",
            "label": one.label if not isinstance(one, Family) else one.definition,
            "unit": one.unit,
            "group": section.name,
            "number": section.number,
            "definition": one.definition,
        }
        for section in SECTIONS
        for one in section.entries
    ]


def drill(scope: Scope, code: str) -> dict[str, Any]:
    """Return a number with its definition and the rows behind it; those of a percentage are the rows of its part.

    raises   NotFound for an unknown code; NotAllowed for rows of the compartment of linkage
    """
    entry = find_entry(code)
    value, rows, whole = _value_and_rows(scope, entry, code)
    return {
        "code": code,
        "label": label_of(scope, entry, code),
        "unit": entry.unit,
        "definition": entry.definition,
        "value": value,
        "whole": whole,
        "rows": [row.as_dict() for row in rows],
    }


def find_entry(code: str) -> Entry:
    """Return the definition of a number; raise NotFound with the nearest codes."""
    entry = entry_of(code)
    if entry is None:
        known = [one.prefix if isinstance(one, Family) else one.code for one in every_entry()]
        raise NotFound(
            "没有这个指标",
            found=f"{code}{near(code, known)}",
            expected="已定义的指标",
            remedy="运行 ducha stats --definitions",
        )
    return entry


def _value_and_rows(scope: Scope, entry: Entry, code: str) -> tuple[Number, list[Detail], Number]:
    if isinstance(entry, Share):
        part, rows, _none = _value_and_rows(scope, find_entry(entry.part), entry.part)
        whole, *_rest = _value_and_rows(scope, find_entry(entry.whole), entry.whole)
        return share(int(part or 0), int(whole or 0)), rows, whole
    if isinstance(entry, Indicator):
        permit_rows(scope, entry)
        rows = list_rows(scope, entry, code)
        return total_of(rows, entry), rows, None
    return _of_family(scope, code)


def _of_family(scope: Scope, code: str) -> tuple[int, list[Detail], None]:
    total, found = 0, []
    for family in families_of(code):
        rows = list_rows(scope, family, code)
        if rows:
            permit_rows(scope, family)
        found += rows
        total += total_of(rows, family)
    return total, found, None


def permit_rows(scope: Scope, entry: Indicator | Family) -> None:
    """Refuse rows of the compartment to who is not named for it, and of checklists to the contact of a partner."""
    if entry.source.checklist:
        refuse_partner(scope.desk)
    if entry.source.confidential and not may_see_rows(scope.desk):
        raise NotAllowed(
            "贯通联动只公布数字，明细限知悉人员",
            found=scope.desk.actor.code,
            expected="角色 linkage、director",
            remedy="由知悉人员查看（--by）",
        )


def label_of(scope: Scope, entry: Entry, code: str) -> str:
    """Return what a number is called; of a family, what its code stands for."""
    if not isinstance(entry, Family):
        return entry.label
    for family in families_of(code):
        suffix = code.removeprefix(f"{family.prefix}.")
        found = family.labels(scope, frozenset({suffix})).get(suffix)
        if found is not None:
            return found
    return code
