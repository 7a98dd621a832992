"""周期计划、年度计划: what is due to be planned, and on what plans of the year campaigns stand."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.campaignpages import require_office
from casework.inspection.occurrences import finish_occurrence, skip_occurrence, start_occurrence
from casework.inspection.occurrenceviews import list_plans
from casework.inspection.references import list_annual_plans, register_annual_plan
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from delivery.uploads.kinds import PAPERS

router = Pages(Permission.CAMPAIGN_PLAN)
AHEAD_DAYS = 62


@router.page("/campaigns/plans")
def show_plans(visit: HasVisit) -> Response:
    """Show recurring plans with what is due, and the plans of the years."""
    return _plans_page(visit)


def _plans_page(visit: Visit, error: DuchaError | None = None, form: Form | None = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        return show(
            visit, desk, "campaigns/plans.html.j2", "campaigns",
            plans=list_plans(desk, ahead=AHEAD_DAYS), annual=list_annual_plans(desk), ahead=AHEAD_DAYS,
            typed=form or Form(), error=error,
        )  # fmt: skip


def _plans_again(visit: HasVisit, form: HasForm, error: DuchaError) -> Response:
    return _plans_page(visit, error, form)


@router.act("/campaigns/plans/start", again=_plans_again)
def start(visit: HasVisit, form: HasForm) -> Response:
    """Start an occurrence: a campaign is planned for it."""
    with visit.acting() as desk:
        require_office(desk)
        _row, campaign = start_occurrence(
            desk, form.text("plan"), form.text("period"), unit=form.text("unit"),
            begin=form.day("begin", "督察期间首日"),
        )  # fmt: skip
        code = campaign.code
    return done(f"/campaigns/{code}", f"已编制{code}，待批准")


@router.act("/campaigns/plans/skip", Permission.CAMPAIGN_DECIDE, again=_plans_again)
def skip(visit: HasVisit, form: HasForm) -> Response:
    """Pass an occurrence over."""
    with visit.acting() as desk:
        require_office(desk)
        skip_occurrence(
            desk, form.text("plan"), form.text("period"), form.text("reason"), unit=form.text("unit")
        )
    return done("/campaigns/plans", "已决定本期不开展")


@router.act("/campaigns/plans/finish", again=_plans_again)
def finish(visit: HasVisit, form: HasForm) -> Response:
    """Note that the work of an occurrence is done."""
    with visit.acting() as desk:
        require_office(desk)
        finish_occurrence(
            desk, form.text("plan"), form.text("period"), form.day("on", "完成日期") or desk.today,
            unit=form.text("unit"),
        )  # fmt: skip
    return done("/campaigns/plans", "已登记本期完成")


@router.act("/campaigns/plans/annual", again=_plans_again)
def register(visit: HasVisit, form: HasForm) -> Response:
    """Register a yearly plan, or bring it up to date."""
    with visit.acting() as desk:
        require_office(desk)
        register_annual_plan(
            desk, form.number("year", "年度") or desk.today.year, form.text("title"), form.text("number"),
            form.text("items").splitlines(), form.file("scan", PAPERS),
        )  # fmt: skip
    return done("/campaigns/plans", "已登记年度计划")
