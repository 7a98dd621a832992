"""What the interface shows: models that name every value, and pages of a list."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

RowT = TypeVar("RowT")


class Shown(BaseModel):
    """Something the interface shows: the names of its model and no others, whatever the row beneath holds."""

    model_config = ConfigDict(extra="ignore", from_attributes=True, populate_by_name=True)


class Listing(Shown, Generic[RowT]):
    """One page of a list in a fixed order; `next` goes into `after` of the next call, and is null on the last page."""

    items: list[RowT]
    next: str | None = Field(None, description="下一页的位置 / where the next page begins")
