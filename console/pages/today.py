"""今日待办: what waits for somebody."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from casework.views import todo_view
from console.rendering import render
from console.world import HasWorld

router = APIRouter()


@router.get("/")
def show_today(world: HasWorld) -> HTMLResponse:
    """Show what waits today."""
    with world.desk() as desk:
        return render(
            "today.html.j2",
            active="today",
            office=desk.office,
            today=desk.today,
            is_workday=desk.calendar.is_workday(desk.today),
            todo=todo_view(desk),
        )
