"""Campaigns: planned, approved, opened, closed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.callingoff import call_off_campaign
from casework.inspection.campaigns import approve_campaign, close_campaign, open_campaign, plan_campaign
from casework.inspection.milestones import finish_milestone
from casework.listings.inspections import campaign_as_seen, campaigns_page, seen_campaign
from console.api.bodies import Body, Nothing, Sent, takes
from console.api.routing import After, Code, HasCall, Limit, Listing, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import InvalidInput

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_VIEW)


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
    reference: dict[str, Any] | None
    joint: dict[str, Any] | None
    original: list[str]
    cases: list[Any]
    visits: list[PlannedVisit]
    warnings: list[dict[str, Any]]
    rules_sha256: str


class Reasoned(Body):
    """An act with its reason."""

    reason: str = ""


class MilestoneDone(Body):
    """That a milestone was reached."""

    milestone: str
    on: date | None = None
    note: str = ""


def _campaign(code: str) -> Any:
    return lambda desk: CampaignShown.model_validate(campaign_as_seen(desk, code))


@router.read("/campaigns", Listing[CampaignLine])
def list_campaigns(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """督察批次 / campaigns, by code"""

    def show(desk: Desk) -> Listing[CampaignLine]:
        found = campaigns_page(desk, after, limit, state=state)
        return Listing(items=[CampaignLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.read("/campaigns/{code}", CampaignShown)
def read_campaign(call: HasCall, code: Code) -> Response:
    """一个批次：督察记录、提醒、规则校验值 / one campaign with its visits"""
    return call.read(_campaign(code))


@router.act("/campaigns", CampaignShown, Permission.CAMPAIGN_PLAN, status=201)
def plan_a_campaign(call: HasCall, sent: Annotated[Sent[Nothing], takes(Nothing, files=1)]) -> Response:
    """由批次文件（YAML）编制批次 / plan a campaign from its file"""
    file = sent.file
    if file is None:
        raise InvalidInput("没有批次文件", found="空", expected="一个 YAML 文件", remedy="以 files 一项附上")
    return call.create(sent.whole, lambda desk: _campaign(plan_campaign(desk, file).code)(desk))


@router.act("/campaigns/{code}/approve", CampaignShown, Permission.CAMPAIGN_DECIDE)
def approve_a_campaign(
    call: HasCall, code: Code, sent: Annotated[Sent[Nothing], takes(Nothing, files=1)]
) -> Response:
    """批准督察方案，附签批件 / approve, with the scanned approval"""
    return call.change(
        sent.whole, _on(code, lambda desk: approve_campaign(desk, code, sent.file)), _campaign(code)
    )


@router.act("/campaigns/{code}/open", CampaignShown, Permission.CAMPAIGN_PLAN)
def open_a_campaign(call: HasCall, code: Code, sent: Annotated[Sent[Reasoned], takes(Reasoned)]) -> Response:
    """启动批次：冻结规则，起草督察通知 / open: rules freeze, notices are drafted"""
    verb = _on(code, lambda desk: open_campaign(desk, code, sent.body.reason))
    return call.change(sent.whole, verb, _campaign(code))


@router.act("/campaigns/{code}/close", CampaignShown, Permission.CAMPAIGN_PLAN)
def close_a_campaign(call: HasCall, code: Code, sent: Annotated[Sent[Nothing], takes(Nothing)]) -> Response:
    """办结批次 / close"""
    return call.change(sent.whole, _on(code, lambda desk: close_campaign(desk, code)), _campaign(code))


@router.act("/campaigns/{code}/call-off", CampaignShown, Permission.CAMPAIGN_PLAN)
def call_off_a_campaign(
    call: HasCall, code: Code, sent: Annotated[Sent[Reasoned], takes(Reasoned)]
) -> Response:
    """取消尚未启动的批次 / call off before it opens"""
    verb = _on(code, lambda desk: call_off_campaign(desk, code, sent.body.reason))
    return call.change(sent.whole, verb, _campaign(code))


@router.act("/campaigns/{code}/milestones", CampaignShown, Permission.CAMPAIGN_PLAN)
def finish_a_milestone(
    call: HasCall, code: Code, sent: Annotated[Sent[MilestoneDone], takes(MilestoneDone)]
) -> Response:
    """登记节点完成 / note that a milestone was reached"""
    body = sent.body
    verb = _on(code, lambda desk: finish_milestone(desk, code, body.milestone, on=body.on, note=body.note))
    return call.change(sent.whole, verb, _campaign(code))


def _on(code: str, verb: Any) -> Any:
    """Return a verb that is only done on a campaign the actor sees."""

    def done(desk: Desk) -> Any:
        seen_campaign(desk, code)
        return verb(desk)

    return done
