"""The database as one file and back: a consistent copy, checked before anybody relies on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from core.errors import WorldFailed
from models.audit import verify_chains
from models.base import table_of
from models.database import reading, sqlite_module
from models.isolation import sees_everything
from models.organisation import Office
from system.durable import sync

LITE, DUMP = "database.db", "database.dump"
MINUTES_30 = 1800


def take_snapshot(engine: sa.Engine, folder: Path) -> tuple[Path, dict[str, int]]:
    """Write a consistent copy of the database into a folder; return it with the number of rows of each table.

    raises   WorldFailed when it cannot be made or does not verify
    """
    if engine.dialect.name == "sqlite":
        path = folder / LITE
        _vacuum_into(engine, path)
        return path, check_copy(path)
    path = folder / DUMP
    with reading(engine) as session:
        if not sees_everything(session):
            raise failed(
                "备份用的数据库账号只看得到一个督察单位的数据", str(engine.url.username),
                "改用备份账号（超级用户或有 BYPASSRLS 的角色）的地址运行，见《运行手册》",
            )  # fmt: skip
        counts = _check_session(session)
    run_tool(engine.url, "pg_dump", "--format=custom", "--no-owner", f"--file={path}")
    return path, counts


def _vacuum_into(engine: sa.Engine, path: Path) -> None:
    """Copy through SQLite itself: a copied file would be torn while somebody writes."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(path),))
    except sqlite_module().Error as error:
        raise failed("数据库副本没有做成", str(error), "检查磁盘空间和数据库权限后重试") from error
    finally:
        raw.close()
    sync(path)


def check_copy(path: Path) -> dict[str, int]:
    """Verify a copied SQLite file without changing it; return the number of rows of each table.

    raises   WorldFailed naming what does not verify
    """
    with open_copy(path) as engine:
        try:
            with Session(engine) as session:
                said = session.connection().exec_driver_sql("PRAGMA integrity_check").scalars().all()
                orphans = session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
                if said != ["ok"] or orphans:
                    raise failed("数据库副本未通过核对", "；".join(map(str, (*said[:3], *orphans[:3]))))
                return _check_session(session)
        except DBAPIError as error:
            raise failed("数据库副本不能读取", str(error.orig)) from error


def _check_session(session: Session) -> dict[str, int]:
    for office_id in session.connection().execute(sa.select(table_of(Office).c.id)).scalars().all():
        _checked, broken = verify_chains(session, office_id)
        if broken:
            where = f"记录链{broken[0].shard} 第{broken[0].seq}条：{broken[0].why}"
            raise failed("数据库的记录链不完整", where, "运行 ducha audit verify，恢复最近的完好备份")
    count = sa.func.count()
    return {
        table.name: session.connection().execute(sa.select(count).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


@contextmanager
def open_copy(path: Path) -> Iterator[sa.Engine]:
    """Open a SQLite file that nobody else uses, without the WAL of service."""
    driver = sqlite_module()
    engine = sa.create_engine("sqlite://", module=driver, creator=lambda: driver.connect(str(path)))
    try:
        yield engine
    finally:
        engine.dispose()


def load_dump(url: sa.URL, dump: Path, note: tuple[str, str], *, clean: bool) -> None:
    """Load a dump into a PostgreSQL database and write one note, all in one transaction.

    clean    drop what is there first
    """
    script = dump.with_suffix(".sql")
    options = ["--clean", "--if-exists"] if clean else []
    run_tool(None, "pg_restore", "--no-owner", *options, f"--file={script}", str(dump))
    name, value = (part.replace("'", "''") for part in note)
    # psql runs a file and takes no parameters, so the two texts are quoted here.
    with script.open("a", encoding="utf-8") as stream:
        stream.write(
            f"\nINSERT INTO public.note (name, value) VALUES ('{name}', '{value}')"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value;\n"
        )
    run_tool(
        url,
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        f"--file={script}",
    )


def run_tool(url: sa.URL | None, name: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL; the password goes through the environment, not the list of processes."""
    program = shutil.which(name)
    if program is None:
        raise failed(
            f"缺少 PostgreSQL 工具 {name}",
            "不在 PATH 中",
            "安装 postgresql-client（与服务器同版本或更新）后重试",
        )
    environment = dict(os.environ)
    target: list[str] = []
    if url is not None:
        environment["PGPASSWORD"] = url.password or environment.get("PGPASSWORD", "")
        plain = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
        target = [f"--dbname={plain.render_as_string(hide_password=False)}"]
    try:
        done = subprocess.run(
            [program, *target, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=MINUTES_30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise failed(f"{name} 没有完成", str(error), "检查数据库服务后重试") from error
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if line.strip()), str(done.returncode))
        raise failed(f"{name} 没有完成", reason, "检查数据库服务和工具版本（不低于服务器）后重试")


def failed(what: str, found: str, remedy: str = "检查磁盘后重试；原有数据未改动") -> WorldFailed:
    """Return the error of a backup or restore that changed nothing."""
    return WorldFailed(what, found=found, expected="完整、可核对的副本", remedy=remedy)
