"""What is tried is gone afterwards, works like the real database meanwhile, and on SQLite keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from models.database import reading, transaction
from models.organisation import Office
from models.schema import current_revision, head_revision
from models.scratch import never_kept
from tests.databases import KINDS, open_database


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a database with one office."""
    with open_database(request.param, tmp_path) as opened:
        with transaction(opened) as session:
            session.add(Office(code="one", name="甲"))
        yield opened


def codes(door: sa.Engine | sa.Connection) -> list[str]:
    with reading(door) as session:
        return sorted(session.connection().execute(sa.text("SELECT code FROM office")).scalars())


def add(door: sa.Engine | sa.Connection, *new: str) -> None:
    with transaction(door) as session:
        for code in new:
            session.add(Office(code=code, name="乙"))


def try_and_break(engine: sa.Engine) -> None:
    with never_kept(engine) as connection:
        add(connection, "two")
        raise ZeroDivisionError


def test_what_is_committed_on_trial_is_seen_there_and_nowhere_else(engine: sa.Engine) -> None:
    with never_kept(engine) as connection:
        add(connection, "two")
        assert codes(connection) == ["one", "two"]
    assert codes(engine) == ["one"]


def test_a_transaction_that_fails_takes_only_its_own_work_with_it(engine: sa.Engine) -> None:
    with never_kept(engine) as connection:
        add(connection, "two")
        with pytest.raises(sa.exc.IntegrityError):
            add(connection, "three", "one")
        assert codes(connection) == ["one", "two"]


def test_constraints_hold_on_trial(engine: sa.Engine) -> None:
    with (
        never_kept(engine) as connection,
        pytest.raises(sa.exc.IntegrityError),
        transaction(connection) as session,
    ):
        session.connection().execute(sa.text("INSERT INTO number_series VALUES (99, 'x', 2026, 0)"))


def test_a_trial_that_breaks_leaves_nothing(engine: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        try_and_break(engine)
    assert codes(engine) == ["one"]


def test_others_write_while_something_is_tried(engine: sa.Engine) -> None:
    with never_kept(engine) as connection:
        add(connection, "two")
        add(engine, "three")
    assert codes(engine) == ["one", "three"]
    assert current_revision(engine) == head_revision()
