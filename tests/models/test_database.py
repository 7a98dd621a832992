"""The engine's promises: numbers without gaps among several processes, a SQLite that keeps what it was given."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.paperwork.numbering import take_number
from core.errors import DatabaseFailed
from models import database
from models.base import table_of
from models.database import has_wal_reset_bug, make_engine, reading, transaction
from models.document import NumberSeries
from models.organisation import Office
from system.paths import ROOT
from tests.databases import KINDS, open_database
from tests.databases import database as migrated

PROCESSES, TIMES = 4, 50
TAKE = """
import sys
from casework.paperwork.numbering import take_number
from models.database import make_engine, transaction

engine = make_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with transaction(engine) as session:
        print(take_number(session, 1, "示法督", 2026))
"""


def add_office(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        session.add(Office(id=1, code="shilixian", name="示例县"))


def test_processes_that_sign_at_once_get_every_number_once(engine: sa.Engine) -> None:
    add_office(engine)
    url = engine.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, url, str(TIMES)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(PROCESSES)
    ]
    taken = [int(line) for worker in workers for line in worker.communicate(timeout=120)[0].split()]

    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    assert sorted(taken) == list(range(1, PROCESSES * TIMES + 1))
    with reading(engine) as session:
        assert session.connection().execute(sa.select(table_of(NumberSeries).c.last)).scalar_one() == max(
            taken
        )


def test_a_number_that_was_not_used_is_given_back(engine: sa.Engine) -> None:
    add_office(engine)
    with reading(engine) as session:  # whose end is a rollback
        assert take_number(session, 1, "示法督", 2026) == 1

    with transaction(engine) as session:
        assert take_number(session, 1, "示法督", 2026) == 1


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 52, 0), (3, 53, 4), (3, 50, 7), (3, 44, 6)])
def test_a_mended_sqlite_may_use_the_wal(version: tuple[int, ...]) -> None:
    assert not has_wal_reset_bug(version)


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)])
def test_a_sqlite_with_the_wal_reset_bug_keeps_a_rollback_journal(
    version: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert has_wal_reset_bug(version)
    monkeypatch.setattr(database, "has_wal_reset_bug", lambda _version: True)
    engine = make_engine(f"sqlite:///{tmp_path / 'ducha.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar_one() == "delete"
    engine.dispose()


def test_sqlite_is_opened_with_the_settings_that_keep_commits(tmp_path: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "trusted_schema": 0,
    }
    with migrated("sqlite", tmp_path) as url:
        engine = make_engine(url)
        with engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in wanted}
        engine.dispose()

    assert found == wanted


def test_a_read_only_database_is_told_with_its_remedy(tmp_path: Path) -> None:
    with migrated("sqlite", tmp_path):
        (tmp_path / "ducha.db").chmod(stat.S_IRUSR)
        # root may write anything, so the file is opened as a reader does
        reader = sa.create_engine(
            f"sqlite:///file:{tmp_path / 'ducha.db'}?mode=ro&uri=true", module=database.sqlite_module()
        )
        with pytest.raises(DatabaseFailed) as caught, transaction(reader) as session:
            session.add(Office(code="x", name="x"))
        reader.dispose()

    assert "readonly" in caught.value.found
    assert "只读" in caught.value.remedy


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(DatabaseFailed) as caught, transaction(engine) as session:
        session.add(Office(code="x", name="x"))
    engine.dispose()

    assert "ducha init" in caught.value.remedy


def test_a_place_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'none' / 'ducha.db'}")
    with pytest.raises(DatabaseFailed), transaction(engine) as session:
        session.connection()
    with pytest.raises(DatabaseFailed, match="不受支持"):
        make_engine("mysql://here/db")


def test_what_a_reader_writes_is_not_kept(engine: sa.Engine) -> None:
    with reading(engine) as session:
        session.add(Office(code="x", name="x"))
        session.flush()
    with reading(engine) as session:
        assert (
            session.connection()
            .execute(sa.select(sa.func.count()).select_from(table_of(Office)))
            .scalar_one()
            == 0
        )


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_database_of_the_tests_is_emptied_and_used_again(kind: str, tmp_path: Path) -> None:
    offices = table_of(Office)
    row = {"code": "shilixian", "name": "示例县"}
    with open_database(kind, tmp_path) as engine, engine.begin() as connection:
        first = connection.execute(sa.insert(offices), [row]).connection.engine.url.database
    with open_database(kind, tmp_path) as engine, engine.begin() as connection:
        assert engine.url.database == first
        assert connection.execute(sa.select(sa.func.count()).select_from(offices)).scalar_one() == 0
        assert connection.execute(sa.insert(offices).values(row)).inserted_primary_key == (1,)


def test_a_commit_that_fails_is_told_as_in_doubt(engine: sa.Engine) -> None:
    def lose(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("server closed the connection"))

    sa.event.listen(engine, "commit", lose)
    with pytest.raises(DatabaseFailed) as caught, transaction(engine) as session:
        session.execute(sa.text("SELECT 1"))
    assert "可能已经写入" in (caught.value.remedy or "")
    sa.event.remove(engine, "commit", lose)


def test_a_statement_that_fails_has_written_nothing(engine: sa.Engine) -> None:
    with pytest.raises(DatabaseFailed) as caught, transaction(engine):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("database is locked"))
    assert "未写入任何内容" in (caught.value.remedy or "")
