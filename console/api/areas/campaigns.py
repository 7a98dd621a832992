"""Campaigns: planned, approved, opened, closed; what they stand on, and how far they are."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.callingoff import call_off_campaign
from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.campaignrows import plan_of
from casework.inspection.campaigns import approve_campaign, close_campaign, open_campaign, plan_campaign
from casework.inspection.milestones import finish_milestone, list_milestones
from casework.inspection.plandrafts import write_plan
from casework.inspection.references import approve_exception, refer_to_plan
from casework.listings.inspections import campaign_as_seen, campaigns_page
from casework.listings.keyset import cut
from casework.listings.offices import require_office
from console.api.areas.rulefiles import told_as_input
from console.api.bodies import Deed, Making, first_of, need_file, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.campaign.campaignparts import Joint

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_VIEW)
PLAN, DECIDE = Permission.CAMPAIGN_PLAN, Permission.CAMPAIGN_DECIDE
YAML = "application/yaml"


class CampaignLine(Shown):
    """A campaign in a list."""

    code: str
    title: str
    kind: str
    line: str
    state: str
    period_from: date
    period_to: date
    opened_on: date | None
    closed_on: date | None


class PlannedVisit(Shown):
    """A visit as its campaign tells it."""

    id: int
    unit: str
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    place: str
    team: list[str]
    items: list[str]
    reasons: list[str]


class Warned(Shown):
    """Something that speaks against the plan as it stands."""

    code: str
    unit: str
    number: int
    text: str
    others: list[str]


class CampaignShown(Shown):
    """A campaign with its visits; `original` and `cases` are what a look-back goes back to."""

    code: str
    title: str
    kind: str
    line: str
    state: str
    hidden: bool
    theme: str | None
    month: str | None
    reference: str = Field(description="列入哪份年度计划，或者例外的理由 / the yearly plan it stands on")
    joint: Joint | None
    original: list[str]
    cases: list[str]
    visits: list[PlannedVisit]
    warnings: list[Warned]
    rules_sha256: str


class MilestoneShown(Shown):
    """A day by which something of a campaign is to be reached; `left_workdays` is null once it was."""

    code: str
    name: str
    due_on: date | None
    provisional: bool
    done_on: date | None
    done_by: str | None
    light: str
    light_word: str
    left_workdays: int | None
    late_workdays: int | None
    text: str
    who: str
    shared: bool
    note: str


def campaign(code: str) -> Show:
    """Show a campaign as the caller sees it."""
    return lambda desk: CampaignShown.model_validate(campaign_as_seen(desk, code))


class NewCampaign(Making):
    """由批次文件编制；文件以 files 一项附上 / a plan from its file, which comes as the one file"""

    def make(self, desk: Desk) -> str:
        with told_as_input():
            return plan_campaign(desk, need_file(self.enclosed, "批次文件（YAML）")).code


class OnCampaign(Deed):
    """An act on a campaign that the caller sees."""

    def see(self, desk: Desk, key: str) -> None:
        open_campaign_file(desk, key)


class Approve(OnCampaign):
    """批准督察方案，可附签批件 / approve the plan, with the signed scan"""

    def do(self, desk: Desk, key: str) -> object:
        return approve_campaign(desk, key, first_of(self.enclosed))


class Open(OnCampaign):
    """启动批次；有提醒未处理的须写明理由 / open it; a reason where warnings remain"""

    reason: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return open_campaign(desk, key, self.reason)


class Close(OnCampaign):
    """办结批次 / close it"""

    def do(self, desk: Desk, key: str) -> object:
        return close_campaign(desk, key)


class CallOff(OnCampaign):
    """取消尚未启动的批次 / call it off before it opens"""

    reason: str

    def do(self, desk: Desk, key: str) -> object:
        return call_off_campaign(desk, key, self.reason)


class Refer(OnCampaign):
    """写明列入哪份年度计划，可附文件 / say which yearly plan it stands on"""

    document: str
    number: str = ""
    item: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return refer_to_plan(desk, key, self.document, self.number, self.item, first_of(self.enclosed))


class Except(OnCampaign):
    """批准作为年度计划的例外开展，可附签批件 / approve it as an exception from the yearly plan"""

    reason: str

    def do(self, desk: Desk, key: str) -> object:
        return approve_exception(desk, key, self.reason, first_of(self.enclosed))


class MilestoneDone(OnCampaign):
    """登记节点完成 / note that a milestone was reached"""

    milestone: str
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return finish_milestone(desk, key, self.milestone, on=self.on, note=self.note)


@router.read("/campaigns", Listing[CampaignLine])
def list_campaigns(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """督察批次，按编码 / campaigns, by code"""
    return call.page(CampaignLine, lambda desk: campaigns_page(desk, after, limit, state=state))


@router.make("/campaigns", CampaignShown, PLAN)
def plan_a_campaign(call: HasCall, sent: Annotated[Any, takes(NewCampaign, files=1)]) -> Response:
    """由批次文件（YAML）编制批次 / plan a campaign from its file"""
    return call.make(sent, campaign)


@router.read("/campaigns/{code}", CampaignShown)
def read_campaign(call: HasCall, code: Code) -> Response:
    """一个批次：督察记录、提醒、规则校验值 / one campaign with its visits"""
    return call.read(campaign(code))


@router.read("/campaigns/{code}/campaign.yaml", None, file=YAML)
def read_campaign_file(call: HasCall, code: Code) -> Response:
    """督察方案的批次文件 / the plan as a campaign file"""
    with call.desk() as desk:
        require_office(desk, "读取督察方案")
        told = plan_of(open_campaign_file(desk, code)).model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude_defaults=True
        )
    return attachment(write_plan(told).encode(), f"{code}.yaml", YAML)


@router.act("/campaigns/{code}/approve", CampaignShown, DECIDE)
def approve_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Approve, files=1)]) -> Response:
    """批准督察方案，附签批件 / approve, with the scanned approval"""
    return call.deed(sent, code, campaign)


@router.act("/campaigns/{code}/open", CampaignShown, PLAN)
def open_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Open)]) -> Response:
    """启动批次：冻结规则，起草督察通知 / open: rules freeze, notices are drafted"""
    return call.deed(sent, code, campaign)


@router.act("/campaigns/{code}/close", CampaignShown, DECIDE)
def close_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Close)]) -> Response:
    """办结批次 / close"""
    return call.deed(sent, code, campaign)


@router.act("/campaigns/{code}/call-off", CampaignShown, DECIDE)
def call_off_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(CallOff)]) -> Response:
    """取消尚未启动的批次 / call off before it opens"""
    return call.deed(sent, code, campaign)


@router.act("/campaigns/{code}/reference", CampaignShown, PLAN)
def refer_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Refer, files=1)]) -> Response:
    """写明年度计划依据 / say which yearly plan it stands on"""
    return call.deed(sent, code, campaign)


@router.act("/campaigns/{code}/exception", CampaignShown, DECIDE)
def except_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Except, files=1)]) -> Response:
    """批准例外开展 / approve it outside the yearly plan"""
    return call.deed(sent, code, campaign)


@router.read("/campaigns/{code}/milestones", Listing[MilestoneShown])
def read_milestones(call: HasCall, code: Code, after: After = "", limit: Limit = 50) -> Response:
    """批次的节点 / the milestones of a campaign"""

    def find(desk: Desk) -> Any:
        require_office(desk, "查看节点")
        open_campaign_file(desk, code)
        return cut(list_milestones(desk, code), after, limit, lambda one: one["code"])

    return call.page(MilestoneShown, find)


@router.act("/campaigns/{code}/milestones", CampaignShown)
def finish_a_milestone(call: HasCall, code: Code, sent: Annotated[Any, takes(MilestoneDone)]) -> Response:
    """登记节点完成 / note that a milestone was reached"""
    return call.deed(sent, code, campaign)
