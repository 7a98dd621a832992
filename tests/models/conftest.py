"""A database of its own for every test of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import KINDS, open_database


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """Give an empty, migrated database: every test runs on SQLite and on PostgreSQL."""
    with open_database(request.param, tmp_path) as opened:
        yield opened
