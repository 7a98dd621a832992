"""What is done within a campaign: letters and members of teams, scope, joint findings, lists, workbooks, reports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.jointly import list_joint_findings, show_finding_to
from casework.inspection.scopechanges import (
    approve_scope_change,
    list_scope_changes,
    refuse_scope_change,
    request_scope_change,
    withdraw_scope_change,
)
from casework.inspection.visitfile import open_visit
from casework.listings.keyset import Slice, cut
from casework.listings.offices import require_office
from casework.staff.authorising import authorise_teams
from casework.staff.teams import replace_member
from console.api.areas.campaigns import DECIDE, PLAN, CampaignShown, OnCampaign, campaign
from console.api.bodies import Body, Key, first_of, takes
from console.api.routing import After, Code, HasCall, Limit, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.campaign.scope import ScopeWish
from core.errors import NotFound
from models.base import key_of

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_VIEW)


class Lettered(Shown):
    """The letters of authorisation that were drafted."""

    documents: list[int]


class LettersWanted(Body):
    """起草授权书；不写 visit 的为全部缺少授权书的督察 / letters for one visit, or for all without one"""

    visit: Key | None = None


class NewMember(OnCampaign):
    """更换督察组成员 / put somebody in a member's place"""

    visit: Key
    out: str
    into: str
    reason: str
    declaration: int | None = Field(
        None, ge=1, le=2**31 - 1, description="据以回避的申报 / the accepted declaration"
    )

    def do(self, desk: Desk, key: str) -> object:
        if open_visit(desk, self.visit).campaign.code != key:
            raise _no_visit(self.visit)
        return replace_member(
            desk, self.visit, self.out, self.into, self.reason, declaration=self.declaration
        )


def _no_visit(number: int) -> NotFound:
    return NotFound("没有这次督察", found=str(number), expected="本批次的督察编号", remedy="见批次的 visits")


class ScopeAsked(Shown):
    """What a change of scope adds and drops."""

    add_units: list[str] = Field(default_factory=list)
    drop_units: list[str] = Field(default_factory=list)
    add_items: list[str] = Field(default_factory=list)
    drop_items: list[str] = Field(default_factory=list)
    period_from: date | None = None
    period_to: date | None = None


class ScopeChangeShown(Shown):
    """A change of the scope of a campaign, asked and decided."""

    number: int
    what: list[str]
    words: str
    change: ScopeAsked
    reason: str
    state: str
    state_word: str
    asked_by: str
    asked_on: date
    decided_by: str | None
    decided_on: date | None
    note: str | None


class OnScope(OnCampaign):
    """An act on the scope of a campaign; only who sees the office may."""

    def see(self, desk: Desk, key: str) -> None:
        require_office(desk, "变更督察范围")
        super().see(desk, key)


class AskScope(OnScope):
    """申请变更范围；批准前一切照旧 / ask for a change; nothing changes before it is approved"""

    act: Literal["ask"]
    add_units: list[str] = Field(default_factory=list)
    drop_units: list[str] = Field(default_factory=list)
    add_items: list[str] = Field(default_factory=list, description="目录:事项 / catalogue:item")
    drop_items: list[str] = Field(default_factory=list)
    period_from: date | None = None
    period_to: date | None = None
    reason: str

    def do(self, desk: Desk, key: str) -> object:
        wish = ScopeWish(
            tuple(self.add_units), tuple(self.drop_units), tuple(self.add_items), tuple(self.drop_items),
            self.period_from, self.period_to,
        )  # fmt: skip
        return request_scope_change(desk, key, wish, self.reason)


class ApproveScope(OnScope):
    """批准范围变更，附签批件；由主任 / approve, with the signed scan; by the director"""

    needs: ClassVar[Permission | None] = DECIDE
    act: Literal["approve"]
    number: int = Field(ge=1, le=10_000)

    def do(self, desk: Desk, key: str) -> object:
        return approve_scope_change(desk, key, self.number, first_of(self.enclosed))


