"""Rows of several tables in one query: what a page shows beside its main row costs one round trip, not ten."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows wanted under a name, in the order of some of their columns.

    query   its rows in any order; `first_of` gives the first few of many
    """

    name: str
    query: sa.Select[Any]
    order: tuple[str, ...] = ("id",)


def first_of(query: sa.Select[Any], count: int, *order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return a query for the first rows of another one."""
    return sa.select(query.order_by(*order).limit(count).subquery())


def gather(desk: Desk, *parts: Part) -> dict[str, list[Row]]:
    """Return {name of a part: its rows} with one query; days and instants come back as such."""
    connection = desk.session.connection()
    make = sa.func.json_build_object if connection.dialect.name == "postgresql" else sa.func.json_object
    selects: list[sa.Select[Any]] = []
    readers = []
    for place, part in enumerate(parts):
        columns = part.query.selected_columns
        # Names are written out: PostgreSQL would have to be told the type of each, and all would be bound anew.
        pairs = [
            value for name, column in columns.items() for value in (sa.literal_column(f"'{name}'"), column)
        ]
        selects.append(
            part.query.with_only_columns(sa.literal_column(str(place)), sa.cast(make(*pairs), sa.Text))
        )
        readers.append({name: _reader(column.type) for name, column in columns.items()})
    found: dict[str, list[Row]] = {part.name: [] for part in parts}
    for place, text in connection.execute(sa.union_all(*selects)):
        found[parts[place].name].append(_read(json.loads(text), readers[place]))
    return {part.name: _in_order(found[part.name], part.order) for part in parts}


def _read(said: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> Row:
    return {name: None if said[name] is None else read(said[name]) for name, read in readers.items()}


def _in_order(rows: list[Row], names: tuple[str, ...]) -> list[Row]:
    return sorted(rows, key=lambda row: tuple(row[name] for name in names))


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    """Return what turns a value of JSON back into what the column holds."""
    stored = kind.impl if isinstance(kind, sa.TypeDecorator) else kind
    if isinstance(stored, sa.DateTime):
        return _instant
    if isinstance(stored, sa.Date):
        return date.fromisoformat
    return bool if isinstance(stored, sa.Boolean) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
