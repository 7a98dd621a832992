"""The floor of a sweep: the very rows that it wrote, computed beforehand, written by bare `sqlite3` `executemany`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.database import sqlite_module

TABLES = ("document", "document_case", "message", "rung", "audit_entry")
KEYS = ("office_id", "shard", "seq")  # of the one table whose rows are not numbered by the database
UPDATED = ("light", "highest_light", "last_rung_id", "next_due_on")
PRAGMAS = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=10000")
Batch = list[tuple[str, list[tuple[Any, ...]]]]


def written_rows(after: Path, before: Path, batches: int) -> list[Batch]:
    """Return, batch by batch, the statements and rows that a sweep wrote between two states of a database."""
    connection = sqlite_module().connect(str(after))
    connection.execute(f"ATTACH '{before}' AS old")
    parts: list[Batch] = [[] for _ in range(batches)]
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        names = ",".join(columns)
        keys = ",".join(KEYS if table == "audit_entry" else columns[:1] if "id" in columns else columns[:2])
        new = f"({keys}) NOT IN (SELECT {keys} FROM old.{table})"
        found = connection.execute(f"SELECT {names} FROM main.{table} WHERE {new}").fetchall()
        _spread(parts, f"INSERT INTO {table} ({names}) VALUES ({','.join('?' * len(columns))})", found)
    cases = connection.execute(
        f"SELECT {','.join(UPDATED)}, id FROM main.rectification WHERE last_rung_id IS NOT NULL ORDER BY unit_id, id"
    ).fetchall()
    _spread(parts, f"UPDATE rectification SET {','.join(f'{name}=?' for name in UPDATED)} WHERE id=?", cases)
    connection.close()
    return parts


def _spread(parts: list[Batch], statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Spread rows evenly over the batches, in their order."""
    share = -(-len(rows) // len(parts)) if rows else 1
    for number, part in enumerate(parts):
        part.append((statement, rows[number * share : (number + 1) * share]))


def write_bare(path: Path, batches: list[Batch]) -> None:
    """Write the rows with the same driver, pragmas and commits as the sweep."""
    connection = sqlite_module().connect(str(path), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    connection.close()
