"""Templates of the console: autoescaped, strict about missing values, never given source from people.

Nothing of the database is loaded here, so that the sign-in page is there before it.
"""

from __future__ import annotations

import hashlib
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.sections import Sight, section_of, sections_for
from console.words import FILTERS
from core.access.permissions import Permission
from core.codes import Light
from system.paths import TEMPLATES_DIR
from system.settings import Settings

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
        auto_reload=False,  # a running console is one release: no look at the files for every part of a page
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


def write_page(template: str, **values: object) -> str:
    """Return a page as HTML; raise jinja2.UndefinedError when the template names a value that is missing."""
    shown = {
        "visit": None, "error": None, "notice": "", "taken": "", "held": None, "sights": tuple(Sight), **values,
    }  # fmt: skip
    return environment().get_template(template).render(shown)


def write_sign_in(settings: Settings, *, goal: str, login: str = "", error: Exception | None = None) -> str:
    """Return the sign-in page, with the button of the identity provider where there is one.

    goal   the page to go on to, within this console
    """
    provider = settings.oidc_name if settings.has_provider else ""
    return write_page(
        "entry/signin.html.j2", active="", login=login, next=goal, error=error, provider=provider
    )


def inside(address: str) -> str:
    """Return an address of this console; anything that leads elsewhere becomes the first page."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"
