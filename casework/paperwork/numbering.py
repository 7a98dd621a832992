"""Document numbers (文号): gapless per series and year, taken in the transaction that signs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.base import table_of
from models.document import NumberSeries


def take_number(session: Session, office_id: int, series: str, year: int) -> int:
    """Return the next serial of a series and year; a rollback gives it back, so there are no gaps.

    The counter row is locked until the caller commits. source: 党政机关公文格式 (no leading zero, no 第)
    """
    serial = _count_up(session, office_id, series, year)
    if serial is not None:
        return serial
    try:
        with session.begin_nested():
            session.connection().execute(
                sa.insert(table_of(NumberSeries)).values(
                    office_id=office_id, series=series, year=year, last=0
                )
            )
    except IntegrityError:
        pass  # somebody else has just started the series; the count below takes the next of theirs
    serial = _count_up(session, office_id, series, year)
    assert serial is not None
    return serial


def _count_up(session: Session, office_id: int, series: str, year: int) -> int | None:
    counter = table_of(NumberSeries)
    statement = (
        sa.update(counter)
        .where(counter.c.office_id == office_id, counter.c.series == series, counter.c.year == year)
        .values(last=counter.c.last + 1)
        .returning(counter.c.last)
    )
    found: int | None = session.connection().execute(statement).scalar_one_or_none()
    return found


def write_number(code_text: str, year: int, serial: int) -> str:
    """Return the number as it is printed, with hexagonal brackets: 示法督〔2026〕7号."""
    return f"{code_text}〔{year}〕{serial}号"
