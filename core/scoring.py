"""Scores and ranks of units: facts in, points out, every step said so that it can be worked out again by hand.

Points are exact fractions; each line is rounded to a hundredth, half up, and the total is the sum of what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from core.rulebook.scoring import ScoreItem, ScoringRules
from core.unitfacts import UNIT_FACTS

Facts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a score; `most` is None for points on top and for a line that is left out."""

    code: str
    name: str
    points: Fraction
    most: Fraction | None
    said: str


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one unit with its steps; `left_out` are lines that had too small a sample."""

    total: Fraction
    grade: str
    steps: tuple[Step, ...]
    left_out: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as scoring sees it."""

    code: str
    name: str
    kinds: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Placing:
    """A unit with its score and place; `place` is None with the reason why it is not ranked."""

    unit: Candidate
    score: Score
    group: str
    place: int | None
    reason: str = ""


def round_half_up(value: Fraction) -> Fraction:
    """Return the value to a hundredth, halves away from zero downwards never."""
    return Fraction(floor(value * 100 + Fraction(1, 2)), 100)


def print_points(value: Fraction) -> str:
    """Return points with two digits."""
    hundredths = round(value * 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def score_unit(rules: ScoringRules, facts: Facts) -> Score:
    """Return the score of a unit from its facts; a fact that is not given is 0."""
    steps = tuple(_FORMS[item.form](item, facts) for item in rules.items)
    counted = [step for step in steps if step.most is not None]
    extra = sum((step.points for step in steps if step.most is None), Fraction(0))
    most = sum((step.most for step in counted if step.most is not None), Fraction(0))
    got = sum((step.points for step in counted), Fraction(0))
    left_out = tuple(
        step.name
        for step, item in zip(steps, rules.items, strict=True)
        if item.form != "bonus" and step.most is None
    )
    base = _rescale(rules, got, most, left_out)
    total = max(Fraction(0), base + extra)
    return Score(
        total, _grade(rules, total), steps, left_out, _say_total(rules, got, most, base, extra, left_out)
    )


def _rescale(rules: ScoringRules, got: Fraction, most: Fraction, left_out: Sequence[str]) -> Fraction:
    """Return the points out of the full total when lines were left out; nothing to judge by is full."""
    if not left_out:
        return got
    return round_half_up(got / most * rules.total) if most else Fraction(rules.total)


def _share(item: ScoreItem, facts: Facts) -> Step:
    part, whole = facts.get(item.part or "", 0), facts.get(item.whole or "", 0)
    names = f"{_label(item.part)}{part}÷{_label(item.whole)}{whole}"
    if whole < max(1, item.min_sample):
        if item.below_sample == "full":
            full = Fraction(item.points)
            return Step(
                item.code,
                item.name,
                full,
                full,
                f"{names}，样本不足{max(1, item.min_sample)}，按满分{item.points}分计",
            )
        return Step(
            item.code,
            item.name,
            Fraction(0),
            None,
            f"{names}，样本不足{max(1, item.min_sample)}，本项不计，其余各项折算",
        )
    full, zero = Fraction(item.full_percent or 0), Fraction(item.zero_percent or 0)
    percent = Fraction(100 * part, whole)
    degree = min(Fraction(1), max(Fraction(0), (percent - zero) / (full - zero)))
    points = round_half_up(item.points * degree)
    said = (
        f"{names}＝{print_points(percent)}%；{item.full_percent}%得满分、{item.zero_percent}%得零分，"
        f"其间按比例，得分系数{print_points(100 * degree)}%；"
        f"{item.points}分×{print_points(100 * degree)}%＝{print_points(points)}分"
    )
    return Step(item.code, item.name, points, Fraction(item.points), said)


def _deduct(item: ScoreItem, facts: Facts) -> Step:
    number = facts.get(item.count or "", 0)
    off = min(Fraction(item.points), number * item.per)
    capped = "，扣完为止" if number * item.per > item.points else ""
    points = Fraction(item.points) - off
    said = (
        f"{_label(item.count)}{number}，每{_unit(item.count)}扣{item.each}分，扣{print_points(off)}分{capped}；"
        f"{item.points}分－{print_points(off)}分＝{print_points(points)}分"
    )
    return Step(item.code, item.name, points, Fraction(item.points), said)


def _bonus(item: ScoreItem, facts: Facts) -> Step:
    number = facts.get(item.count or "", 0)
    points = min(Fraction(item.points), number * item.per)
    capped = f"，以{item.points}分为限" if number * item.per > item.points else ""
    said = f"{_label(item.count)}{number}，每{_unit(item.count)}加{item.each}分{capped}，加{print_points(points)}分"
    return Step(item.code, item.name, points, None, said)


_FORMS = {"share": _share, "deduct": _deduct, "bonus": _bonus}


def _label(fact: str | None) -> str:
    known = UNIT_FACTS.get(fact or "")
    return known.label if known else str(fact)


def _unit(fact: str | None) -> str:
    known = UNIT_FACTS.get(fact or "")
    return known.unit if known else "个"


def _grade(rules: ScoringRules, total: Fraction) -> str:
    return next((grade.name for grade in rules.grades if total >= grade.min), "")


def _say_total(
    rules: ScoringRules,
    got: Fraction,
    most: Fraction,
    base: Fraction,
    extra: Fraction,
    left_out: Sequence[str],
) -> str:
    said = f"各项合计{print_points(got)}分"
    if left_out:
        said += (
            f"；不计{'、'.join(left_out)}，按满分{rules.total}折算：{print_points(got)}÷{print_points(most)}"
        )
        said += f"×{rules.total}＝{print_points(base)}分"
    if extra:
        said += f"；加分{print_points(extra)}分"
    return f"{said}；总分{print_points(max(Fraction(0), base + extra))}分"


def rank_units(rules: ScoringRules, units: Sequence[Candidate]) -> list[Placing]:
    """Return every unit with its score and place: by group, best first, those without a place last.

    Equal totals are told apart by the facts of `tie_break`, fewer first; what is still equal shares the place, and the
    places after it stay empty.
    """
    placed: list[Placing] = []
    for name in _group_names(rules):
        judged = [(unit, score_unit(rules, unit.facts)) for unit in units if _group_of(rules, unit) == name]
        ranked = [(unit, score) for unit, score in judged if not _why_not(rules, unit)]
        ranked.sort(key=lambda pair: (*_order(rules, *pair), pair[0].code))
        place = 0
        before: object = None
        for number, (unit, score) in enumerate(ranked, 1):
            order = _order(rules, unit, score)
            place = place if order == before else number
            before = order
            placed.append(Placing(unit, score, name, place))
        rest = [(unit, score) for unit, score in judged if _why_not(rules, unit)]
        placed += [
            Placing(unit, score, name, None, _why_not(rules, unit))
            for unit, score in sorted(rest, key=lambda pair: pair[0].code)
        ]
    return placed


def _order(rules: ScoringRules, unit: Candidate, score: Score) -> tuple[Fraction | int, ...]:
    return (-score.total, *(unit.facts.get(fact, 0) for fact in rules.tie_break))


def _group_names(rules: ScoringRules) -> list[str]:
    return [*(group.name for group in rules.groups), "其他单位" if rules.groups else "全部单位"]


def _group_of(rules: ScoringRules, unit: Candidate) -> str:
    for group in rules.groups:
        if set(group.kinds) & set(unit.kinds):
            return group.name
    return _group_names(rules)[-1]


def _why_not(rules: ScoringRules, unit: Candidate) -> str:
    """Return why a unit is not ranked; empty when it is."""
    excluded = sorted(set(rules.unranked.kinds) & set(unit.kinds))
    if excluded:
        return f"{'、'.join(excluded)}不参加排名"
    sample = unit.facts.get(rules.unranked.fact, 0)
    if sample < rules.unranked.fewer_than:
        fact, least = rules.unranked.fact, rules.unranked.fewer_than
        return f"{_label(fact)}{sample}{_unit(fact)}，不足{least}，不排名"
    return ""
