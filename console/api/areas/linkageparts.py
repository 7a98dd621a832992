"""What the matters of the compartment have in common: points that are asked for, files, and ending a point."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from casework.desk import Desk
from casework.linkage.linkageitems import NewItem
from casework.linkage.looking import finish_item
from console.api.bodies import Body, Deed
from console.api.shown import Shown


class PointShown(Shown):
    """Something left to be done, and what became of it."""

    position: int
    text: str
    owner: str
    due_on: date | None
    state: str
    done: str | None
    done_on: date | None


class KeptShown(Shown):
    """A file kept with a matter."""

    id: int
    name: str
    size: int
    act: str
    by: str
    on: date


class Point(Body):
    """Something that is to be done; it becomes a task of its owner."""

    text: str
    owner: str = ""
    due_on: date | None = None


def points(given: list[Point]) -> list[NewItem]:
    """Return points as the verbs take them."""
    return [NewItem(one.text, one.owner, one.due_on) for one in given]


class Finish(Deed):
    """登记一项事项的落实 / end one point with what was done"""

    subject: ClassVar[str]
    act: Literal["item"]
    position: int = Field(ge=1, le=1000)
    note: str

    def do(self, desk: Desk, key: int) -> None:
        finish_item(desk, self.subject, key, self.position, self.note)
