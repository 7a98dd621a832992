"""What all tables share: STRICT columns on SQLite, named constraints, checks on codes.

Table models do not validate what they are given, so every rule that must hold sits in the database: CHECK, UNIQUE
and foreign keys. Codes are stored as English text with a CHECK, never as a native enum.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, Dialect, Index, Integer, String, Table, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import Boolean, Date, DateTime, Float, LargeBinary, TypeDecorator, TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
STRICT: dict[str, Any] = {"sqlite_strict": True}


# SQLite's STRICT tables know TEXT, INTEGER, REAL and BLOB only; SQLAlchemy would write VARCHAR, DATE and so on.
@compiles(String, "sqlite")
@compiles(AutoString, "sqlite")
@compiles(Date, "sqlite")
@compiles(DateTime, "sqlite")
def _as_text(*_args: object, **_kwargs: object) -> str:
    return "TEXT"


@compiles(Boolean, "sqlite")
def _as_integer(*_args: object, **_kwargs: object) -> str:
    return "INTEGER"


@compiles(Float, "sqlite")
def _as_real(*_args: object, **_kwargs: object) -> str:
    return "REAL"


@compiles(LargeBinary, "sqlite")
def _as_blob(*_args: object, **_kwargs: object) -> str:
    return "BLOB"


EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An instant, aware and in UTC; on SQLite the microseconds since 1970: eight bytes where text takes twenty-six.

    For tables with a row for each act; elsewhere instants are text, which a person can read in the database.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        return (value - EPOCH) // MICROSECOND if value and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        told: datetime = EPOCH + value * MICROSECOND if dialect.name == "sqlite" else value
        return told.astimezone(UTC)


def one_of(column: str, codes: Iterable[str], *, nullable: bool = False) -> CheckConstraint:
    """Return a CHECK that a column holds one of the codes (or NULL)."""
    listed = ", ".join(f"'{code}'" for code in codes)
    text = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {text}" if nullable else text, name=f"{column}_code")


def check(name: str, text: str) -> CheckConstraint:
    """Return a named CHECK."""
    return CheckConstraint(text, name=name)


def only_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return a named index of the rows under a condition, for both databases."""
    said = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=said, postgresql_where=said)


def table_of(model: type[SQLModel]) -> Table:
    """Return the Core table of a model, for bulk reads and writes."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel's metaclass, unknown to its stubs
    return table


class Stored(Protocol):
    """A row whose key the database gives."""

    @property
    def id(self) -> int | None: ...


def key_of(row: Stored) -> int:
    """Return the key of a stored row."""
    if row.id is None:
        raise LookupError("the row has not been stored yet")
    return row.id
