"""Leak crawler: what each user finds in every byte of every page is what they may see, no less and no more.

`DUCHA_LEAK_WORLDS=50 pytest tests/console/proof/test_leaks.py` crawls more worlds than a usual run has time for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.desk import at_desk
from console.app import ROUTERS, create_app
from console.routes import permission_of
from system.settings import Settings
from tests.console.conftest import NOW, TODAY, settings_in
from tests.console.proof.crawler import Found, addresses, crawl
from tests.console.proof.leakworld import County, build, session_of
from tests.console.proof.sightmodel import Secret, Who, may_see
from tests.databases import open_database

WORLDS = int(os.environ.get("DUCHA_LEAK_WORLDS", "3"))
USERS_EACH = 4  # of some twenty: each world draws its own


@contextmanager
def world(seed: int, folder: Path) -> Iterator[tuple[sa.Engine, Settings, County]]:
    folder.mkdir()
    settings = settings_in(folder).model_copy(update={"second_factor": "none", "key_file": folder / "key"})
    with open_database("sqlite", folder) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            county = build(desk, seed)
        yield engine, settings, county


def crawled(engine: sa.Engine, settings: Settings, county: County, who: Who | None) -> Found:
    app = create_app(engine, settings, clock=lambda: NOW)
    base = "http://127.0.0.1:8460"
    with TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False) as browser:
        if who is not None:
            with at_desk(engine, settings, by=None, today=TODAY, now=NOW) as desk:
                browser.cookies.set("ducha", session_of(desk, who))
        return crawl(browser, county)


def drawn(county: County, seed: int) -> list[Who]:
    """Return the users of a world: drawn without favour, so that a few worlds together have all of them."""
    users = county.users()
    start = seed * USERS_EACH
    return [users[(start + number) % len(users)] for number in range(USERS_EACH)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_a_user_finds_is_what_they_may_see(seed: int, tmp_path: Path) -> None:
    with world(seed, tmp_path / "w") as (engine, settings, county):
        wrong = [
            line
            for who in drawn(county, seed)
            for line in differences(who, county.secrets, crawled(engine, settings, county, who))
        ]

    assert not wrong, "\n".join(wrong)


def differences(who: Who, secrets: list[Secret], found: Found) -> list[str]:
    """Return what somebody found and may not see, what they may see and nowhere found, and pages that broke."""
    told = [f"{who.code}: {line}" for line in found.broken]
    for one in secrets:
        may, seen = may_see(who, one), found.tokens.get(one.token)
        if seen is not None and not may:
            told.append(f"{who.code} LEAK {one.kind} {one.unit} {one.state} told={one.told} at {seen}")
        told_of = one.kind != "campaign" or not who.unit  # papers name it to units, no page has to
        if seen is None and may and one.shown and told_of:
            told.append(f"{who.code} MISSING {one.kind} {one.unit} {one.state} told={one.told}")
    return told


def test_nobody_who_is_not_signed_in_finds_anything(tmp_path: Path) -> None:
    with world(99, tmp_path / "w") as (engine, settings, county):
        found = crawled(engine, settings, county, None)

    assert found.tokens == {}
    assert found.broken == []


def test_every_route_is_asked_for_and_declares_a_permission() -> None:
    county = County(0, codes={"cases": ["C-1"]})
    known = {one.partition("?")[0] for one in addresses(county)}
    routes = [route for router in ROUTERS for route in router.routes]

    assert [route.path for route in routes if permission_of(route) is None] == []
    reading = [route for route in routes if "GET" in route.methods]
    assert [route.path for route in reading if not any(route.path_regex.match(one) for one in known)] == []


def test_the_crawler_finds_a_leak_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof is worth nothing when it cannot fail: here somebody's sight is opened wide."""
    monkeypatch.setattr("casework.sight.sees_office", lambda _desk: True)
    with world(1, tmp_path / "w") as (engine, settings, county):
        stranger = next(who for who in county.users() if who.code == "P08")
        told = differences(stranger, county.secrets, crawled(engine, settings, county, stranger))

    assert any("LEAK case" in line for line in told)


def test_the_model_is_short_enough_to_be_read() -> None:
    text = Path(__file__).with_name("sightmodel.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 60
    assert Random(1).random() > 0  # seeds are given: a world can be built again
