"""Hostile files at every place that takes files: forms of pages and of the portal, and calls of the interface.

What forms there are is found by walking through the pages (crawler.py): those of some people here, those of everybody
else on the way of the leak crawler.
"""

from __future__ import annotations

import hashlib
import json
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from casework.desk import at_desk
from console.api import PREFIX
from console.api.app import ROUTERS as API_ROUTERS
from models.rectification import Evidence
from tests.console.conftest import NOW, TODAY
from tests.console.proof.crawler import UPLOAD, WORD, crawl, filled, try_uploads
from tests.console.proof.leakworld import County
from tests.console.proof.test_leaks import HOSTILE, World, world

MOST_MEMORY_MB = 150
HASHES = {hashlib.sha256(content).hexdigest() for _name, content in HOSTILE}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a county with something for every address."""
    with world(7, tmp_path_factory.mktemp("uploads") / "w") as one:
        yield one


def kept(one: World) -> set[str]:
    """Return the hashes of all that is kept: rows, and files on the disk."""
    with at_desk(one.engine, one.settings, by=None, today=TODAY, now=NOW, readonly=True) as desk:
        rows = set(desk.session.exec(select(Evidence.sha256)))
    return rows | {path.name for path in Path(one.settings.files).rglob("*") if path.is_file()}


def left_over() -> set[str]:
    """Return the folders in which forms keep their files while they are read."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("ducha-form-*")}


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.slow
def test_no_form_takes_a_hostile_file(place: World) -> None:
    fields, folders, wrong = set(), left_over(), []
    for who in ("L-DIRECTOR", "D001:liaison"):
        browser = place.browser(place.county.user(who))
        found = crawl(browser, place.county)
        fields |= {
            (one, *names) for one, (_address, form) in found.forms.items() for names in UPLOAD.findall(form)
        }
        before = memory()
        wrong += try_uploads(browser, found, HOSTILE)
        assert memory() - before < MOST_MEMORY_MB

    assert wrong == []
    assert len(fields) > 40  # so many places take files; a pattern that finds none would prove nothing
    assert not kept(place) & HASHES
    assert left_over() <= folders


def calls(county: County) -> list[str]:
    """Return one address for every act of the interface."""
    return [
        next(iter(filled(county, PREFIX, str(route.path), getattr(route, "endpoint", None))))
        for router in API_ROUTERS
        for route in router.routes
        if "POST" in getattr(route, "methods", ())
    ]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["L-DIRECTOR", "D001:liaison"])
def test_no_call_keeps_a_hostile_file(place: World, who: str) -> None:
    browser = place.browser(place.county.user(who))
    word = WORD.findall(browser.get("/account").text)[0]
    own = {"origin": str(browser.base_url), "x-csrf-token": word}
    before, taken = memory(), []
    for number, address in enumerate(calls(place.county)):
        name, content = HOSTILE[number % len(HOSTILE)]
        answer = browser.post(
            address,
            data={"data": json.dumps({})},
            files=[("files", (name, content))],
            headers={**own, "idempotency-key": f"upload-{who}-{number:04}"},
        )
        if not 400 <= answer.status_code < 500:
            taken.append(f"{answer.status_code} {address}")

    assert taken == []
    assert not kept(place) & HASHES
    assert memory() - before < MOST_MEMORY_MB
