"""What the address of a list asks for: its filters, and which page or leaf of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from casework.leaves import read_number
from casework.paging import Cursor

NOTHING: Mapping[str, str] = {}


async def query_of(request: Request) -> Mapping[str, str]:
    """Return what stands behind the question mark of an address."""
    return dict(request.query_params)


async def cursor_of(request: Request) -> Cursor | None:
    """Return the place at which a page begins, None for the first one; raise InvalidInput for what is none."""
    return Cursor.read(request.query_params.get("page", ""))


async def leaf_of(request: Request) -> int:
    """Return the number of a leaf; raise InvalidInput for what is none."""
    return read_number(request.query_params.get("page", ""))


HasQuery = Annotated[Mapping[str, str], Depends(query_of)]
HasCursor = Annotated[Cursor | None, Depends(cursor_of)]
HasLeaf = Annotated[int, Depends(leaf_of)]
