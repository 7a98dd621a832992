"""A console on a small county of its own for every test: pages that write, seen by the people of the scene."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import col

from casework.accounts.sessions import begin_session
from casework.desk import at_desk
from console.app import create_app
from models.account import Account
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.console.conftest import settings_in
from tests.databases import USUAL, open_database
from tests.make import store

ORIGIN = {"origin": "http://127.0.0.1:8460"}
Open = Callable[..., AbstractContextManager["Pages"]]


class Pages:
    """A browser of somebody who is signed in."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser

    def get(self, address: str) -> str:
        """Return the text of a page that must be there."""
        answer = self.browser.get(address)
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return answer.text

    def status(self, address: str) -> int:
        """Return the status of a page."""
        return self.browser.get(address).status_code

    def post(
        self, address: str, *, files: dict[str, tuple[str, bytes]] | None = None, **values: object
    ) -> tuple[int, str]:
        """Send a form with the word of this session; return status and text, or where it leads."""
        word = re.findall(r'name="_csrf" value="([^"]+)"', self.browser.get("/account").text)[0]
        answer = self.browser.post(address, data={"_csrf": word, **values}, files=files, headers=ORIGIN)
        return answer.status_code, answer.headers.get("location") or answer.text


@pytest.fixture
def county(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a migrated database for one test."""
    with open_database(USUAL, tmp_path) as opened:
        yield opened


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    """Give settings with a files folder of the test."""
    return settings_in(tmp_path)


@pytest.fixture
def scene(county: sa.Engine, own_settings: Settings, tmp_path: Path) -> Scene:
    """Give the small county of tests/casework/scene.py, empty at first."""
    return Scene(open_desks_on(county, own_settings), tmp_path)


@pytest.fixture
def open_pages(county: sa.Engine, own_settings: Settings) -> Open:
    """Give a function that opens the console for somebody on a day: `open_pages("P05", date(2026, 5, 6))`."""

    @contextmanager
    def opened(holder: str, today: date) -> Iterator[Pages]:
        now = datetime.combine(today, time(2), UTC)
        with at_desk(county, own_settings, by=None, today=today, now=now) as desk:
            login = holder.lower().replace(":", ".")
            known = desk.session.scalars(sa.select(Account).where(col(Account.login) == login)).first()
            account = known or store(
                desk,
                Account(
                    office_id=desk.office_id, login=login, name=holder, state="active", holder=holder,
                    opened_by="test", opened_on=today,
                ),
            )  # fmt: skip
            token = begin_session(desk, account, second_factor=False)
        app = create_app(county, own_settings, clock=lambda: now)
        with TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False) as browser:
            browser.cookies.set("ducha", token)
            yield Pages(browser)

    return opened
