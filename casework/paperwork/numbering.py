"""Document numbers (文号): gapless per series and year, taken in the transaction that signs."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.errors import InvalidInput
from models.base import table_of
from models.document import NumberSeries

NUMBERS = table_of(NumberSeries)
WRITTEN = re.compile(r"(?P<series>.+)〔(?P<year>[0-9]{4})〕(?P<serial>[1-9][0-9]{0,6})号")


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
                sa.insert(NUMBERS).values(office_id=office_id, series=series, year=year, last=0)
            )
    except IntegrityError:
        pass  # somebody else has just started the series; the count below takes the next of theirs
    serial = _count_up(session, office_id, series, year)
    assert serial is not None
    return serial


def _count_up(session: Session, office_id: int, series: str, year: int) -> int | None:
    counted = sa.update(NUMBERS).where(*_of(office_id, series, year)).values(last=NUMBERS.c.last + 1)
    statement = counted.returning(NUMBERS.c.last)
    found: int | None = session.connection().execute(statement).scalar_one_or_none()
    return found


def _of(office_id: int, series: str, year: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (NUMBERS.c.office_id == office_id, NUMBERS.c.series == series, NUMBERS.c.year == year)


def write_number(code_text: str, year: int, serial: int) -> str:
    """Return the number as it is printed, with hexagonal brackets: 示法督〔2026〕7号."""
    return f"{code_text}〔{year}〕{serial}号"


def is_number(text: str) -> bool:
    """Tell whether a text is a number as it is printed."""
    return WRITTEN.fullmatch(text.strip()) is not None


def read_number(number: str) -> tuple[str, int, int]:
    """Return series, year and serial of a number as it is printed; raise InvalidInput."""
    found = WRITTEN.fullmatch(number.strip())
    if found is None:
        raise InvalidInput(
            "文号写法不正确",
            found=number,
            expected="代字〔年〕号码号，例如 示法督〔2026〕7号",
            remedy="照文书抄写",
        )
    return found["series"], int(found["year"]), int(found["serial"])


def skip_numbers(session: Session, office_id: int, numbers: Iterable[str]) -> list[str]:
    """Let no document take a number that is out in the world already; return every number that is skipped.

    Numbers are taken without gaps, so whatever lies between the last one known and one of these was taken too.
    raises   InvalidInput for what is no number
    """
    highest: dict[tuple[str, int], int] = {}
    for series, year, serial in map(read_number, numbers):
        highest[series, year] = max(serial, highest.get((series, year), 0))
    skipped: list[str] = []
    for (series, year), top in sorted(highest.items()):
        following = take_number(session, office_id, series, year)
        changed = sa.update(NUMBERS).where(*_of(office_id, series, year))
        session.connection().execute(changed.values(last=max(top, following - 1)))
        skipped += [write_number(series, year, one) for one in range(following, top + 1)]
    return skipped
