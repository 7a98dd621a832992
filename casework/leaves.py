"""One leaf of a list that people page through by number, for lists that an office has and a year does not multiply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from casework.desk import Desk
from core.errors import InvalidInput

RowT = TypeVar("RowT")
OtherT = TypeVar("OtherT")
LEAF_ROWS = 50
MOST_LEAVES = 100_000


@dataclass(frozen=True, slots=True)
class Leaf(Generic[RowT]):
    """The rows of one leaf, its number from 1, and how many rows there are altogether."""

    rows: tuple[RowT, ...]
    number: int
    total: int
    size: int = LEAF_ROWS

    def showing(self, rows: Sequence[OtherT]) -> Leaf[OtherT]:
        """Return the same leaf with what stands for its rows."""
        return Leaf(tuple(rows), self.number, self.total, self.size)

    @property
    def previous(self) -> int | None:
        """The leaf before this one; None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The leaf after this one; None on the last."""
        return self.number + 1 if self.number * self.size < self.total else None

    @property
    def last(self) -> int:
        """The number of the last leaf."""
        return max(1, -(-self.total // self.size))


def read_number(text: str) -> int:
    """Return the number of a leaf from an address; an empty text is the first; raise InvalidInput otherwise."""
    if not text:
        return 1
    if text.isascii() and text.isdigit() and 0 < int(text[:7]) <= MOST_LEAVES:
        return int(text[:7])
    raise InvalidInput("翻页位置不正确", found=text[:40], expected="页面给出的链接", remedy="回到第一页")


def cut(rows: Sequence[RowT], number: int, size: int = LEAF_ROWS) -> Leaf[RowT]:
    """Return one leaf of rows that are all there."""
    return Leaf(tuple(rows[(number - 1) * size : number * size]), number, len(rows), size)


def leaf_of(desk: Desk, query: sa.Select[Any], number: int, size: int = LEAF_ROWS) -> Leaf[Any]:
    """Return one leaf of the rows of an ordered query; two queries."""
    connection = desk.session.connection()
    total = connection.execute(
        sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    ).scalar()
    rows = connection.execute(query.limit(size).offset((number - 1) * size))
    return Leaf(tuple(rows), number, int(total or 0), size)
