"""今日待办: what waits for somebody."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from casework.views import todo_view
from console.rendering import render
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.TODAY)


@router.page("/")
def show_today(visit: HasVisit) -> HTMLResponse:
    """Show what waits today."""
    with visit.desk() as desk:
        return render(
            "home/today.html.j2",
            visit=visit,
            active="today",
            office=desk.office,
            today=desk.today,
            is_workday=desk.calendar.is_workday(desk.today),
            todo=todo_view(desk),
        )
