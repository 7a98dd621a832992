"""A database to try things on: whatever is written there is gone afterwards, and nobody waits for it.

SQLite knows one writer at a time, so a trial runs on a private copy that lies in no folder; the blobs of files and
mails stay behind. PostgreSQL keeps writers apart by itself: there a trial is one transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from models.base import table_of
from models.database import sqlite_module
from models.document import DocumentFile
from models.message import MessageBody

LEFT_BEHIND = frozenset({table_of(DocumentFile).name, table_of(MessageBody).name})


@contextmanager
def never_kept(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection on which transactions commit as always, and of which nothing remains.

    Every session that is opened on it lives in a savepoint: one that fails takes only its own work with it.
    """
    if engine.dialect.name != "sqlite":
        with _rolled_back(engine) as connection:
            yield connection
        return
    with closing(_copy(engine.url.database or "")) as private:
        module = sqlite_module()
        own = sa.create_engine("sqlite://", module=module, creator=lambda: private, poolclass=StaticPool)
        sa.event.listen(own, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        with _rolled_back(own) as connection:
            yield connection
        own.dispose()


@contextmanager
def _rolled_back(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection:
        whole = connection.begin()
        try:
            # A session joins a savepoint with a savepoint of its own; without one it would roll back everything.
            connection.begin_nested()
            yield connection
        finally:
            whole.rollback()


def _copy(path: str) -> Any:
    """Return a driver connection to a private copy: an unnamed file that goes with the connection, even when killed."""
    private = sqlite_module().connect("", isolation_level=None)
    private.execute("ATTACH DATABASE ? AS whole", (path,))
    private.execute("BEGIN")  # one state of the original for all tables
    made = (
        "SELECT type, name, sql FROM whole.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    parts = private.execute(made).fetchall()
    tables = [(name, text) for kind, name, text in parts if kind == "table"]
    for name, text in tables:
        private.execute(text)
        if name not in LEFT_BEHIND:
            private.execute(f'INSERT INTO main."{name}" SELECT * FROM whole."{name}"')  # noqa: S608  our own schema
    for kind, _name, text in parts:
        if kind != "table":
            private.execute(text)
    private.execute("COMMIT")
    private.execute("DETACH DATABASE whole")
    private.execute("PRAGMA foreign_keys = on")
    return private
