"""Lists asked of the units of a campaign, and what came back of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.inquiries import ask_units, withdraw_list
from casework.inspection.inquirypages import inquiries_for, list_in_sight, unit_to_ask
from casework.inspection.inquiryreturns import return_items
from casework.inspection.inquiryviews import show_inquiry
from casework.listings.keyset import Slice, cut
from console.api.areas.campaigns import CampaignShown, OnCampaign, campaign
from console.api.bodies import Deed, first_of, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Number, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.campaign.campaignparts import AskedItem

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_VIEW)


class ListLine(Shown):
    """A list asked of a unit."""

    id: int
    unit: str
    unit_name: str
    kind: str
    title: str
    number: int
    state: str
    state_word: str
    asked_on: date
    due_on: date
    provisional: bool
    returned_on: date | None
    late: bool
    late_workdays: int


class Came(Shown):
    """What came back at one time."""

    on: date
    count: int
    by: str
    note: str
    late: bool
    sha256: str | None


class AskedThing(Shown):
    """One thing of a list."""

    place: int
    asked: str
    count: int
    returned: int
    returns: list[Came]


class ListShown(ListLine):
    """A list with its things and what came back of each."""

    items: list[AskedThing]


class AskList(OnCampaign):
    """向一个或者全部单位提出清单 / ask one unit, or all, for a list of things"""

    kind: str
    unit: str = Field("", description="空为全部单位 / empty for all")
    items: list[AskedItem] = Field(default_factory=list, max_length=200)
    due_on: date | None = None

    def do(self, desk: Desk, key: str) -> object:
        unit = unit_to_ask(desk, open_campaign_file(desk, key), self.unit)
        return ask_units(desk, key, self.kind, unit=unit, items=self.items, due_on=self.due_on)


class OnList(Deed):
    """An act on one list of a campaign; the key is the code of the campaign and the number of the list."""

    def see(self, desk: Desk, key: tuple[str, int]) -> None:
        list_in_sight(desk, open_campaign_file(desk, key[0]), key[1])


class ReturnList(OnList):
    """登记交回；不写 counts 的为全部交回 / note what came back: without counts all of it"""

    act: Literal["return"]
    counts: dict[int, int] = Field(default_factory=dict, description="{第几项: 份数} / {place: how many}")
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: tuple[str, int]) -> object:
        return return_items(
            desk, key[1], self.counts, on=self.on, note=self.note, file=first_of(self.enclosed)
        )


class WithdrawList(OnList):
    """撤回清单 / take a list back"""

    act: Literal["withdraw"]
    reason: str

    def do(self, desk: Desk, key: tuple[str, int]) -> object:
        return withdraw_list(desk, key[1], self.reason)


def asked_list(key: tuple[str, int]) -> Show:
    """Show one list of a campaign."""
    return lambda desk: ListShown.model_validate(
        show_inquiry(desk, list_in_sight(desk, open_campaign_file(desk, key[0]), key[1]))
    )


@router.read("/campaigns/{code}/lists", Listing[ListLine])
def list_lists(call: HasCall, code: Code, after: After = "", limit: Limit = 50) -> Response:
    """向单位提出的清单 / lists asked of units"""

    def find(desk: Desk) -> Slice[Any]:
        return cut(inquiries_for(desk, open_campaign_file(desk, code)), after, limit, lambda one: one["id"])

    return call.page(ListLine, find)


@router.act("/campaigns/{code}/lists", CampaignShown)
def ask_for_lists(call: HasCall, code: Code, sent: Annotated[Any, takes(AskList)]) -> Response:
    """提出清单 / ask units for a list of things"""
    return call.deed(sent, code, campaign)


@router.read("/campaigns/{code}/lists/{number}", ListShown)
def read_list(call: HasCall, code: Code, number: Number) -> Response:
    """一份清单 / one list"""
    return call.read(asked_list((code, number)))


@router.act("/campaigns/{code}/lists/{number}/acts", ListShown)
def act_on_a_list(
    call: HasCall,
    code: Code,
    number: Number,
    sent: Annotated[Any, takes(ReturnList, WithdrawList, files=1)],
) -> Response:
    """登记交回，撤回 / note what came back, take it back"""
    return call.deed(sent, (code, number), asked_list)
