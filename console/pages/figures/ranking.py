"""单位评价: scores and places by the declared formula, and why a unit has its own."""

from __future__ import annotations

from fastapi.responses import Response

from casework.counts.figures import ScopeFilters, closed_facts, scope_choices
from casework.counts.tallies import Scope
from casework.desk import Desk
from casework.reports.ranking import as_row, explain_unit, rank, scoring_rules
from console.downloads import SHEET, attachment
from console.lists import HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.scoring import Placing, print_points
from delivery.plots import draw_bars
from delivery.sheets.tabular import Cell, Sheet, write_sheets
from delivery.sheets.workbook import Column

router = Pages(Permission.STATISTICS)
MOST_BARS = 24


def _scope(desk: Desk, filters: ScopeFilters) -> Scope:
    """Return what is ranked: a campaign or a period, for scores compare units with each other."""
    return ScopeFilters(filters.campaign, filters.from_on, filters.to_on).scope(desk)


@router.page("/ranking")
def show_ranking(visit: HasVisit, query: HasQuery) -> Response:
    """Show the units by group with score and place."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        placings = rank(_scope(desk, filters))
        rules, choices = scoring_rules(desk), scope_choices(desk)
        return show(
            visit, desk, "figures/ranking.html.j2", "ranking", groups=_groups(placings), filters=filters,
            choices=choices, rules=rules, said=filters.in_words(choices),
        )  # fmt: skip


def _groups(placings: list[Placing]) -> list[dict[str, object]]:
    """Return the placings by group, with a plot of the ranked ones."""
    found: list[dict[str, object]] = []
    for name in dict.fromkeys(one.group for one in placings):
        own = [one for one in placings if one.group == name]
        bars = [(one.unit.name, (round(one.score.total),)) for one in own if one.place is not None]
        rows = [as_row(one) for one in own]
        found.append(
            {"name": name, "rows": rows, "plot": draw_bars(bars[:MOST_BARS]) if len(bars) > 1 else None}
        )
    return found


@router.page("/ranking/export.xlsx")
def save_ranking(visit: HasVisit, query: HasQuery) -> Response:
    """Send the ranking as a workbook."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        rules = scoring_rules(desk)
        placings = rank(_scope(desk, filters))
        steps = list(dict.fromkeys((step.code, step.name) for one in placings for step in one.score.steps))
        columns = [
            *(Column(*one) for one in (("组别", 16.0), ("名次", 8.0), ("单位编码", 12.0), ("单位", 30.0))),
            *(Column(name, 12.0) for _code, name in steps),
            *(Column(*one) for one in (("得分", 10.0), ("等次", 10.0), ("不排名的原因", 30.0))),
        ]
        content = write_sheets(rules.name, [Sheet("单位评价", columns, [_row(one, steps) for one in placings])],
                               desk.today)  # fmt: skip
    return attachment(content, "单位评价.xlsx", SHEET)


def _row(one: Placing, steps: list[tuple[str, str]]) -> tuple[Cell, ...]:
    points = {step.code: print_points(step.points) for step in one.score.steps}
    return (
        one.group, one.place, one.unit.code, one.unit.name, *(points.get(code, "") for code, _name in steps),
        print_points(one.score.total), one.score.grade, one.reason,
    )  # fmt: skip


@router.page("/ranking/units/{code}")
def show_unit(visit: HasVisit, query: HasQuery, code: str) -> Response:
    """Show how one unit got its score, down to the rows."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        told = explain_unit(_scope(desk, filters), code, rows=False)
        choices = scope_choices(desk)
        return show(
            visit, desk, "figures/score.html.j2", "ranking", told=told, filters=filters,
            said=filters.in_words(choices), closed=closed_facts(desk),
        )  # fmt: skip
