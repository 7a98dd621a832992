"""Pages of a list by the last row read, so that page 500 costs as much as page 1 and no row comes twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from casework.desk import Desk
from casework.paging import Page
from core.errors import InvalidInput

RowT = TypeVar("RowT")
BIGGEST = 2**53


@dataclass(frozen=True, slots=True)
class Slice(Generic[RowT]):
    """Some rows of a list; `next` tells where the rest begins, None at the end."""

    rows: tuple[RowT, ...]
    next: str | None = None

    def told_by(self, tell: Callable[[RowT], Any]) -> Slice[Any]:
        """Return the same part of the list with its rows in other words."""
        return Slice(tuple(tell(row) for row in self.rows), self.next)


def page_by_id(
    desk: Desk, query: sa.Select[Any], key: sa.ColumnElement[int], after: str, limit: int
) -> Slice[Any]:
    """Return one page of a query by a number, the newest first; raise InvalidInput for a place that is none."""
    if after:
        if not after.isascii() or not after.isdigit() or int(after) > BIGGEST:
            raise _no_place(after)
        query = query.where(key < int(after))
    rows = desk.session.connection().execute(query.order_by(key.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    last = str(shown[-1].id) if len(rows) > limit else None
    return Slice(tuple(shown), last)


def page_by_code(
    desk: Desk, query: sa.Select[Any], key: sa.ColumnElement[str], after: str, limit: int
) -> Slice[Any]:
    """Return one page of a query by a code, in its order."""
    if after:
        query = query.where(key > after)
    rows = desk.session.connection().execute(query.order_by(key).limit(limit + 1)).all()
    shown = rows[:limit]
    return Slice(tuple(shown), shown[-1].code if len(rows) > limit else None)


def cut(rows: Sequence[RowT], after: str, limit: int, key: Callable[[RowT], object]) -> Slice[RowT]:
    """Return one page of a list that comes whole; raise InvalidInput when the row before it is gone."""
    start = 0
    if after:
        start = next((number for number, row in enumerate(rows, 1) if str(key(row)) == after), -1)
        if start < 0:
            raise _no_place(after)
    shown = rows[start : start + limit]
    return Slice(tuple(shown), str(key(shown[-1])) if len(rows) > start + limit else None)


def slice_of(page: Page[RowT]) -> Slice[RowT]:
    """Return a page of the pages' own lists as programs read it: what comes after it, and not what came before."""
    return Slice(page.rows, str(page.next) if page.next else None)


def _no_place(after: str) -> InvalidInput:
    return InvalidInput(
        "翻页位置不正确", found=after[:40], expected="前一页给出的位置", remedy="从第一页开始"
    )
