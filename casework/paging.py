"""Keyset paging: a page is found by the row it follows or precedes, so that page 500 costs as much as page 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from core.errors import InvalidInput

RowT = TypeVar("RowT")
PAGE_ROWS = 50
_CURSOR = re.compile(r"(after|before):(\d{4}-\d{2}-\d{2}|none):(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row next to which a page lies: rows after it, or before it."""

    forward: bool
    day: date | None
    id: int

    def __str__(self) -> str:
        return f"{'after' if self.forward else 'before'}:{self.day.isoformat() if self.day else 'none'}:{self.id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; an empty text is the first page; raise InvalidInput otherwise."""
        if not text:
            return None
        match = _CURSOR.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            day = None if match[2] == "none" else date.fromisoformat(match[2])
            return cls(match[1] == "after", day, int(match[3]))
        except ValueError:
            raise InvalidInput(
                "翻页位置不正确", found=text[:40], expected="页面给出的链接", remedy="回到第一页"
            ) from None


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One page of rows, with the cursors of its neighbours; None at either end."""

    rows: tuple[RowT, ...]
    previous: Cursor | None
    next: Cursor | None


def page_keys(
    connection: sa.Connection,
    query: sa.Select[Any],
    day: sa.ColumnElement[Any],
    key: sa.ColumnElement[Any],
    cursor: Cursor | None,
    *,
    newest_first: bool = False,
) -> Page[tuple[int, date | None]]:
    """Return the (id, day) pairs of one page of a query that selects just these two; one query.

    Rows come by day, those without a day last, then by id; `newest_first` turns everything round.
    """
    forward = cursor is None or cursor.forward
    ascending = forward != newest_first
    order = [day.is_(None), day, key]
    if cursor is not None:
        query = query.where(_beyond(day, key, cursor, ascending))
    query = query.order_by(*(column if ascending else column.desc() for column in order)).limit(PAGE_ROWS + 1)
    found = [(row[0], row[1]) for row in connection.execute(query)]
    more, rows = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if not forward:
        rows.reverse()
    has_next = more if forward else True
    has_previous = cursor is not None if forward else more
    return _page(rows, has_previous, has_next)


def _page(
    rows: Sequence[tuple[int, date | None]], has_previous: bool, has_next: bool
) -> Page[tuple[int, date | None]]:
    if not rows:
        return Page((), None, None)
    (first, first_day), (last, last_day) = rows[0], rows[-1]
    return Page(
        tuple(rows),
        Cursor(False, first_day, first) if has_previous else None,
        Cursor(True, last_day, last) if has_next else None,
    )


def _beyond(
    day: sa.ColumnElement[Any], key: sa.ColumnElement[Any], cursor: Cursor, ascending: bool
) -> sa.ColumnElement[bool]:
    if ascending:
        if cursor.day is None:
            return sa.and_(day.is_(None), key > cursor.id)
        return sa.or_(day > cursor.day, sa.and_(day == cursor.day, key > cursor.id), day.is_(None))
    if cursor.day is None:
        return sa.or_(day.is_not(None), key < cursor.id)
    return sa.or_(day < cursor.day, sa.and_(day == cursor.day, key < cursor.id))
