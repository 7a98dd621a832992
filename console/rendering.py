"""Templates of the console: autoescaped, strict about missing values, never given source from people."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.desk import Desk
from console.sections import section_of, sections_for
from console.visits import NOTICE, Visit
from console.words import FILTERS
from core.access.permissions import Permission
from core.codes import Light
from system.paths import TEMPLATES_DIR

PAGES_DIR = TEMPLATES_DIR / "console"
STATIC_DIR = TEMPLATES_DIR / "static"


@cache
def environment() -> Environment:
    """Return the one environment in which pages are written."""
    made = Environment(
        loader=FileSystemLoader(PAGES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(static=static_address, Light=Light, Permission=Permission)
    made.globals.update(sections_for=sections_for, section_of=section_of)
    return made


@cache
def static_address(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def render(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page; raise jinja2.UndefinedError when the template names a value that is missing."""
    visit = values.get("visit")
    notice = visit.notice if isinstance(visit, Visit) else ""
    shown = {"visit": None, "error": None, "notice": notice, **values}
    answer = HTMLResponse(environment().get_template(template).render(shown), status_code=status)
    if notice:
        answer.delete_cookie(NOTICE)
    return answer


def show(visit: Visit, desk: Desk, template: str, active: str, **values: Any) -> HTMLResponse:
    """Return a page of somebody who is signed in, with what every page tells: the office and the day.

    active   key of the page in console/sections.py that the navigation marks
    """
    return render(template, visit=visit, active=active, office=desk.office, today=desk.today, **values)
