"""Scores and ranks of units by the office's declared formula, and why each has what it has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.engine import count_by, list_rows
from casework.counts.scored import UNIT_COUNTS
from casework.counts.tallies import Scope
from casework.desk import Desk
from casework.staff.people import split
from core.errors import InvalidInput, NotFound
from core.rulebook.scoring import ScoringRules
from core.scoring import Candidate, Placing, print_points, rank_units
from core.unitfacts import UNIT_FACTS
from models.campaign import Visit
from models.organisation import Unit


def scoring_rules(desk: Desk) -> ScoringRules:
    """Return the scoring rules of the office; raise InvalidInput when it is not said which."""
    known = desk.rules.scoring
    chosen = desk.office_rules.choices.scoring
    if chosen is None and len(known) == 1:
        return next(iter(known.values()))
    if chosen in known:
        return known[chosen]
    raise InvalidInput(
        "没有选定评价计分规则",
        found=chosen or f"{len(known)}个文件",
        expected="choices.scoring：" + "、".join(known),
        remedy="在督察单位文件中写明 choices.scoring",
    )


def rank(scope: Scope) -> list[Placing]:
    """Return every unit of a scope with its score and place; units without a visit in a campaign are left out."""
    return rank_units(scoring_rules(scope.desk), _candidates(scope))


def _candidates(scope: Scope) -> list[Candidate]:
    sheet, _labels = count_by(scope, list(UNIT_COUNTS.values()), by="unit")
    found = []
    for unit in _units(scope):
        counted = sheet.get(unit.id, {})
        facts = {name: counted.get(one.code, 0) for name, one in UNIT_COUNTS.items()}
        found.append(Candidate(unit.code, unit.name, tuple(split(unit.kinds)), facts))
    return found


def _units(scope: Scope) -> list[Any]:
    query = sa.select(col(Unit.id), col(Unit.code), col(Unit.name), col(Unit.kinds)).where(
        col(Unit.office_id) == scope.desk.office_id
    )
    if scope.unit_ids is not None:
        query = query.where(col(Unit.id).in_(scope.unit_ids))
    if scope.campaign_id is not None:
        visited = sa.select(col(Visit.unit_id)).where(col(Visit.campaign_id) == scope.campaign_id)
        query = query.where(col(Unit.id).in_(visited))
    return scope.rows(query.order_by(col(Unit.code)))


def as_row(placing: Placing) -> dict[str, Any]:
    """Return a placing as outside programs read it."""
    return {
        "place": placing.place,
        "unit": placing.unit.code,
        "name": placing.unit.name,
        "group": placing.group,
        "total": print_points(placing.score.total),
        "grade": placing.score.grade,
        "reason": placing.reason,
        "steps": {step.code: print_points(step.points) for step in placing.score.steps},
    }


def explain_unit(scope: Scope, code: str, *, rows: bool = True) -> dict[str, Any]:
    """Return how one unit got its score: every step in words, the facts, and the rows behind each fact.

    rows     False leaves the rows out, for who will ask for those of one fact
    raises   NotFound for a unit that is not in the scope
    """
    placings = rank(scope)
    found = next((one for one in placings if one.unit.code == code), None)
    if found is None:
        raise NotFound(
            "该单位不在评价范围内", found=code, expected="范围内的单位编码", remedy="运行 ducha rank 查看"
        )
    (unit_id,) = scope.rows(
        sa.select(col(Unit.id)).where(col(Unit.office_id) == scope.desk.office_id, col(Unit.code) == code)
    )[0]
    own = Scope(scope.desk, scope.campaign_id, scope.from_on, scope.to_on, (unit_id,), scope.kind)
    rules = scoring_rules(scope.desk)
    return {
        **as_row(found),
        "rules": f"{rules.name}（{rules.version}）",
        "group_size": sum(1 for one in placings if one.group == found.group and one.place is not None),
        "explained": [{"name": step.name, "said": step.said} for step in found.score.steps],
        "said": found.score.said,
        "facts": [_fact(own, name, found.unit.facts[name], rows=rows) for name in _named(rules)],
    }


def _named(rules: ScoringRules) -> list[str]:
    """Return the facts that the rules name, each once."""
    names = [name for item in rules.items for name in (item.part, item.whole, item.count) if name]
    return list(dict.fromkeys([*names, rules.unranked.fact, *rules.tie_break]))


def _fact(scope: Scope, name: str, value: int, *, rows: bool) -> dict[str, Any]:
    known = UNIT_FACTS[name]
    entry = UNIT_COUNTS[name]
    return {
        "fact": name,
        "label": known.label,
        "value": value,
        "unit": known.unit,
        "definition": known.definition,
        "rows": [row.as_dict() for row in list_rows(scope, entry, entry.code)] if rows else [],
    }
