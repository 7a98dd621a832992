"""What units file: yearly reports and statements, the rules they made, contact points."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import cut
from casework.units.filings import list_filings, register_filing, register_institution, register_point
from console.api.bodies import Body, takes
from console.api.routing import After, HasCall, Limit, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from models.base import key_of

router = Routes(Area.UNITS, Permission.STATISTICS)


class FilingShown(Shown):
    """A yearly report or statement of a unit."""

    unit: str
    name: str
    kind: str
    year: int
    due_on: date
    filed_on: date | None
    published_on: date | None
    in_time: bool | None
    missing: bool


class FilingGiven(Body):
    """一个单位的年度报告或者述法报告 / the yearly report of a unit"""

    act: Literal["report"]
    unit: str
    kind: str
    year: int = Field(ge=1990, le=2100)
    due_on: date | None = None
    filed_on: date | None = None
    published_on: date | None = None


class RuleGiven(Body):
    """单位制定、修订的一项制度 / a rule that a unit made"""

    act: Literal["rule"]
    unit: str
    title: str
    made_on: date
    finding: str | None = None


class PointGiven(Body):
    """联系点，或者其撤销 / a contact point, or the day on which it ended"""

    act: Literal["point"]
    code: str
    name: str
    from_on: date
    until_on: date | None = None


class Registered(Shown):
    """The number of what was registered."""

    id: int


@router.read("/filings", Listing[FilingShown])
def read_filings(
    call: HasCall,
    year: Annotated[int, Query(ge=1990, le=2100, description="报告所属年度 / year")],
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """报送登记 / yearly reports and statements of units"""
    return call.page(
        FilingShown,
        lambda desk: cut(list_filings(desk, year), after, limit, lambda one: f"{one['kind']}:{one['unit']}"),
    )


@router.once("/filings", Registered)
def register_a_filing(
    call: HasCall, sent: Annotated[Any, takes(FilingGiven, RuleGiven, PointGiven)]
) -> Response:
    """登记报告、制度、联系点 / register a report, a rule, a contact point"""

    def make(desk: Desk) -> Registered:
        row: Any
        if isinstance(sent, FilingGiven):
            row = register_filing(
                desk, sent.unit, sent.kind, sent.year, due_on=sent.due_on, filed_on=sent.filed_on,
                published_on=sent.published_on,
            )  # fmt: skip
        elif isinstance(sent, RuleGiven):
            row = register_institution(desk, sent.unit, sent.title, sent.made_on, finding=sent.finding)
        else:
            row = register_point(desk, sent.code, sent.name, sent.from_on, until_on=sent.until_on)
        desk.session.flush()
        return Registered(id=key_of(row))

    return call.once(sent, make)
