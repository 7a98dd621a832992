"""Pages as answers: with what every page of somebody who is signed in tells."""

from __future__ import annotations

from typing import Any

from fastapi.responses import HTMLResponse

from casework.desk import Desk
from casework.linkage.compartment import knows_something
from casework.remembering import remembered
from casework.sight import sees_office
from casework.staff.naming import Naming
from console.sections import Sight, section_of
from console.visits import NOTICE, Visit
from console.writing import write_page

INTAKE = "intake"  # the section with the pages of the compartment


def render(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page; raise jinja2.UndefinedError when the template names a value that is missing."""
    visit = values.get("visit")
    notice, _, taken = (visit.notice if isinstance(visit, Visit) else "").partition("\n")
    told = {"notice": notice, "taken": taken}
    answer = HTMLResponse(write_page(template, **{**told, **values}), status_code=status)
    if notice:
        answer.delete_cookie(NOTICE)
    return answer


def show(visit: Visit, desk: Desk, template: str, active: str, **values: Any) -> HTMLResponse:
    """Return a page of somebody who is signed in, with what every page tells: the office, the day, people's names.

    active   key of the page in console/sections.py that the navigation marks
    """
    held = None if desk.actor.speaks_for_unit else desk.on_hold  # what the office waits for does not happen
    return render(
        template, visit=visit, active=active, office=desk.office, today=desk.today, called=Naming(desk),
        sights=sights_of(desk, section_of(active)), held=held, **values,
    )  # fmt: skip


def sights_of(desk: Desk, section: str = INTAKE) -> set[Sight]:
    """Return what the reader sees, for the navigation: nobody is led to a page that has nothing to tell them.

    section   the one whose pages are shown; only that of the compartment asks the database who may know
    """
    whole = sees_office(desk) or desk.actor.speaks_for_unit  # a unit sees all that there is for it
    who = (desk.actor.code, desk.actor.roles)
    knows = section == INTAKE and remembered(desk, ("knows something", *who), lambda: knows_something(desk))
    seen = {Sight.OFFICE: whole, Sight.COMPARTMENT: knows}
    return {sight for sight, there in seen.items() if there}
