"""A database of its own for every test of casework, and desks opened on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from casework.desk import Desk, at_desk
from system.paths import RULES_DIR
from system.settings import Settings
from tests.databases import KINDS, RESTRICTED, open_database

if TYPE_CHECKING:
    from tests.casework.court import Court
    from tests.casework.scene import Scene

TODAY = date(2026, 6, 30)
OpenDesk = Callable[..., AbstractContextManager[Desk]]


@pytest.fixture
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """Give the kind of database on which the test runs this time."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(kind_of_database: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """Give an empty, migrated database: every test runs on SQLite and on PostgreSQL."""
    with open_database(kind_of_database, tmp_path) as opened:
        yield opened


# Where a forgotten office would show: these run through the role of the application too, behind the lock by row.
BEHIND_THE_LOCK = (
    "test_deadlines",
    "test_shards",
    "test_story",
    "test_turns",
    "test_two_offices",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that has a database on each kind of it."""
    if "kind_of_database" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        kinds = [*KINDS, RESTRICTED] if module in BEHIND_THE_LOCK else KINDS
        metafunc.parametrize("kind_of_database", kinds, indirect=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with the shipped rules and a files folder of the test."""
    return Settings(rules=RULES_DIR, files=tmp_path / "files")


def open_desks_on(engine: sa.Engine, settings: Settings) -> OpenDesk:
    """Return a function that opens a desk: `open_desk(by="L-DIRECTOR", today=date(2026, 6, 30))`."""

    def opened(
        *, by: str | None = None, today: date = TODAY, readonly: bool = False
    ) -> AbstractContextManager[Desk]:
        now = datetime.combine(today, time(2, 0), UTC)  # ten in the morning in Shanghai
        return at_desk(engine, settings, by=by, today=today, now=now, readonly=readonly)

    return opened


@pytest.fixture
def open_desk(engine: sa.Engine, settings: Settings) -> OpenDesk:
    """Give a function that opens a desk on the database of the test."""
    return open_desks_on(engine, settings)


@pytest.fixture
def desk(open_desk: OpenDesk) -> Iterator[Desk]:
    """Give one desk for the whole test, worked at by the director."""
    with open_desk(by="L-DIRECTOR") as one:
        yield one


@pytest.fixture
def scene(open_desk: OpenDesk, tmp_path: Path) -> Scene:
    """Give the small county of tests/casework/scene.py, empty at first."""
    from tests.casework.scene import Scene  # scene needs the types of this module

    return Scene(open_desk, tmp_path)


@pytest.fixture
def court(scene: Scene) -> Court:
    """Give the court room of tests/casework/court.py, with units and people."""
    from tests.casework.court import Court  # as above

    opened = Court(scene)
    opened.settle()
    return opened
