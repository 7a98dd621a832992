"""An office with an open campaign of two visits, and browsers of its people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.inspection.visits import team_of
from casework.staff.teams import find_visit
from models.campaign import Visit
from models.organisation import Unit
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.console.conftest import browser_of, settings_in
from tests.databases import USUAL, open_database, open_filled

OWN = {"origin": "http://127.0.0.1:8460"}


class Browser:
    """Somebody's browser: reads pages, and sends forms with the word of the page they stand on."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, address: str) -> Response:
        answer: Response = self.client.get(address)
        return answer

    def word(self, page: str) -> str:
        found = re.search(r'name="_csrf" value="([0-9a-f]+)"', self.get(page).text)
        assert found is not None
        return found.group(1)

    def post(self, page: str, address: str, files: object = None, **fields: object) -> Response:
        data = {name.removesuffix("_"): value for name, value in fields.items()}
        data["_csrf"] = self.word(page)
        answer: Response = self.client.post(address, data=data, files=files, headers=OWN)
        return answer

    def send(self, page: str, address: str, fields: Mapping[str, object]) -> Response:
        answer: Response = self.client.post(address, data={**fields, "_csrf": self.word(page)}, headers=OWN)
        return answer


@dataclass(frozen=True)
class Town:
    """The office, its database, and a browser for each of its people."""

    scene: Scene
    browser: Callable[[str], Browser]

    def visit(self, unit: str = "D001") -> int:
        """Return the number of the visit to a unit."""
        query = select(Visit.id).join(Unit, col(Unit.id) == col(Visit.unit_id)).where(col(Unit.code) == unit)
        number: int = self.scene.rows(query)[0]
        return number

    def team(self, visit: int) -> list[str]:
        """Return the people of a visit, its leader first."""
        with self.scene.open_desk(readonly=True) as desk:
            return [person.code for person in team_of(desk, find_visit(desk, visit))]

    def outsider(self) -> str:
        """Return an inspector who is on the other visit alone."""
        mine = set(self.team(self.visit("D001")))
        return next(code for code in self.team(self.visit("T001")) if code not in mine)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Give the office with nothing in it yet."""
    with open_database(USUAL, tmp_path) as engine, open_town(engine, tmp_path) as opened:
        yield opened


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Town]:
    """Give the office with its campaign open."""
    with open_filled(USUAL, tmp_path, begin) as engine, open_town(engine, tmp_path) as opened:
        yield opened


def begin(engine: sa.Engine, folder: Path) -> None:
    scene_on(engine, folder).start()


def scene_on(engine: sa.Engine, folder: Path) -> Scene:
    return Scene(open_desks_on(engine, settings_in(folder)), folder)


@contextmanager
def open_town(engine: sa.Engine, folder: Path) -> Iterator[Town]:
    """Give the office on a database; its browsers are closed afterwards."""
    with ExitStack() as stack:
        open_browsers: dict[str, Browser] = {}

        def browser(holder: str) -> Browser:
            if holder not in open_browsers:
                opened = stack.enter_context(browser_of(engine, settings_in(folder), holder))
                open_browsers[holder] = Browser(opened)
            return open_browsers[holder]

        yield Town(scene_on(engine, folder), browser)
