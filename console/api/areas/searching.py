"""Looking for a number, a name or words in everything that the caller sees and the key is for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from casework.desk import Desk
from casework.search import search
from console.api.calls import Call
from console.api.routing import HasCall, Routes
from console.api.shown import Shown
from core.access.permissions import Permission
from core.access.scopes import Area, is_within

router = Routes(Area.SEARCH, Permission.SEARCH)
# What the scope of a key must cover for the kind to be looked through; a kind that is not here is for sessions only.
AREAS = {
    "cases": Area.CASES, "papers": Area.FINDINGS, "documents": Area.DOCUMENTS,
    "campaigns": Area.CAMPAIGNS, "units": Area.UNITS,
    "people": Area.PEOPLE, "leads": Area.LEADS, "matters": Area.MATTERS, "referrals": Area.REFERRALS,
}  # fmt: skip


class HitShown(Shown):
    """One row that was found; `address` is that of its page."""

    address: str
    title: str
    number: str
    more: str
    exact: bool


class Found(Shown):
    """The first hits of one kind; `more` tells that there are others."""

    key: str
    name: str
    hits: list[HitShown]
    more: bool


class Results(Shown):
    """What was found, by kind."""

    groups: list[Found]


@router.read("/search", Results)
def search_everything(
    call: HasCall,
    q: Annotated[str, Query(max_length=60, description="至少两个字 / two letters at least")] = "",
) -> Response:
    """检索：编号、名称、问题 / look for a number, a name, words"""

    def show(desk: Desk) -> Results:
        groups = [one for one in search(desk, q) if _is_for(call, one.key)]
        return Results(groups=[Found.model_validate(one) for one in groups])

    return call.read(show)


def _is_for(call: Call, key: str) -> bool:
    if call.scopes is None:
        return True
    area = AREAS.get(key)
    return area is not None and is_within(call.scopes, area, write=False)
