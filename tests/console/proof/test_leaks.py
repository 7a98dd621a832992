"""Leak crawler: what each user finds in every byte of every page is what they may see, no less and no more.

`DUCHA_LEAK_WORLDS=50 pytest tests/console/proof/test_leaks.py` crawls more worlds than a usual run has time for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from casework.desk import at_desk
from console.app import ROUTERS, create_app
from console.routes import permission_of
from system.settings import Settings
from tests.console.conftest import NOW, TODAY, settings_in
from tests.console.proof import corpus
from tests.console.proof.crawler import Found, addresses, crawl, try_uploads
from tests.console.proof.leakworld import County, build, session_of
from tests.console.proof.sightmodel import Secret, Who, may_see, must_see
from tests.databases import USUAL, open_database

WORLDS = int(os.environ.get("DUCHA_LEAK_WORLDS", "3"))
FIRST = int(os.environ.get("DUCHA_LEAK_FIRST", "0"))  # for a long run in pieces
USERS_EACH = 4  # of some twenty: each world draws its own
BASE = "http://127.0.0.1:8460"
HOSTILE = (
    ("表.xlsx", corpus.flat_bomb()),
    ("表.xlsm", corpus.macros()),
    ("通知.pdf", b"MZ\x90\x00" + b"\x00" * 200),
)


@dataclass
class World:
    """A county behind a console."""

    engine: sa.Engine
    settings: Settings
    county: County
    app: FastAPI

    def browser(self, who: Who | None) -> TestClient:
        """Return the browser of a user, or of somebody who is not signed in."""
        browser = TestClient(self.app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False)
        if who is not None:
            with at_desk(self.engine, self.settings, by=None, today=TODAY, now=NOW) as desk:
                browser.cookies.set("ducha", session_of(desk, self.county, who))
        return browser

    def crawled(self, who: Who | None) -> Found:
        """Return what a user finds."""
        return crawl(self.browser(who), self.county)

    def wrong(self, who: Who) -> list[str]:
        """Return what somebody found and may not see, what they may see and nowhere found, and pages that broke.

        On the way each form that takes files is given one that nobody should get through with.
        """
        browser = self.browser(who)
        found = crawl(browser, self.county)
        found.broken += try_uploads(browser, found, HOSTILE)
        name = f"{who.code} {'、'.join(sorted(who.roles))}"
        return [
            *(f"{name}: {line}" for line in found.broken),
            *(line for one in self.county.secrets for line in difference(name, who, one, found)),
        ]


def difference(name: str, who: Who, one: Secret, found: Found) -> Iterator[str]:
    """Yield how what was found of one secret differs from what may be and must be."""
    seen = found.tokens.get(one.token)
    facts = f"{one.what} ({one.kind} {'、'.join(one.units)} told={one.told} {one.token})"
    if seen is not None and not may_see(who, one):
        yield f"{name} LEAK {facts} at {seen}"
    if seen is None and must_see(who, one):
        yield f"{name} MISSING {facts}"


@contextmanager
def world(seed: int, folder: Path, kind: str = USUAL) -> Iterator[World]:
    folder.mkdir()
    settings = settings_in(folder).model_copy(
        update={"second_factor": "none", "key_file": folder / "key", "api_per_minute": 1_000_000}
    )
    with open_database(kind, folder) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            county = build(desk, seed)
        yield World(engine, settings, county, create_app(engine, settings, clock=lambda: NOW))


def drawn(county: County, seed: int) -> list[Who]:
    """Return the users of a world: drawn without favour, so that a few worlds together have all of them."""
    users = county.users()
    start = seed * USERS_EACH
    return [users[(start + number) % len(users)] for number in range(USERS_EACH)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_what_a_user_finds_is_what_they_may_see(seed: int, tmp_path: Path) -> None:
    with world(seed, tmp_path / "w") as one:
        wrong = [line for who in drawn(one.county, seed) for line in one.wrong(who)]

    assert not wrong, "\n".join(wrong)


def test_nobody_who_is_not_signed_in_finds_anything(tmp_path: Path) -> None:
    with world(99, tmp_path / "w") as one:
        found = one.crawled(None)

    assert found.tokens == {}
    assert found.broken == []


def test_every_route_is_asked_for_and_declares_a_permission() -> None:
    county = County(0, codes={"cases": ["C-1"]})
    known = {one.partition("?")[0] for one in addresses(county)}
    routes = [route for router in ROUTERS for route in router.routes]

    assert [route.path for route in routes if permission_of(route) is None] == []
    reading = [
        route for route in routes if "GET" in route.methods and not route.path.startswith("/sign-in/oidc")
    ]
    assert [route.path for route in reading if not any(route.path_regex.match(one) for one in known)] == []


@pytest.mark.slow
def test_the_crawler_would_find_a_leak_and_what_is_not_shown(tmp_path: Path) -> None:
    """The proof is worth nothing when it cannot fail: the model says less, then more, than somebody may see."""
    with world(1, tmp_path / "w") as one:
        inspector = one.county.user("P01")
        found = one.crawled(inspector)
        stranger = replace(inspector, visits=frozenset(), named=frozenset())
        officer = replace(one.county.user("P90"), code="P01")
        lines = {
            who: [line for secret in one.county.secrets for line in difference("P01", who, secret, found)]
            for who in (inspector, stranger, officer)
        }

    assert lines[inspector] == []
    assert any("LEAK problem of a case" in line for line in lines[stranger])
    assert any("MISSING problem of a case" in line for line in lines[officer])
    assert any("MISSING answer of a mail server" in line for line in lines[officer])


def test_the_model_is_short_enough_to_be_read() -> None:
    text = Path(__file__).with_name("sightmodel.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 80
    assert "casework" not in text
