"""Keys for rows before they are written: many rows and what refers to them then go out in one statement each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa


def insert_numbered(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Write rows in one statement and return their keys, in the order of the rows."""
    numbers = take_keys(connection, table, len(rows))
    given = [{**row, "id": number} for row, number in zip(rows, numbers, strict=True)]
    connection.execute(sa.insert(table), given)
    return numbers


def take_keys(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """Return keys of a table that no other row has or gets, in rising order.

    SQLite numbers on from the last row, which the write lock keeps for this transaction; PostgreSQL has a sequence.
    """
    if connection.dialect.name == "sqlite":
        last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
        return list(range(last + 1, last + 1 + count))
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    steps = sa.func.generate_series(1, count).table_valued("step")
    return list(connection.execute(sa.select(sa.func.nextval(sequence)).select_from(steps)).scalars())
