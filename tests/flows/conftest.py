"""An edge on a database of its own, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.edge import Edge
from system.paths import RULES_DIR
from system.settings import Settings
from tests.databases import open_database

WORKDAY = date(2026, 6, 30)  # a Tuesday


@dataclass(frozen=True, slots=True)
class FixedClock:
    """It is ten in the morning in Shanghai, for ever."""

    day: date = WORKDAY
    explicit: bool = False

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.combine(self.day, time(2, 0), UTC)


OpenEdge = Callable[..., Edge]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give an empty, migrated SQLite database."""
    with open_database("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
def edge_on(engine: sa.Engine, tmp_path: Path) -> OpenEdge:
    """Give a function that opens an edge on a day: `edge_on(date(2026, 6, 27))`."""
    settings = Settings(rules=RULES_DIR, files=tmp_path / "files", database_url=str(engine.url))

    def opened(day: date = WORKDAY, *, explicit: bool = False) -> Edge:
        return Edge(engine, settings, FixedClock(day, explicit))

    return opened


@pytest.fixture
def edge(edge_on: OpenEdge) -> Edge:
    """Give an edge on a working day."""
    return edge_on()
