"""Every page has a permission and a template, every template a page; scripts are few, small and asked for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from console.app import ROUTERS
from console.routes import permission_of
from console.sections import SECTIONS, Place
from system.paths import ROOT, TEMPLATES_DIR
from tests.architecture.tree import relative, walk

PAGES = TEMPLATES_DIR / "console"
TEMPLATES = tuple(path for path in walk(PAGES) if path.suffix == ".j2")
STATIC = tuple(walk(TEMPLATES_DIR / "static"))
CODE = tuple(path for path in walk(ROOT / "console") if path.suffix == ".py")
ROUTES = [route for router in ROUTERS for route in router.routes]
FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
MOST_SCRIPT, MOST_SCRIPTS = 20_000, 60_000


def text_of(paths: tuple[Path, ...]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_route_declares_a_permission() -> None:
    assert [route.path for route in ROUTES if permission_of(route) is None] == []


def test_no_address_is_declared_twice() -> None:
    shapes = Counter(
        (method, re.sub(r"\{[^}]*\}", "{}", route.path)) for route in ROUTES for method in route.methods
    )
    assert [shape for shape, times in shapes.items() if times > 1] == []


def test_every_act_can_be_reached_from_a_page_and_changes_nothing_by_reading() -> None:
    assert {method for route in ROUTES for method in route.methods} <= {
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
    }
    assert [route.path for route in ROUTES if {"GET", "POST"} <= route.methods] == []


@pytest.mark.parametrize(
    "place", [place for section in SECTIONS for place in section.places], ids=lambda one: one.key
)
def test_every_place_of_the_navigation_is_a_page_under_the_same_permission(place: Place) -> None:
    address, wanted = place.address, place.permission
    found = [route for route in ROUTES if "GET" in route.methods and route.path == address]
    assert len(found) == 1, address
    declared = permission_of(found[0])
    assert declared == wanted or address == "/", f"{address}: {declared} and {wanted}"


def test_every_template_is_shown_or_included_by_something() -> None:
    text = text_of((*CODE, *TEMPLATES))
    unused = [relative(path) for path in TEMPLATES if not is_named(path, text)]
    assert unused == []


def is_named(path: Path, text: str) -> bool:
    """Tell whether a template is named whole, or by a name that is put together with its folder."""
    name = path.relative_to(PAGES).as_posix()
    bare = path.name.removesuffix(".html.j2")
    folder = path.parent.relative_to(PAGES).as_posix()
    made = re.search(rf"{re.escape(folder)}/(\{{|\" ~|' ~)", text)
    return name in text or (made is not None and re.search(rf"\b{re.escape(bare)}\b", text) is not None)


def test_every_template_that_is_named_is_there() -> None:
    named = set(re.findall(r"[\"']((?:[a-z_]+/)+_?[a-z_]+\.html\.j2)[\"']", text_of((*CODE, *TEMPLATES))))
    assert sorted(name for name in named if not (PAGES / name).exists()) == []


def test_every_static_file_is_asked_for_under_the_address_of_its_content() -> None:
    text = text_of((*CODE, *TEMPLATES))
    assert [path.name for path in STATIC if path.name not in text] == []
    assert re.findall(r"(?:src|href)=[\"']/static/", text_of(TEMPLATES)) == []


def test_a_script_waits_for_the_page_and_is_small() -> None:
    loads = re.findall(r"<script[^>]*>", text_of(TEMPLATES))
    assert [load for load in loads if " defer" not in load] == []
    scripts = [path for path in STATIC if path.suffix == ".js"]
    assert [path.name for path in scripts if path.stat().st_size > MOST_SCRIPT] == []
    assert sum(path.stat().st_size for path in scripts) < MOST_SCRIPTS
    loose = [path.name for path in scripts if "use strict" not in path.read_text(encoding="utf-8")]
    assert loose == []


def test_there_is_one_stylesheet() -> None:
    assert [path.name for path in STATIC if path.suffix == ".css"] == ["ducha.css"]
    assert set(re.findall(r"static\('([^']+\.css)'\)", text_of(TEMPLATES))) == {"ducha.css"}


def test_every_form_that_changes_something_carries_the_word_of_its_session() -> None:
    """A form without it would be refused; the sign-in has no session yet."""
    without = [
        relative(path)
        for path in TEMPLATES
        for form in FORM.findall(path.read_text(encoding="utf-8"))
        if "csrf" not in form and path.name not in ("signin.html.j2", "link.html.j2", "code.html.j2")
    ]
    assert without == []


def test_pictures_that_the_console_draws_carry_no_style_of_their_own() -> None:
    drawn = [
        path
        for path in walk(ROOT)
        if path.suffix == ".py" and "plot" in path.name and path.parts[-2] != "tests"
    ]
    wrong = [
        f"{relative(path)}:{number}"
        for path in drawn
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bstyle\s*=\s*[\"'\\]", line)
    ]
    assert wrong == []
