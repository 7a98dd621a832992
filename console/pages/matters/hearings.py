"""开庭安排 by week, also as a calendar file; 败诉纠错率 by unit, down to the lawsuits behind each number."""

from __future__ import annotations

from datetime import date

from fastapi.responses import HTMLResponse, Response

from casework.litigation.hearings import hearings_file, week_of
from casework.litigation.ratepage import RateFilters, rates_view
from console.downloads import attachment
from console.lists import HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import InvalidInput

router = Pages(Permission.MATTER_VIEW)
CALENDAR = "text/calendar; charset=utf-8"


@router.page("/hearings")
def show_hearings(visit: HasVisit, week: str = "") -> HTMLResponse:
    """Show the hearings of a week."""
    with visit.desk() as desk:
        day = _day(week) or desk.today
        return show(visit, desk, "matters/hearings.html.j2", "hearings", week=week_of(desk, day))


@router.page("/hearings/calendar")
def save_hearings(visit: HasVisit) -> Response:
    """Send the hearings of the coming half year as a calendar file."""
    with visit.desk() as desk:
        content = hearings_file(desk, desk.today)
    return attachment(content, "开庭安排.ics", CALENDAR)


@router.page("/matter-rates")
def show_rates(visit: HasVisit, query: HasQuery) -> HTMLResponse:
    """Show the rates of lost lawsuits."""
    filters = RateFilters.read(query)
    with visit.desk() as desk:
        return show(visit, desk, "matters/rates.html.j2", "rates", page=rates_view(desk, filters))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(
            "日期不正确", found=text[:20], expected="如 2026-06-29", remedy="从页面翻周"
        ) from error
