"""Checks of scoring: facts exist, forms are whole, points add up, grades fall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from core.errors import Problem
from core.rulebook.checks_law import check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.rulebook.scoring import ScoreItem, ScoringRules
from core.text.yamltext import Path
from core.unitfacts import UNIT_FACTS

NEEDED = {
    "share": ("part", "whole", "full_percent", "zero_percent"),
    "deduct": ("count", "each"),
    "bonus": ("count", "each"),
}
FACT_FIELDS = ("part", "whole", "count")


def check_scoring(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every scoring file."""
    for part in parts.scoring.values():
        rules = part.model
        if rules.key != part.key:
            yield part.problem(("key",), "E302", f"key“{rules.key}”应与文件名“{part.key}”一致")
        yield from check_dates(part, (), rules)
        yield from check_file_mark(part, rules, parts.known_sources())
        yield from _check_items(part, parts)
        yield from _check_total(part)
        yield from _check_facts(part)
        yield from _check_grades(part)
        yield from _check_annual(part, parts)


def _check_items(part: Part[ScoringRules], parts: Parts) -> Iterator[Problem]:
    times = Counter(item.code for item in part.model.items)
    for index, item in enumerate(part.model.items):
        place: Path = ("items", index)
        yield from check_mark(part, place, item, parts.known_sources())
        if times[item.code] > 1:
            yield part.problem((*place, "code"), "E301", f"计分项“{item.code}”重复")
        yield from _check_form(part, place, item)


def _check_form(part: Part[ScoringRules], place: Path, item: ScoreItem) -> Iterator[Problem]:
    for field in NEEDED[item.form]:
        if getattr(item, field) is None:
            yield part.problem(place, "E202", f"计分项“{item.code}”的算法为 {item.form}，缺少 {field}")
    for field in FACT_FIELDS:
        name = getattr(item, field)
        if name is not None and name not in UNIT_FACTS:
            yield part.problem((*place, field), "E402", f"没有单位事实“{name}”{near(name, UNIT_FACTS)}")
    if item.form == "share" and item.full_percent is not None and item.full_percent == item.zero_percent:
        yield part.problem((*place, "zero_percent"), "E206", "满分线与零分线不能相同")


def _check_total(part: Part[ScoringRules]) -> Iterator[Problem]:
    total = sum(item.points for item in part.model.items if item.form != "bonus")
    if total != part.model.total:
        yield part.problem(("total",), "W701", f"计分项合计{total}分，满分{part.model.total}分")


def _check_facts(part: Part[ScoringRules]) -> Iterator[Problem]:
    rules = part.model
    named: list[tuple[Path, str]] = [(("unranked", "fact"), rules.unranked.fact)]
    named += [(("tie_break", index), name) for index, name in enumerate(rules.tie_break)]
    for place, name in named:
        if name not in UNIT_FACTS:
            yield part.problem(place, "E402", f"没有单位事实“{name}”{near(name, UNIT_FACTS)}")


def _check_grades(part: Part[ScoringRules]) -> Iterator[Problem]:
    grades = part.model.grades
    for index, (higher, lower) in enumerate(pairwise(grades), 1):
        if lower.min >= higher.min:
            yield part.problem(
                ("grades", index, "min"), "E206", f"等次应由高到低：“{lower.name}”不低于“{higher.name}”"
            )


def _check_annual(part: Part[ScoringRules], parts: Parts) -> Iterator[Problem]:
    for index, report in enumerate(part.model.reporting.annual):
        yield from check_mark(part, ("reporting", "annual", index), report, parts.known_sources())
