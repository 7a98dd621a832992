"""The schema: migrations run here to their newest, under one lock, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from core.errors import DatabaseFailed
from system.paths import MIGRATIONS_DIR

LOCK = 7_203_851_946  # any number nobody else asks PostgreSQL for: two upgrades at once wait for each other


def upgrade(engine: sa.Engine) -> str:
    """Bring the database to the newest schema, in one transaction, and return its revision.

    The folder of a SQLite file is made when it is missing.
    raises   DatabaseFailed when it cannot be written, or was made by a newer ducha; it is unchanged then
    """
    _make_folder(engine)
    try:
        with _migrating(engine) as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise _failed(
            str(error.orig or error).splitlines()[0], "检查数据库地址、权限、磁盘空间后重试"
        ) from error
    except CommandError as error:
        raise _failed(str(error), "该数据库由更新的版本建立：升级程序后重试，或恢复旧备份") from error
    return head_revision()


def current_revision(engine: sa.Engine) -> str | None:
    """Return the revision of the database; None when it has no schema yet.

    raises   DatabaseFailed when it cannot be opened
    """
    if engine.dialect.name == "sqlite" and not _file_of(engine).exists():
        return None  # opening it would make an empty file
    try:
        with engine.execution_options(readonly=True).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise _failed(
            str(error.orig or error).splitlines()[0], "检查数据库地址、权限和服务是否运行"
        ) from error


def head_revision() -> str:
    """Return the newest revision this version of ducha knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # migrations/versions is never empty
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    return config


@contextmanager
def _migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open the one transaction of an upgrade.

    SQLite rebuilds a table to alter it, and dropping the old one would fail on the rows that point to it: foreign
    keys are looked at once, before the commit. The pragma only works outside a transaction.
    """
    with engine.connect() as connection:
        raw = connection.connection
        lite = engine.dialect.name == "sqlite"
        if lite:
            raw.cursor().execute("pragma foreign_keys=off")
        try:
            with connection.begin():
                if not lite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield connection
                if lite:
                    _refuse_orphans(connection)
        finally:
            if lite:
                raw.cursor().execute("pragma foreign_keys=on")


def _refuse_orphans(connection: sa.Connection) -> None:
    orphans = connection.exec_driver_sql("pragma foreign_key_check").all()
    if orphans:
        raise _failed(f"{len(orphans)}行指向不存在的行（如表 {orphans[0][0]}）", "恢复最近的备份后重试")


def _make_folder(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    folder = _file_of(engine).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _failed(f"{folder}：{error.strerror}", "检查 DUCHA_DATABASE_URL 和文件夹权限") from error


def _file_of(engine: sa.Engine) -> Path:
    return Path(engine.url.database or "")


def _failed(found: str, remedy: str) -> DatabaseFailed:
    return DatabaseFailed("数据库结构不能升级到最新", found=found, expected="可写的数据库", remedy=remedy)
