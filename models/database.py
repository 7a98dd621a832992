"""The engine and the transaction: one door to SQLite and PostgreSQL with the settings that make them safe.

SQLite runs in WAL with `synchronous=FULL` and takes its write lock at BEGIN, so that reads and writes of one
transaction see one state and nobody loses an update. A SQLite with the WAL-reset bug falls back to a rollback journal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError
from sqlmodel import Session

from core.errors import DatabaseFailed

BUSY_MS = 10_000
# A host that is cut off leaves locks behind: the server ends its transaction after five minutes without a word, and
# both sides notice a dead line within a minute or two instead of hours.
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c idle_in_transaction_session_timeout=300s -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10"
    " -c tcp_keepalives_count=3",
}
CUT_OFF = (
    "25P03"  # PostgreSQL ended a session that did nothing in an open transaction; see casework/leases.py
)
# Where a transaction is opened: the database, or a connection whose own transaction holds it (models/scratch.py).
Door = sa.Engine | sa.Connection


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite may corrupt a WAL file when two connections write and checkpoint at once.

    source   sqlite.org/wal.html#the_wal_reset_bug: 3.7.0 to 3.51.2, mended in 3.44.6, 3.50.7 and 3.51.3
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return not mended


def sqlite_module() -> ModuleType:
    """Return the driver with the newest SQLite: pysqlite3 where it has a wheel, else the standard module."""
    try:
        import pysqlite3.dbapi2 as driver
    except ImportError:
        return sqlite3
    module: ModuleType = driver
    return module


def make_engine(url: str) -> sa.Engine:
    """Open an engine for `sqlite:///PATH` or `postgresql+psycopg://...`.

    raises   DatabaseFailed for another kind of address
    """
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    if url.startswith("postgresql+psycopg://"):
        return sa.create_engine(url, pool_pre_ping=True, connect_args=PATIENCE)
    raise DatabaseFailed(
        "数据库地址不受支持",
        found=url.rsplit("@", maxsplit=1)[-1],
        expected="sqlite:///文件 或 postgresql+psycopg://用户@主机/库",
        remedy="修改 DUCHA_DATABASE_URL",
    )


def _sqlite_engine(url: str) -> sa.Engine:
    module = sqlite_module()
    _refuse_network_disk(url)
    journal = "delete" if has_wal_reset_bug(tuple(module.sqlite_version_info)) else "wal"
    engine = sa.create_engine(url, module=module)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=full",
            f"busy_timeout={BUSY_MS}",
            "foreign_keys=on",
            "journal_size_limit=67108864",
            "trusted_schema=off",
        ):
            connection.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        readonly = connection.get_execution_options().get("readonly", False)
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _refuse_network_disk(url: str) -> None:
    path = sa.make_url(url).database
    mounts = Path("/proc/mounts")
    if not path or path == ":memory:" or not mounts.exists():
        return
    folder = Path(path).resolve().parent
    best = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _device, point, kind, *_rest = line.split(" ")
        if folder.is_relative_to(point) and len(point) > len(best[0]):
            best = (point, kind)
    if best[1].startswith(("nfs", "cifs", "smb", "9p", "fuse.sshfs")):
        raise DatabaseFailed(
            "数据库文件在网络盘上，锁和日志不可靠",
            found=f"{best[1]} 挂载于 {best[0]}",
            expected="本机磁盘",
            remedy="把数据库移到本机，或改用 PostgreSQL",
        )


@contextmanager
def transaction(engine: Door) -> Iterator[Session]:
    """Run a block in one write transaction: everything or nothing.

    raises   DatabaseFailed when the database cannot be opened, is read-only, locked for too long or full
    """
    committing = False
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
            committing = True
    except DatabaseError as error:
        if not _is_of_the_world(error):
            raise
        raise _database_failed(error, in_doubt=committing) from error


@contextmanager
def reading(engine: Door) -> Iterator[Session]:
    """Run a block that only reads, without taking the write lock; whatever it writes is rolled back."""
    try:
        with Session(engine.execution_options(readonly=True), expire_on_commit=False) as session:
            yield session
            session.rollback()
    except DatabaseError as error:
        if not _is_of_the_world(error):
            raise
        raise _database_failed(error) from error


def _is_of_the_world(error: DatabaseError) -> bool:
    """Return whether the database failed, and not the statement: a broken file has no class of its own in DB-API."""
    if isinstance(error, ProgrammingError):
        return "does not exist" in str(error.orig)  # PostgreSQL without our tables
    if getattr(error.orig, "sqlstate", None) == CUT_OFF:
        return True
    return isinstance(error, OperationalError) or type(error) is DatabaseError


def why_refused(error: DatabaseError) -> str:
    """Return why the database refused a row: a constraint, a value, or the word of a trigger; raise any other error.

    PostgreSQL counts the word of a trigger among the wrong statements.
    """
    said_by_trigger = str(getattr(error.orig, "sqlstate", "")).startswith("P0")
    if not said_by_trigger and not isinstance(error, IntegrityError | DataError):
        raise error
    return str(error.orig)


def _database_failed(error: DatabaseError, *, in_doubt: bool = False) -> DatabaseFailed:
    """Return what a person is told; `in_doubt` where a commit failed, which may have been done all the same."""
    reason = str(error.orig).splitlines()[0] if error.orig else str(error).splitlines()[0]
    written = "提交时中断，可能已经写入，请先核对" if in_doubt else "本次未写入任何内容"
    remedy = f"检查数据库地址、权限、磁盘空间和服务是否运行后重试；{written}"
    if "readonly" in reason:
        remedy = "数据库文件只读：检查文件和所在文件夹的写权限后重试"
    if "no such table" in reason or "does not exist" in reason:
        remedy = "先运行 ducha init"
    if "not a database" in reason or "malformed" in reason:
        remedy = "数据库文件损坏或不是数据库：检查 DUCHA_DATABASE_URL，或用 ducha restore 从备份恢复"
    return DatabaseFailed("数据库操作失败", found=reason, expected="数据库可读可写", remedy=remedy)
