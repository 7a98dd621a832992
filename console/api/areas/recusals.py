"""Declarations of recusal, and delegations: who signs in whose place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import Slice, cut
from casework.staff.declarations import Filing, decide, declare, withdraw
from casework.staff.declarationviews import declarations_view
from casework.staff.delegations import Wish, add_delegation, list_delegations, revoke_delegation
from casework.staff.people import split
from console.api.bodies import Deed, Making, first_of, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotFound
from core.life.declarationlife import Origin, Relation
from models.base import key_of

# Whoever inspects must be able to say from what they keep away.
recusals = Routes(Area.PEOPLE, Permission.VISIT)
delegations = Routes(Area.PEOPLE, Permission.PEOPLE)


class DeclarationShown(Shown):
    """A declaration; `note` is what was decided."""

    id: int
    person: str
    person_name: str
    campaign: str
    unit: str
    relation: str
    content: str
    origin: str
    state: str
    filed_by: str
    filed_on: date
    decided_by: str
    decided_on: date | None
    note: str


class NewDeclaration(Making):
    """申报回避；person 空为本人 / declare for oneself, or register what somebody else said"""

    person: str = ""
    campaign: str = Field("", description="空为一律回避 / empty for always")
    unit: str = ""
    relation: Relation
    content: str = ""
    origin: Origin | None = None

    def make(self, desk: Desk) -> int:
        filing = Filing(
            self.person or desk.actor.code, self.campaign or None, self.unit or None, self.relation, self.content,
            self.origin,
        )  # fmt: skip
        return key_of(declare(desk, filing))


class Decide(Deed):
    """决定回避或者不回避；由主任 / decide; by the head"""

    act: Literal["decide"]
    accept: bool
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return decide(desk, key, accept=self.accept, note=self.note)


class Withdraw(Deed):
    """撤回尚未决定的申报 / take it back while it waits"""

    act: Literal["withdraw"]
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return withdraw(desk, key, self.note)


class DelegationShown(Shown):
    """Who signs in whose place, what, and how long."""

    id: int
    principal: str
    delegate: str
    documents: list[str]
    acts: list[str]
    from_on: date
    until_on: date
    reason: str
    revoked_on: date | None


class NewDelegation(Making):
    """登记授权，可附授权书 / register a delegation"""

    principal: str = Field("", description="空为本人 / empty for oneself")
    delegate: str
    documents: list[str] = Field(default_factory=list, description="文书种类，* 为全部 / kinds of document")
    acts: list[str] = Field(default_factory=list)
    from_on: date | None = None
    until_on: date
    reason: str = ""

    def make(self, desk: Desk) -> int:
        wish = Wish(
            self.principal or desk.actor.code, self.delegate, tuple(self.documents), tuple(self.acts),
            self.from_on or desk.today, self.until_on, self.reason, first_of(self.enclosed),
        )  # fmt: skip
        return key_of(add_delegation(desk, wish))


class Revoke(Deed):
    """撤回授权 / revoke it from now on"""

    reason: str

    def do(self, desk: Desk, key: int) -> object:
        return revoke_delegation(desk, key, self.reason)


def _declaration(number: int) -> Show:
    def show(desk: Desk) -> DeclarationShown:
        for one in declarations_view(desk):
            if one.id == number:
                return DeclarationShown.model_validate(one)
        raise NotFound("没有这项申报", found=str(number), expected="申报的编号", remedy="回到回避申报查找")

    return show


def _delegation(number: int) -> Show:
    def show(desk: Desk) -> DelegationShown:
        for one in list_delegations(desk):
            if one.id == number:
                return _shown(one)
        raise NotFound("没有这项授权", found=str(number), expected="授权的编号", remedy="回到授权代签查找")

    return show


def _shown(row: Any) -> DelegationShown:
    return DelegationShown(
        id=row.id, principal=row.principal, delegate=row.delegate, documents=list(split(row.documents)),
        acts=list(split(row.acts)), from_on=row.from_on, until_on=row.until_on, reason=row.reason,
        revoked_on=row.revoked_on,
    )  # fmt: skip


@recusals.read("/recusals", Listing[DeclarationShown])
def list_declarations(
    call: HasCall,
    campaign: Word = "",
    pending: Annotated[bool, Query(description="只要待决定的 / only those that wait")] = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """本人可以看到的回避申报，新的在前 / declarations one may see, the newest first"""
    return call.page(
        DeclarationShown,
        lambda desk: cut(
            declarations_view(desk, campaign=campaign or None, pending=pending),
            after,
            limit,
            lambda one: one.id,
        ),
    )


@recusals.make("/recusals", DeclarationShown)
def file_a_declaration(call: HasCall, sent: Annotated[Any, takes(NewDeclaration)]) -> Response:
    """申报回避 / file a declaration"""
    return call.make(sent, _declaration)


@recusals.read("/recusals/{number}", DeclarationShown)
def read_declaration(call: HasCall, number: Number) -> Response:
    """一项申报 / one declaration"""
    return call.read(_declaration(number))


@recusals.act("/recusals/{number}/acts", DeclarationShown)
def act_on_a_declaration(
    call: HasCall, number: Number, sent: Annotated[Any, takes(Decide, Withdraw)]
) -> Response:
    """决定，撤回 / decide, withdraw"""
    return call.deed(sent, number, _declaration)


@delegations.read("/delegations", Listing[DelegationShown])
def list_the_delegations(
    call: HasCall,
    every: Annotated[bool, Query(description="含已到期的 / also those that ended")] = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """授权代签 / who signs in whose place"""

    def find(desk: Desk) -> Slice[Any]:
        rows = list_delegations(desk, None if every else desk.today)
        return cut([_shown(one) for one in rows], after, limit, lambda one: one.id)

    return call.page(DelegationShown, find)


@delegations.make("/delegations", DelegationShown)
def register_a_delegation(call: HasCall, sent: Annotated[Any, takes(NewDelegation, files=1)]) -> Response:
    """登记授权 / register a delegation"""
    return call.make(sent, _delegation)


@delegations.read("/delegations/{number}", DelegationShown)
def read_delegation(call: HasCall, number: Number) -> Response:
    """一项授权 / one delegation"""
    return call.read(_delegation(number))


@delegations.act("/delegations/{number}/revoke", DelegationShown)
def revoke_a_delegation(call: HasCall, number: Number, sent: Annotated[Any, takes(Revoke)]) -> Response:
    """撤回授权 / revoke it"""
    return call.deed(sent, number, _delegation)
