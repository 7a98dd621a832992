"""统计指标: one subject at a time, each number with its meaning, its rows, its units and its months."""

from __future__ import annotations

from fastapi.responses import Response

from casework.counts.drilling import by_month, by_unit, drill_leaf
from casework.counts.figures import ScopeFilters, bars_of, scope_choices, section_view
from casework.counts.registry import SECTIONS
from casework.inspection.focus import plan_snippet, suggest_focus
from casework.leaves import cut, read_number
from casework.reports.exporting import export_figures, export_rows
from console.downloads import ANY, SHEET
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from console.words import write_query
from core.access.permissions import Permission
from delivery.plots import draw_bars

router = Pages(Permission.STATISTICS)
CSV = "text/csv; charset=utf-8"
FIRST = 14  # the subject that most people look for: how cases are rectified
MOST_BARS = 24


@router.page("/statistics")
def show_statistics(visit: HasVisit, query: HasQuery) -> Response:
    """Show the numbers of one subject."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        view = section_view(
            desk, filters, read_number(query.get("group", "")) if query.get("group") else FIRST
        )
        choices = scope_choices(desk)
        bars = bars_of([one for one in view.figures if one.open])
        plot = draw_bars(bars[:MOST_BARS]) if len(bars) > 1 else None
        return show(
            visit, desk, "figures/statistics.html.j2", "statistics", view=view, filters=filters, choices=choices,
            subjects=SECTIONS, said=filters.in_words(choices), plot=plot,
        )  # fmt: skip


@router.page("/statistics/rows")
def show_rows(visit: HasVisit, query: HasQuery, leaf: HasLeaf, code: str) -> Response:
    """Show the rows behind a number, a leaf at a time: together they are the number."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        scope = filters.scope(desk)
        found = drill_leaf(scope, code, leaf)
        months = by_month(scope, code) if found.by_month else []
        choices = scope_choices(desk)
        return show(
            visit, desk, "figures/rows.html.j2", "statistics", found=found, filters=filters, choices=choices,
            said=filters.in_words(choices), plot=_months(months),
        )  # fmt: skip


def _months(months: list[tuple[str, int]]) -> object:
    return draw_bars([(name, (number,)) for name, number in months]) if len(months) > 1 else None


@router.page("/statistics/units")
def show_units(visit: HasVisit, query: HasQuery, leaf: HasLeaf, code: str) -> Response:
    """Show one number for each unit."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        scope = filters.scope(desk)
        rows = by_unit(scope, code)
        choices = scope_choices(desk)
        whole = [(one.name, (int(one.value or 0),)) for one in rows[:MOST_BARS]]
        return show(
            visit, desk, "figures/units.html.j2", "statistics", leaf=cut(rows, leaf),
            found=drill_leaf(scope, code, 1), filters=filters, said=filters.in_words(choices), plot=draw_bars(whole),
        )  # fmt: skip


@router.page("/statistics/focus")
def show_focus(visit: HasVisit, query: HasQuery) -> Response:
    """Show which problems come up again and again, with lines to paste into a plan."""
    filters = ScopeFilters.read(query)
    with visit.desk() as desk:
        found = suggest_focus(filters.scope(desk))
        choices = scope_choices(desk)
        return show(
            visit, desk, "figures/focus.html.j2", "statistics", found=found, snippet=plan_snippet(found),
            filters=filters, choices=choices, said=filters.in_words(choices),
        )  # fmt: skip


@router.act("/statistics/export")
def export(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Export all the numbers of a scope, or the rows behind one, as a workbook or csv."""
    filters = ScopeFilters.read(form.texts())
    as_csv, code = form.text("format") == "csv", form.text("code")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在统计")
        with visit.world.desk(visit.who) as desk:
            if code:
                content = export_rows(desk, filters, code, as_csv=as_csv)
            else:
                content = export_figures(desk, filters, as_csv=as_csv)
        name = f"{'统计明细' if code else '统计指标'}.{'csv' if as_csv else 'xlsx'}"
        back = f"/statistics{write_query(filters.as_query())}"
        return Outcome("已导出", back, content, name, CSV if as_csv else SHEET or ANY)

    return done(jobs.start(visit, "导出统计", work))
