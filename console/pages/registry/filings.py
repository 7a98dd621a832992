"""报送登记: yearly reports and statements of units, the rules they made, contact points."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.units.filings import (
    list_filings,
    list_points,
    register_filing,
    register_institution,
    register_point,
)
from casework.units.unitviews import unit_names
from console.forms import Form, HasForm
from console.lists import NOTHING, HasQuery
from console.pages.registry.units import FILING_WORDS
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.STATISTICS)


@router.page("/filings")
def show_filings(visit: HasVisit, query: HasQuery) -> Response:
    """Show the register of a year, by kind and unit."""
    return _filings_page(visit, query=query)


def _filings_page(
    visit: Visit,
    error: DuchaError | None = None,
    form: Form | None = None,
    query: Mapping[str, str] = NOTHING,
) -> Response:
    wanted = query.get("year", "")
    with visit.desk() as desk:
        year = (
            int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) == 4 else desk.today.year - 1
        )
        rows = list_filings(desk, year)
        missing = sum(bool(row["missing"]) for row in rows)
        return show(
            visit, desk, "registry/filings.html.j2", "filings", year=year, error=error, form=form or Form(),
            leaf=cut(rows, read_number(query.get("page", ""))), missing=missing, words=FILING_WORDS,
            names=unit_names(desk), points=list_points(desk), years=range(desk.today.year, desk.today.year - 6, -1),
            may_register=bool(desk.actor.roles & {"officer", "director"}),
        )  # fmt: skip


@router.act("/filings/report", again=_filings_page)
def register(visit: HasVisit, form: HasForm) -> Response:
    """Write or complete the row of a unit's yearly report."""
    year = form.number("report_year", "报告所属年度") or 0
    with visit.acting() as desk:
        register_filing(
            desk, form.needed("report_unit", "单位"), form.text("report_kind"), year,
            due_on=form.day("due_on", "报送期限"), filed_on=form.day("filed_on", "报送日期"),
            published_on=form.day("published_on", "公开日期"),
        )  # fmt: skip
    return done(f"/filings?year={year}", "已登记")


@router.act("/filings/rule", again=_filings_page)
def register_rule(visit: HasVisit, form: HasForm) -> Response:
    """Write a rule that a unit made."""
    with visit.acting() as desk:
        register_institution(
            desk, form.needed("rule_unit", "单位"), form.needed("rule_title", "制度名称"),
            form.needed_day("made_on", "制定、修订日期"), finding=form.text("rule_finding") or None,
        )  # fmt: skip
    return done("/filings", "已登记这项制度")


@router.act("/filings/point", again=_filings_page)
def register_place(visit: HasVisit, form: HasForm) -> Response:
    """Write a contact point, or the day on which it ended."""
    with visit.acting() as desk:
        register_point(
            desk, form.needed("point_code", "联系点编号"), form.needed("point_name", "名称"),
            form.needed_day("point_from", "设立日期"), until_on=form.day("point_until", "撤销日期"),
        )  # fmt: skip
    return done("/filings", "已登记联系点")