class RefuseScope(OnScope):
    """不批准范围变更；由主任 / refuse; by the director"""

    needs: ClassVar[Permission | None] = DECIDE
    act: Literal["refuse"]
    number: int = Field(ge=1, le=10_000)
    note: str

    def do(self, desk: Desk, key: str) -> object:
        return refuse_scope_change(desk, key, self.note, self.number)


class WithdrawScope(OnScope):
    """撤回范围变更 / take a change back"""

    act: Literal["withdraw"]
    number: int = Field(ge=1, le=10_000)
    note: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return withdraw_scope_change(desk, key, self.note, self.number)


class JointFinding(Shown):
    """A problem of a joint campaign, and whether the partner sees it."""

    code: str = Field(alias="id")
    unit: str
    item: str
    severity: str
    state: str
    problem: str
    visibility: str


class Share(OnCampaign):
    """向联合方共享问题，或者收回 / share a finding with the partner, or take it back"""

    finding: str
    jointly: bool = True

    def do(self, desk: Desk, key: str) -> object:
        require_office(desk, "共享问题")
        if self.finding not in {row["id"] for row in list_joint_findings(desk, key)}:
            raise NotFound(
                "没有这个问题", found=self.finding[:60], expected="本批次的问题", remedy="见 joint 的列表"
            )
        return show_finding_to(desk, self.finding, jointly=self.jointly)


@router.once("/campaigns/{code}/letters", Lettered, PLAN)
def draft_letters(call: HasCall, code: Code, sent: Annotated[Any, takes(LettersWanted)]) -> Response:
    """起草督察授权书 / draft the letters of authorisation that are missing"""

    def make(desk: Desk) -> Lettered:
        open_campaign_file(desk, code)
        return Lettered(documents=[key_of(one) for one in authorise_teams(desk, code, sent.visit)])

    return call.once(sent, make)


@router.act("/campaigns/{code}/members", CampaignShown, PLAN)
def replace_a_member(call: HasCall, code: Code, sent: Annotated[Any, takes(NewMember)]) -> Response:
    """更换督察组成员 / put somebody in a member's place"""
    return call.deed(sent, code, campaign)


@router.read("/campaigns/{code}/scope", Listing[ScopeChangeShown], PLAN)
def list_scope(call: HasCall, code: Code, after: After = "", limit: Limit = 50) -> Response:
    """范围变更 / changes of scope"""

    def find(desk: Desk) -> Slice[Any]:
        require_office(desk, "查看范围变更")
        open_campaign_file(desk, code)
        return cut(list_scope_changes(desk, code), after, limit, lambda one: one["number"])

    return call.page(ScopeChangeShown, find)


@router.act("/campaigns/{code}/scope", CampaignShown, PLAN, DECIDE)
def change_scope(
    call: HasCall,
    code: Code,
    sent: Annotated[Any, takes(AskScope, ApproveScope, RefuseScope, WithdrawScope, files=1)],
) -> Response:
    """申请、批准、不批准、撤回范围变更 / ask for, approve, refuse, withdraw a change of scope"""
    return call.deed(sent, code, campaign)


@router.read("/campaigns/{code}/joint", Listing[JointFinding])
def list_joint(call: HasCall, code: Code, after: After = "", limit: Limit = 50) -> Response:
    """联合督察的问题 / the findings of a joint campaign"""

    def find(desk: Desk) -> Slice[Any]:
        require_office(desk, "查看联合督察")
        open_campaign_file(desk, code)
        return cut(list_joint_findings(desk, code), after, limit, lambda one: one["id"])

    return call.page(JointFinding, find)


@router.act("/campaigns/{code}/joint", CampaignShown, PLAN)
def share_a_finding(call: HasCall, code: Code, sent: Annotated[Any, takes(Share)]) -> Response:
    """共享或者收回一个问题 / share a finding with the partner, or take it back"""
    return call.deed(sent, code, campaign)
