"""Keyset paging: a page is found by the row it follows or precedes, so that page 500 costs as much as page 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from core.errors import InvalidInput

RowT = TypeVar("RowT")
OtherT = TypeVar("OtherT")
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
    """One page of rows, with the cursors of its neighbours; None at either end.

    is_first   whether it is the page of an address without a cursor
    """

    rows: tuple[RowT, ...]
    previous: Cursor | None
    next: Cursor | None
    is_first: bool = True

    def showing(self, rows: Sequence[OtherT]) -> Page[OtherT]:
        """Return the same page with what stands for its rows."""
        return Page(tuple(rows), self.previous, self.next, self.is_first)


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
    if cursor is not None:
        query = query.where(_beyond(day, key, cursor, ascending))
    found = [(row.id, row.day) for row in connection.execute(_first_rows(query, day, key, ascending))]
    return page_of(found, cursor, lambda row: (row[1], row[0]))


def _first_rows(
    query: sa.Select[Any], day: sa.ColumnElement[Any], key: sa.ColumnElement[Any], ascending: bool
) -> sa.Select[Any]:
    """Return the first rows of a query and one more.

    Rows with a day and those without one are asked for apart: so the index on the day is read in its order and only
    as far as the page goes, which an order by "has no day, day" does not allow.
    """
    parts = []
    for dayless, known in ((0, day.is_not(None)), (1, day.is_(None))):
        order = [column if ascending else column.desc() for column in (day, key)]
        rows = query.with_only_columns(
            key.label("id"), day.label("day"), sa.literal(dayless).label("dayless")
        )
        first = rows.where(known).order_by(*order).limit(PAGE_ROWS + 1).subquery()
        parts.append(sa.select(first))
    both = sa.union_all(*parts).subquery()
    columns = (both.c.dayless, both.c.day, both.c.id)
    order = [column if ascending else column.desc() for column in columns]
    return sa.select(both.c.id, both.c.day).order_by(*order).limit(PAGE_ROWS + 1)


def page_of(
    found: Sequence[RowT], cursor: Cursor | None, place: Callable[[RowT], tuple[date | None, int]]
) -> Page[RowT]:
    """Return the page that rows make which were read from a cursor in its direction.

    found   one more than a page holds where there are more
    place   the day and the number by which a row is found again
    """
    forward = cursor is None or cursor.forward
    more, rows = len(found) > PAGE_ROWS, list(found[:PAGE_ROWS])
    if not forward:
        rows.reverse()
    if not rows:
        return Page((), None, None, cursor is None)
    before, after = (cursor is not None, more) if forward else (more, True)
    return Page(
        tuple(rows),
        Cursor(False, *place(rows[0])) if before else None,
        Cursor(True, *place(rows[-1])) if after else None,
        cursor is None,
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
