"""Rows of several tables in one query: what a page shows beside its main row costs one round trip, not ten."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk

Row = Mapping[str, Any]
FEW = "few"
"""What a subquery is called whose columns are read as they stand."""


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
    return sa.select(query.order_by(*order).limit(count).subquery(FEW))


class Gathering:
    """Parts that are asked for again and again: their statement is written once, its parameters are given each time."""

    def __init__(self, *parts: Part) -> None:
        self._parts = parts
        self._statements: dict[str, sa.CompoundSelect[Any]] = {}
        self._readers = [
            {name: _reader(column.type) for name, column in part.query.selected_columns.items()}
            for part in parts
        ]

    def rows(self, desk: Desk, **values: Any) -> dict[str, list[Row]]:
        """Return {name of a part: its rows} with one query; days and instants come back as such.

        values   of the parameters (`bindparam`) in the queries
        """
        if not self._parts:
            return {}
        connection = desk.session.connection()
        statement = self._statements.get(connection.dialect.name)
        if statement is None:
            statement = self._statements[connection.dialect.name] = self._write(connection.dialect)
        found: dict[str, list[Row]] = {part.name: [] for part in self._parts}
        for place, text in connection.execute(statement, values):
            found[self._parts[place].name].append(_read(json.loads(text), self._readers[place]))
        return {part.name: _in_order(found[part.name], part.order) for part in self._parts}

    def _write(self, dialect: sa.Dialect) -> sa.CompoundSelect[Any]:
        make = sa.func.json_build_object if dialect.name == "postgresql" else sa.func.json_object
        selects: list[sa.Select[Any]] = []
        for place, part in enumerate(self._parts):
            said = sa.cast(
                make(*_pairs(part.query.selected_columns, dialect.identifier_preparer.quote)), sa.Text
            )
            selects.append(
                part.query.with_only_columns(sa.literal_column(str(place)), said, maintain_column_froms=True)
            )
        return sa.union_all(*selects)


class Kept:
    """The gatherings of those who asked last, each under everything that its queries depend on."""

    MOST = 64

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Gathering] = OrderedDict()

    def take(self, key: Hashable, parts: Callable[[], Iterable[Part]]) -> Gathering:
        """Return the gathering under a key, made of `parts` where it is not known."""
        with self._lock:
            found = self._known.pop(key, None)
        found = found or Gathering(*parts())
        with self._lock:
            self._known[key] = found
            if len(self._known) > self.MOST:
                self._known.popitem(last=False)
        return found


def gather(desk: Desk, *parts: Part) -> dict[str, list[Row]]:
    """Return {name of a part: its rows} of parts that are asked for once."""
    return Gathering(*parts).rows(desk)


def _pairs(
    columns: sa.ColumnCollection[str, Any], quote: Callable[[str], str]
) -> list[sa.ColumnElement[Any]]:
    """Return names and values of a row as the arguments of what makes an object of JSON.

    Columns as they stand are written out in one piece: to build a page's two hundred of them one by one, and to
    look up the statement by all of them, takes longer than the database needs. Names are written out as well, for
    PostgreSQL would have to be told the type of each.
    """
    plain, made = [], []
    for name, column in columns.items():
        if isinstance(column, sa.Column) and _is_named(column.table):
            plain.append(f"'{name}', {quote(column.table.name)}.{quote(column.name)}")
        else:
            made += [sa.literal_column(f"'{name}'"), column]
    return [sa.literal_column(", ".join(plain)), *made] if plain else made


def _is_named(table: sa.FromClause) -> bool:
    return isinstance(table, sa.Table) or (isinstance(table, sa.Subquery) and table.name == FEW)


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
