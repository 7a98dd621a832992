"""The deadline sweep beside its floor: the same rows, computed beforehand, written by bare `sqlite3` `executemany`.

Both sides use the same driver, pragmas, schema, batches and commits. Run `python -m benchmarks.sweep [CASES [DUE]]`.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.world import NOW, TODAY, build
from flows.jobs import Edge, run_sweep
from models.database import make_engine, sqlite_module
from system.settings import Settings

ROUNDS = 3
TABLES = ("document", "document_case", "message", "rung", "audit_entry")
UPDATED = ("light", "highest_light", "last_rung_id", "next_due_on")
PRAGMAS = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=10000")


class FixedClock:
    """The day and instant of the benchmark."""

    explicit = True

    def today(self) -> date:
        return TODAY

    def now(self) -> datetime:
        return NOW


def main() -> None:
    """Print sweep, floor and their ratio, and the idle sweep."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    cases, due = (numbers + [100_000, 5_000][len(numbers) :])[:2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, settings = build(folder, cases=cases, due=due)
        engine.dispose()
        times = [_measure(folder, settings) for _ in range(ROUNDS)]
    _print(cases, due, times)


def _measure(folder: Path, settings: Settings) -> dict[str, float]:
    ours, floor = folder / "ours.db", folder / "floor.db"
    for path in (ours, floor):
        for tail in ("", "-wal", "-shm"):
            Path(f"{path}{tail}").unlink(missing_ok=True)
        shutil.copy(folder / "bench.db", path)
    engine = make_engine(f"sqlite:///{ours}")
    edge = Edge(engine, settings.model_copy(update={"database_url": f"sqlite:///{ours}"}), FixedClock())
    with edge.desk() as desk:  # warm: rules and calendar are loaded once in a running process
        desk.session.connection().exec_driver_sql("SELECT count(*) FROM rung")
    began = time.perf_counter()
    report = run_sweep(edge)
    ours_s = time.perf_counter() - began
    idle = []
    for _ in range(20):
        began = time.perf_counter()
        run_sweep(edge)
        idle.append(time.perf_counter() - began)
    engine.dispose()
    report_due = int(str(report["due"]))
    rows = _written_rows(ours, folder / "bench.db", -(-report_due // settings.batch))
    began = time.perf_counter()
    _write_bare(floor, rows)
    return {
        "ours": ours_s,
        "floor": time.perf_counter() - began,
        "idle": statistics.median(idle),
        **_counts(report),
    }


def _counts(report: dict[str, Any]) -> dict[str, float]:
    return {
        "due": report["due"],
        "issued": sum(report["issued"].values()),
        "drafted": sum(report["drafted"].values()),
    }


Batch = list[tuple[str, list[tuple[Any, ...]]]]


def _written_rows(after: Path, before: Path, batches: int) -> list[Batch]:
    """Return, batch by batch, the statements and rows that the sweep wrote."""
    connection = sqlite_module().connect(str(after))
    connection.execute(f"ATTACH '{before}' AS old")
    parts: list[Batch] = [[] for _ in range(batches)]
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        newer = f"rowid > (SELECT coalesce(max(rowid), 0) FROM old.{table})"
        query = f"SELECT {','.join(columns)} FROM main.{table} WHERE {newer}"
        found = connection.execute(query).fetchall()
        statement = f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"
        _spread(parts, statement, found)
    assignments = ",".join(f"{name}=?" for name in UPDATED)
    cases = connection.execute(
        f"SELECT {','.join(UPDATED)}, id FROM main.rectification WHERE last_rung_id IS NOT NULL ORDER BY unit_id, id"
    ).fetchall()
    _spread(parts, f"UPDATE rectification SET {assignments} WHERE id=?", cases)
    connection.close()
    return parts


def _spread(parts: list[Batch], statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Spread rows evenly over the batches, in their order."""
    share = -(-len(rows) // len(parts)) if rows else 1
    for number, part in enumerate(parts):
        part.append((statement, rows[number * share : (number + 1) * share]))


def _write_bare(path: Path, batches: list[Batch]) -> None:
    connection = sqlite_module().connect(str(path), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    connection.close()


def _print(cases: int, due: int, times: list[dict[str, float]]) -> None:
    middle = {key: statistics.median(run[key] for run in times) for key in times[0]}
    table = Table(title=f"巡检 {cases:,} 件未销号、{due:,} 件到期（SQLite，{ROUNDS} 次取中位数）")
    for title in ("", "秒", "件/秒", "占直写"):
        table.add_column(title, justify="right")
    table.add_row(
        "ducha sweep",
        f"{middle['ours']:.2f}",
        f"{due / middle['ours']:,.0f}",
        f"{middle['floor'] / middle['ours']:.0%}",
    )
    table.add_row(
        "sqlite3 executemany（同样的行）", f"{middle['floor']:.2f}", f"{due / middle['floor']:,.0f}", "100%"
    )
    table.add_row("空巡检", f"{middle['idle'] * 1000:.1f} 毫秒", "", "")
    Console().print(table)
    Console().print(
        f"发出 {middle['issued']:.0f} 份，拟稿 {middle['drafted']:.0f} 份，处理 {middle['due']:.0f} 件"
    )


if __name__ == "__main__":
    main()
