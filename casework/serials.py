"""Running numbers of things that are no documents (线索〔2026〕1号), taken one after the other within a year."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from models.base import table_of
from models.incoming import Incoming
from models.lead import Lead
from models.meeting import Meeting
from models.organisation import Office

Numbered = type[Lead] | type[Incoming] | type[Meeting]


def next_serial(desk: Desk, model: Numbered, year: int) -> int:
    """Return the next number of a year; the office's row is held, so that no other transaction takes the same."""
    office = table_of(Office)
    desk.session.connection().execute(
        sa.select(office.c.id).where(office.c.id == desk.office_id).with_for_update()
    )
    query = select(sa.func.max(col(model.serial))).where(
        col(model.office_id) == desk.office_id, col(model.year) == year
    )
    return (desk.session.exec(query).one() or 0) + 1


def write_serial(word: str, year: int, serial: int) -> str:
    """Return e.g. 线索〔2026〕1号."""
    return f"{word}〔{year}〕{serial}号"
