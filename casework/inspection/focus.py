"""Which problems come up again and again, and what that suggests for the next campaign: a suggestion, no plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import CONFIRMED, FINDINGS
from casework.counts.tallies import Scope
from casework.counts.terms import conditions_of
from casework.lights.climbing import rules_of
from casework.reports.ranking import scoring_rules
from core.codes import Severity
from models.campaign import Finding


@dataclass(frozen=True, slots=True)
class Frequent:
    """An item with what was found of it; `repeats` counts the units in which it was found in several campaigns."""

    catalog: str
    item: str
    title: str
    units: int
    problems: int
    grave: int
    repeats: int
    points: int
    why: str

    @property
    def said(self) -> str:
        """What was found, without how it was weighed."""
        return self.why.partition("；")[0]


def suggest_focus(scope: Scope) -> list[Frequent]:
    """Return the items to look at first, by units, severity and repetition as the scoring rules weigh them."""
    weights = scoring_rules(scope.desk).focus
    units: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    campaigns: dict[tuple[str, str, str], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    problems: Counter[tuple[str, str, str]] = Counter()
    grave: Counter[tuple[str, str, str]] = Counter()
    for campaign_id, unit_id, item, severity, number in scope.rows(_query(scope)):
        key = _place(scope, campaign_id, item)
        units[key].add(unit_id)
        campaigns[key][unit_id].add(campaign_id)
        problems[key] += number
        grave[key] += number if severity == Severity.GRAVE else 0
    found = []
    for key, held in units.items():
        if len(held) < weights.min_units:
            continue
        again = sum(1 for rounds in campaigns[key].values() if len(rounds) > 1)
        points = len(held) + weights.grave_weight * grave[key] + weights.repeat_weight * again
        why = (
            f"{len(held)}家单位共{problems[key]}个问题，其中严重{grave[key]}个，{again}家再次发生；"
            f"{len(held)}＋{weights.grave_weight}×{grave[key]}＋{weights.repeat_weight}×{again}＝{points}"
        )
        found.append(Frequent(*key, len(held), problems[key], grave[key], again, points, why))
    found.sort(key=lambda one: (-one.points, -one.units, -one.problems, one.catalog, one.item))
    return found[: weights.top]


def _query(scope: Scope) -> sa.Select[Any]:
    keys = (col(Finding.campaign_id), col(Finding.unit_id), col(Finding.item), col(Finding.severity))
    return (
        sa.select(*keys, sa.func.count())
        .select_from(FINDINGS.tables)
        .where(*conditions_of(scope, FINDINGS, FINDINGS.day, CONFIRMED))
        .group_by(*keys)
    )


def _place(scope: Scope, campaign_id: int, item: str) -> tuple[str, str, str]:
    """Return catalogue, item and title as the rules of the campaign have them."""
    for catalog in rules_of(scope.desk, campaign_id).catalogs.values():
        for one in (*catalog.items, *catalog.retired):
            if one.id == item:
                return catalog.key, item, one.title
    return "", item, "目录外事项"


def as_rows(found: list[Frequent]) -> list[dict[str, Any]]:
    """Return suggestions as outside programs read them."""
    return [asdict(one) for one in found]


def plan_snippet(found: list[Frequent]) -> str:
    """Return the lines to paste into a campaign file: the catalogues with their items, and why, as comments."""
    by_catalog: dict[str, list[Frequent]] = defaultdict(list)
    for one in found:
        if one.catalog:
            by_catalog[one.catalog].append(one)
    lines = ["# 建议关注的事项（只供参考，方案由人定）"]
    lines += [f"#   {one.item} {one.title}：{one.why}" for one in found]
    entries = [
        f"  - {{key: {key}, items: [{', '.join(one.item for one in items)}]}}"
        for key, items in by_catalog.items()
    ]
    return "\n".join([*lines, "catalogs:" if entries else "# 没有达到标准的事项", *entries]) + "\n"
