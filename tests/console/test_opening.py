"""The first seconds: the sign-in page at once, every other page when all are loaded, and an end where they do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Event

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from console.app import create_app
from console.opening import Opening
from core.errors import DatabaseFailed
from system.settings import Settings
from tests.console.conftest import NOW

PATIENCE = 60.0


class Slow:
    """Loads all pages when it is let go; counts how often it was asked to."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.go, self.asked = Event(), 0
        self.app: FastAPI | None = None
        self.errors: Queue[Exception] = Queue()
        self.opening = self.opens(self.load)

    def opens(self, load: Callable[[], Starlette]) -> Opening:
        return Opening(self.settings, load, self.errors.put)

    def load(self) -> FastAPI:
        self.asked += 1
        assert self.go.wait(PATIENCE)
        self.app = create_app(self.engine, self.settings, clock=lambda: NOW)
        return self.app


@pytest.fixture
def slow(engine: sa.Engine, settings: Settings) -> Slow:
    return Slow(engine, settings)


def browse(opening: Opening) -> TestClient:
    return TestClient(opening, base_url="http://127.0.0.1", follow_redirects=False)


def test_the_first_page_does_not_wait_for_the_others(slow: Slow) -> None:
    with browse(slow.opening) as browser:
        moved = browser.get("/")
        assert (moved.status_code, moved.headers["location"]) == (303, "/sign-in?next=%2F")
        page = browser.get(moved.headers["location"])
        assert page.status_code == 200
        assert browser.get("/static/ducha.css").status_code == 200
        slow.go.set()
        assert browser.get("/ledger").headers["location"] == "/sign-in?next=%2Fledger"
        later = browser.get("/sign-in?next=%2F")
    assert slow.asked == 1
    assert later.text == page.text
    same = ("content-security-policy", "cache-control", "x-frame-options", "referrer-policy")
    assert [page.headers[one] for one in same] == [later.headers[one] for one in same]


def test_only_a_known_name_is_answered(slow: Slow) -> None:
    with browse(slow.opening) as browser:
        assert browser.get("/sign-in", headers={"host": "elsewhere.example"}).status_code == 400
        slow.go.set()


@pytest.mark.parametrize("goal", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
def test_the_first_page_leads_nowhere_else(slow: Slow, goal: str) -> None:
    with browse(slow.opening) as browser:
        page = browser.get("/sign-in", params={"next": goal})
        assert 'name="next" value="/"' in page.text
        slow.go.set()


def test_a_page_that_is_not_there_yet_is_waited_for(slow: Slow) -> None:
    slow.go.set()
    with browse(slow.opening) as browser:
        assert browser.get("/lights").headers["location"] == "/sign-in?next=%2Flights"
        assert browser.get("/no/such/page").status_code == 404
        assert browser.get("/api/v1/openapi.json").status_code in (200, 401)
    assert slow.asked == 1


def test_a_session_and_a_form_are_for_what_can_tell(slow: Slow) -> None:
    """A browser that brings a session, or a password, is answered by the whole console."""
    slow.go.set()
    with browse(slow.opening) as browser:
        refused = browser.post("/sign-in", data={"login": "nobody", "password": "wrong"})
        assert (refused.status_code, "登录名或密码不正确" in refused.text) == (403, True)
    assert slow.asked == 1
    with browse(slow.opening) as browser:
        browser.cookies.set("ducha", "ended long ago")
        assert browser.get("/").headers["location"] == "/sign-in?next=%2F"


def test_long_work_ends_with_the_server(slow: Slow) -> None:
    slow.go.set()
    with browse(slow.opening) as browser:
        browser.get("/ledger")
        assert slow.app is not None
        jobs = slow.app.state.jobs
    with pytest.raises(RuntimeError, match="shutdown"):
        jobs._threads.submit(print)


def test_what_cannot_be_loaded_is_told(slow: Slow) -> None:
    tried: list[str] = []

    def fail() -> Starlette:
        tried.append("once")
        raise DatabaseFailed("数据库还没有建立", found="x", expected="y", remedy="z")

    opening = slow.opens(fail)
    with browse(opening) as browser:
        assert browser.get("/sign-in").status_code == 200
        with pytest.raises(DatabaseFailed):
            browser.get("/ledger")
    assert tried == ["once"]
    assert isinstance(slow.errors.get(timeout=PATIENCE), DatabaseFailed)
    assert slow.errors.empty()


def test_a_console_without_a_database_ends_with_the_remedy(tmp_path: Path) -> None:
    known = {"DUCHA_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}", "DUCHA_PORT": "18463"}
    ended = subprocess.run(
        [sys.executable, "-c", "from cli.app import main; main()", "serve"],
        check=False,
        env=known,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 3
    assert "ducha init" in ended.stderr
