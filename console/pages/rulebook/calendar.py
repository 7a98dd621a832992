"""工作日历: a year by months, what falls due when, and the tables that were proposed."""

from __future__ import annotations

from datetime import date

from fastapi import Request
from fastapi.responses import Response

from casework.calendar.calendars import ROLES, calendar_add
from casework.calendar.calendarwatch import page_warnings
from casework.calendar.yearview import proposals_in_sight, year_view
from console.forms import Form
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.calendar.workdays import Unit
from core.errors import DuchaError, InvalidInput
from core.life.lives import CALENDAR_STATE_LABELS
from core.rulebook.clocks import find_clock, list_clocks

router = Pages(Permission.CALENDAR)
MOST = 3650


@router.page("/calendar")
def show_calendar(visit: HasVisit, year: str = "") -> Response:
    """Show a year by months, with the proposals that wait."""
    return calendar_page(visit, year=year)


def calendar_page(
    visit: Visit, year: str = "", error: DuchaError | None = None, form: Form | None = None
) -> Response:
    """Return the page of a year; after a refusal with what was typed."""
    with visit.desk() as desk:
        wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else desk.today.year
        proposals = proposals_in_sight(desk)
        return show(
            visit, desk, "rulebook/calendar.html.j2", "calendar", view=year_view(desk, wanted), error=error,
            form=form or Form(), years=desk.calendar.years, warnings=list(page_warnings(desk)),
            proposals=proposals[:20], may_propose=bool(desk.actor.roles & set(ROLES)), me=desk.actor.code,
            states={state.value: word for state, word in CALENDAR_STATE_LABELS.items()},
        )  # fmt: skip


@router.page("/calendar/due")
def show_due(request: Request, visit: HasVisit) -> Response:
    """Show when something falls due, with every step of the derivation."""
    given = dict(request.query_params)
    told, error = None, None
    with visit.desk() as desk:
        clocks = list_clocks(desk.rules.clocks)
        if given.get("start"):
            try:
                told = _due(visit, given)
            except DuchaError as problem:
                error = problem
        answer = show(
            visit, desk, "rulebook/due.html.j2", "calendar", given=given, told=told, error=error,
            clocks=[(f"{row['code']}:{row['variant']}", f"{row['matter']}：{row['period']}") for row in clocks],
        )  # fmt: skip
    answer.status_code = 400 if error else 200
    return answer


def _due(visit: Visit, given: dict[str, str]) -> dict[str, object]:
    """Work out a due date as the form asks; raise InvalidInput for what is no date or number."""
    start = _day(given.get("start", ""))
    clock = given.get("clock", "")
    with visit.desk() as desk:
        if clock:
            code, _, variant = clock.partition(":")
            found = find_clock(desk.rules.clocks, code)
            due = found.due(start, desk.calendar, variant, extended=given.get("extended") == "1")
            law = f"{found.document}{found.article or ''}"
            return {"due_on": due.due_on, "provisional": due.provisional, "steps": due.steps, "law": law}
        text = given.get("count", "").strip()
        if not text.lstrip("-").isdigit() or abs(int(text)) > MOST:
            raise InvalidInput("期限不是整数", found=text[:20] or "空", expected="如 15", remedy="改正后再算")
        unit = Unit(given["unit"]) if given.get("unit") in tuple(Unit) else Unit.WORKDAY
        said = calendar_add(desk, start, int(text), unit)
        due_on = date.fromisoformat(str(said["due_on"]))
        return {"due_on": due_on, "provisional": said["provisional"], "steps": said["steps"], "law": ""}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError as error:
        raise InvalidInput(
            "起算日不是日期", found=text[:20], expected="如 2026-06-30", remedy="改正后再算"
        ) from error
