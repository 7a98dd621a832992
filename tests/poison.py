"""Rows that the database refuses to write, on either database: what a broken page or a hand in the database does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Poison:
    """How a row is poisoned and mended; `noted` when a case can still say why it was set aside."""

    put: Callable[[sa.Connection, int], None]
    take: Callable[[sa.Connection, int], None]
    noted: bool = True


def refuse(table: str, key: str, event: str, only: str = "") -> Poison:
    """Return a trigger that refuses what is written about one thing; `only` where a further condition holds."""

    def put(link: sa.Connection, number: int) -> None:
        when = f"NEW.{key} = {number}" + (f" AND {only}" if only else "")
        if link.dialect.name == "sqlite":
            link.exec_driver_sql(
                f"CREATE TRIGGER poison BEFORE {event} ON {table} WHEN {when} "
                "BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
            )
            return
        link.exec_driver_sql(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$"
        )
        link.exec_driver_sql(
            f"CREATE TRIGGER poison BEFORE {event} ON {table} FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION poison()"
        )

    def take(link: sa.Connection, _number: int) -> None:
        lite = link.dialect.name == "sqlite"
        link.exec_driver_sql("DROP TRIGGER poison" if lite else f"DROP TRIGGER poison ON {table}")
        if not lite:
            link.exec_driver_sql("DROP FUNCTION poison()")

    return Poison(put, take, noted=table != "rectification")
