"""How the types of columns are written into a migration and compared with the database."""

from __future__ import annotations

from typing import Any

OWN_TYPES = ("AutoString", "UTCDateTime")


def compare_type(here: Any, _column: Any, _wanted_column: Any, inspected: Any, wanted: Any) -> bool | None:
    """Tell whether a column's type changed; STRICT tables of SQLite know four types, so their names are compared."""
    if here.dialect.name != "sqlite":
        return None
    return bool(str(inspected) != wanted.compile(dialect=here.dialect))


def render_item(kind: str, item: Any, here: Any) -> str | bool:
    """Write SQLModel's own types by their short names; False leaves everything else to Alembic."""
    name = type(item).__name__
    if kind != "type" or name not in OWN_TYPES:
        return False
    here.imports.add(f"from sqlmodel.sql.sqltypes import {name}")
    return f"{name}()"
