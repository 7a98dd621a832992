"""One after the other: two people who act on the same thing at once, where the database lets both of them read it.

SQLite gives a desk that writes the whole database, so nothing is to be done there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import SQLModel

from casework.desk import Desk
from core.errors import Refused
from models.base import table_of

ModelT = TypeVar("ModelT", bound=SQLModel)


def take_turn(desk: Desk, name: str) -> None:
    """Wait until nobody else is at the same thing, which is then this desk's until its transaction ends.

    name   tells the thing within the office, such as `case 17`
    """
    connection = desk.session.connection()
    if connection.dialect.name == "postgresql":
        lock = sa.func.hashtext(f"{desk.office_id} {name}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


def hold_row(desk: Desk, model: type[ModelT], key: int) -> ModelT:
    """Return a row as it is now, also where it was read before; nobody else changes it until this transaction ends."""
    return desk.session.get_one(model, key, with_for_update=True, populate_existing=True)


def note_held(desk: Desk, rows: Iterable[Any]) -> None:
    """Note rows that were read and locked in one statement: until this transaction ends nobody moves them on."""
    desk.held.update((type(row), row.id) for row in rows)


def require_current(desk: Desk, row: Any) -> None:
    """Hold a row for a change of its state; raise Refused where it moved on after this desk had read it."""
    if desk.session.connection().dialect.name != "postgresql" or (type(row), row.id) in desk.held:
        return
    table = table_of(type(row))
    read = sa.inspect(row).committed_state.get("state", row.state)  # before moves that were not written yet
    stored = sa.select(table.c.state).where(table.c.id == row.id).with_for_update()
    found = desk.session.connection().execute(stored).scalar()
    if found not in (read, None):  # None: this desk has just made the row
        raise Refused(
            "另一人同时办理了这件事，您的操作没有办理",
            found=f"状态已由 {read} 变为 {found}",
            expected="打开页面时的状态",
            remedy="核对现在的情况后重新办理",
        )
