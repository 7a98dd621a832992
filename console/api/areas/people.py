"""People of the pool: their terms and training; pools; draws, each kept with all it takes to do it again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import Slice, cut
from casework.listings.offices import people_page, seen_person
from casework.staff.drawing import Scope, list_draws, make_draw, verify_draw
from casework.staff.people import split
from casework.staff.pools import enrol, exit_pool, renew, train
from casework.staff.poolviews import list_members, list_pools
from console.api.bodies import Body, Deed, Making, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Number, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from models.base import key_of

router = Routes(Area.PEOPLE, Permission.PEOPLE)


class PersonShown(Shown):
    """Somebody of the pool."""

    code: str
    name: str
    unit_code: str | None
    specialties: list[str]
    email: str | None
    roles: list[str]


class Enrol(Deed):
    """办理入库 / let a person enter a pool"""

    act: Literal["enrol"]
    pool: str
    from_on: date | None = None
    until_on: date | None = None
    recommended_by: str = ""
    checked_on: date | None = None
    specialties: list[str] = Field(default_factory=list)

    def do(self, desk: Desk, key: str) -> object:
        return enrol(
            desk, self.pool, key, from_on=self.from_on, until_on=self.until_on,
            recommended_by=self.recommended_by, checked_on=self.checked_on, specialties=self.specialties,
        )  # fmt: skip


class Renew(Deed):
    """续聘 / add a term after the present one"""

    act: Literal["renew"]
    pool: str
    checked_on: date | None = None

    def do(self, desk: Desk, key: str) -> object:
        return renew(desk, self.pool, key, checked_on=self.checked_on)


class Leave(Deed):
    """办理退出；尚未进行的督察列为待更换人员 / let a person leave a pool"""

    act: Literal["exit"]
    pool: str
    reason: str
    note: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return exit_pool(desk, self.pool, key, self.reason, self.note)


class TrainingGiven(Body):
    """为若干人登记培训 / hours of training of several people"""

    people: list[str] = Field(min_length=1, max_length=500)
    on: date | None = None
    hours: int = Field(ge=0, le=1000)
    topic: str


class Trained(Shown):
    """How many people's hours were recorded."""

    count: int


class PoolLine(Shown):
    """A pool with how many members it has, whose term ends soon, who lacks hours."""

    pool: str
    name: str
    line: str
    members: int
    ending: int
    training_short: int


class MemberShown(Shown):
    """A term of a member of a pool."""

    code: str
    name: str
    unit: str | None
    specialties: str
    term: int
    from_on: date = Field(alias="from")
    until_on: date = Field(alias="until")
    hours: int
    hours_short: int
    visits: int
    exited_on: date | None
    exit_reason: str | None


class DrawShown(Shown):
    """A draw as it was kept."""

    id: int
    kind: str
    purpose: str
    scope: str
    seed: str
    size: int
    population: int
    population_sha256: str
    picked: list[str]
    by: str
    on: date


class DrawVerified(DrawShown):
    """A draw, done again from its record."""

    ok: bool
    population_ok: bool
    picked_ok: bool


class NewDraw(Making):
    """随机抽取：单位、事项、目录事项或人员；同一种子得到同一结果 / the same seed draws the same"""

    kind: Literal["units", "cases", "items", "people"]
    size: int = Field(ge=1, le=10_000)
    purpose: str
    seed: str = ""
    kinds: list[str] = Field(default_factory=list)
    campaign: str = ""
    state: str = ""
    catalog: str = ""
    pool: str = ""
    leave_out: list[str] = Field(default_factory=list)

    def make(self, desk: Desk) -> int:
        scope = Scope(
            tuple(self.kinds), self.campaign or None, self.state or None, self.catalog or None, self.pool or None,
            tuple(self.leave_out),
        )  # fmt: skip
        return key_of(make_draw(desk, self.kind, self.size, self.purpose, scope, self.seed or None))


def _person(code: str) -> Show:
    return lambda desk: _shown(seen_person(desk, code))


def _shown(row: Any) -> PersonShown:
    return PersonShown(
        code=row.code, name=row.name, unit_code=row.unit_code, specialties=list(split(row.specialties)),
        email=row.email, roles=list(split(row.roles)),
    )  # fmt: skip


def _draw(number: int) -> Show:
    return lambda desk: DrawVerified.model_validate(verify_draw(desk, number))


@router.read("/people", Listing[PersonShown])
def list_people(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """人才库，按编号 / people of the pool, by code"""

    def find(desk: Desk) -> Slice[Any]:
        return people_page(desk, after, limit).told_by(_shown)

    return call.page(PersonShown, find)


@router.once("/people/training", Trained)
def note_training(call: HasCall, sent: Annotated[Any, takes(TrainingGiven)]) -> Response:
    """登记培训学时 / record hours of training"""

    def make(desk: Desk) -> Trained:
        return Trained(count=len(train(desk, sent.people, sent.on or desk.today, sent.hours, sent.topic)))

    return call.once(sent, make)


@router.read("/people/{code}", PersonShown)
def read_person(call: HasCall, code: Code) -> Response:
    """一名人员 / one person"""
    return call.read(_person(code))


@router.act("/people/{code}/acts", PersonShown)
def act_on_a_person(call: HasCall, code: Code, sent: Annotated[Any, takes(Enrol, Renew, Leave)]) -> Response:
    """入库、续聘、退出 / enter a pool, go on, leave"""
    return call.deed(sent, code, _person)


@router.read("/pools", Listing[PoolLine])
def list_the_pools(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """人才库的库 / the pools"""
    return call.page(PoolLine, lambda desk: cut(list_pools(desk), after, limit, lambda one: one["pool"]))


@router.read("/pools/{code}/members", Listing[MemberShown])
def list_pool_members(
    call: HasCall,
    code: Code,
    every: Annotated[bool, Query(description="含已退出的 / also those who left")] = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """一个库的成员 / the members of a pool"""
    return call.page(
        MemberShown,
        lambda desk: cut(
            list_members(desk, code, every=every), after, limit, lambda one: f"{one['code']}:{one['term']}"
        ),
    )


@router.read("/draws", Listing[DrawShown])
def list_the_draws(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """随机抽取，新的在前 / draws, the newest first"""
    return call.page(DrawShown, lambda desk: cut(list_draws(desk), after, limit, lambda one: one["id"]))


@router.make("/draws", DrawVerified)
def make_a_draw(call: HasCall, sent: Annotated[Any, takes(NewDraw)]) -> Response:
    """随机抽取 / draw, and keep the draw"""
    return call.make(sent, _draw)


@router.read("/draws/{number}", DrawVerified)
def read_draw(call: HasCall, number: Number) -> Response:
    """一次抽取，按记录重做核对 / one draw, done again from its record"""
    return call.read(_draw(number))
