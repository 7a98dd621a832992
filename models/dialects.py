"""What the two databases write differently: looking for a text, days between two days, going past an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

_WILD = str.maketrans({"/": "//", "%": "/%", "_": "/_"})


class _Differing(FunctionElement[Any]):
    """An expression with a text for each database, in which {0} is its first part."""

    usual: ClassVar[str]
    sqlite: ClassVar[str]


@compiles(_Differing)
def _write(element: Any, compiler: Any, **how: Any) -> str:
    said: str = element.sqlite if compiler.dialect.name == "sqlite" else element.usual
    return said.format(*(compiler.process(one, **how) for one in element.clauses))


class DaysBetween(_Differing):
    """The whole days from the second day to the first."""

    type = sa.Integer()
    inherit_cache = True  # SQLAlchemy wants it said by each class
    name = "days_between"
    usual = "({0} - {1})"
    sqlite = "CAST(julianday({0}) - julianday({1}) AS INTEGER)"


class _Contains(_Differing):
    """Whether a column matches a pattern that is escaped with a slash, capital or small letters alike."""

    type = sa.Boolean()
    inherit_cache = True
    name = "contains"
    usual = "({0} ILIKE {1} ESCAPE '/')"
    # LIKE makes no difference between a and A there, so that no row needs to be written small first.
    sqlite = "({0} LIKE {1} ESCAPE '/')"


class _Plain(_Differing):
    """A number as it is; SQLite takes no index for it then, and PostgreSQL weighs by itself what an index costs."""

    type = sa.Integer()
    inherit_cache = True
    name = "plain"
    usual = "{0}"
    sqlite = "+{0}"


def pattern_of(text: str) -> str:
    """Return the pattern of what contains a text; `%` and `_` in it stand for themselves."""
    return f"%{text.translate(_WILD)}%"


def mentions(text: str | sa.BindParameter[str], *columns: Any) -> sa.ColumnElement[bool]:
    """Return the condition that one of the columns contains a text, or matches the `pattern_of` it in a parameter."""
    pattern = sa.literal(pattern_of(text), sa.String) if isinstance(text, str) else text
    return sa.or_(*(_Contains(column, pattern) for column in columns))


def past_index(condition: sa.ColumnElement[bool], column: sa.Column[int]) -> sa.ColumnElement[bool]:
    """Return a condition for which the index of a column is no way to the rows.

    SQLite takes any index that it can, also one under whose only value all rows lie, and sorts them afterwards.
    """
    plain = _Plain(column)

    def replace(element: ExternallyTraversible, **_how: object) -> ExternallyTraversible | None:
        return plain if element is column else None

    return replacement_traverse(condition, {}, replace)


def put(link: sa.Connection, table: sa.Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a row, or these values of it where it is there already."""
    insert = sqlite.insert if link.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values({**keys, **values})
    link.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=dict(values)))


def add_up(link: sa.Connection, table: sa.Table, keys: Mapping[str, Any], column: str, amount: int) -> None:
    """Add to a count, never below nothing; begin it where the row is missing."""
    insert = sqlite.insert if link.dialect.name == "sqlite" else postgresql.insert
    total = table.c[column] + amount
    statement = insert(table).values({**keys, column: max(0, amount)})
    floored = sa.case((total < 0, 0), else_=total)
    link.execute(statement.on_conflict_do_update(index_elements=list(keys), set_={column: floored}))
