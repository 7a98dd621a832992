"""Units with their contacts, and what becomes of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import Slice, cut
from casework.listings.offices import seen_unit, units_page
from casework.staff.people import split
from casework.units.changepreview import preview_change
from casework.units.contacts import set_contacts
from casework.units.genealogy import Wanted, call_off, record_change
from casework.units.unitassigning import assign_unit, describe_change, unit_history
from casework.units.unitpage import need_unit
from console.api.bodies import Body, Deed, Files, Making, first_of, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Number, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.life.unitlife import UnitChangeKind
from models.base import key_of

router = Routes(Area.UNITS, Permission.UNITS)


class UnitShown(Shown):
    """A unit with its contacts."""

    code: str
    name: str
    kinds: list[str]
    parent_code: str | None
    area: str
    functions: list[str]
    liaison_name: str | None
    liaison_email: str | None
    head_name: str | None
    head_email: str | None
    leader_name: str | None
    leader_email: str | None
    valid_from: date | None
    valid_until: date | None


class Contact(Body):
    """Somebody of a unit, with the address to which mails go."""

    name: str = ""
    email: str = ""


class Contacts(Deed):
    """联络员、负责人、分管领导；没有写的清空 / the contacts; who is not written is cleared"""

    act: Literal["contacts"]
    liaison: Contact
    head: Contact = Field(default_factory=Contact)
    leader: Contact = Field(default_factory=Contact)

    def do(self, desk: Desk, key: str) -> object:
        given = {"liaison": self.liaison, "head": self.head, "leader": self.leader}
        return set_contacts(desk, key, {role: (one.name, one.email) for role, one in given.items()})


class Assign(Deed):
    """确定一件事项或诉讼由哪个单位承接 / give a case or a lawsuit to the unit that goes on with it"""

    act: Literal["assign"]
    number: str = Field(description="问题编号或案号 / number of the case or lawsuit")
    heir: str
    basis: str

    def see(self, desk: Desk, key: str) -> None:
        need_unit(desk, key)

    def do(self, desk: Desk, key: str) -> object:
        return assign_unit(desk, self.number, self.heir, self.basis, of=key)


class ChangeShown(Shown):
    """A change of units: renamed, merged, split, abolished."""

    id: int
    kind: str
    label: str
    state: str
    effective_on: date
    formers: list[str]
    successors: list[str]
    name_before: str | None
    name_after: str | None
    basis: str


class ChangeWanted(Making):
    """机构变动：更名、合并、分设、撤销；可附文件 / what becomes of units"""

    kind: UnitChangeKind
    formers: list[str] = Field(min_length=1, max_length=20)
    successors: list[str] = Field(default_factory=list, max_length=20)
    effective_on: date
    basis: str
    name: str = ""

    def wanted(self, files: Files = ()) -> Wanted:
        """Return the change as the verbs take it."""
        return Wanted(
            self.kind, tuple(self.formers), tuple(self.successors), self.effective_on, self.basis, self.name,
            first_of(files),
        )  # fmt: skip

    def make(self, desk: Desk) -> int:
        for code in self.formers:
            need_unit(desk, code)
        return key_of(record_change(desk, self.wanted(self.enclosed)))


class ChangePreviewed(Shown):
    """What a change would move; nothing is written."""

    label: str
    heir: str | None
    by_hand: bool = Field(description="须逐件确定承接单位 / who goes on is decided one by one")
    at_once: bool
    blocked: bool
    cases: int
    matters: list[str]
    drafts: int
    issued: int
    tasks: int
    visits: int


class CallOff(Deed):
    """取消尚未生效的变动 / call a change off whose day has not come"""

    note: str

    def do(self, desk: Desk, key: int) -> object:
        return call_off(desk, key, self.note)


def _unit(code: str) -> Show:
    return lambda desk: _shown(seen_unit(desk, code))


def _shown(row: Any) -> UnitShown:
    return UnitShown(
        kinds=list(split(row.kinds)), functions=list(split(row.functions)),
        **{name: getattr(row, name) for name in UnitShown.model_fields if name not in ("kinds", "functions")},
    )  # fmt: skip


def _change(number: int) -> Show:
    return lambda desk: ChangeShown.model_validate(describe_change(desk, number))


@router.read("/units", Listing[UnitShown])
def list_units(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """被督察单位，按编码 / inspected units, by code"""

    def find(desk: Desk) -> Slice[Any]:
        return units_page(desk, after, limit).told_by(_shown)

    return call.page(UnitShown, find)


@router.read("/units/{code}", UnitShown)
def read_unit(call: HasCall, code: Code) -> Response:
    """一个单位 / one unit"""
    return call.read(_unit(code))


@router.act("/units/{code}/acts", UnitShown)
def act_on_a_unit(call: HasCall, code: Code, sent: Annotated[Any, takes(Contacts, Assign)]) -> Response:
    """更新联系人，确定承接单位 / set the contacts, say who goes on"""
    return call.deed(sent, code, _unit)


@router.read("/units/{code}/changes", Listing[ChangeShown])
def list_changes(call: HasCall, code: Code, after: After = "", limit: Limit = 50) -> Response:
    """机构沿革 / what became of a unit"""

    def find(desk: Desk) -> Slice[Any]:
        need_unit(desk, code)
        return cut(unit_history(desk, code), after, limit, lambda one: one.id)

    return call.page(ChangeShown, find)


@router.once("/unit-changes/preview", ChangePreviewed)
def preview_a_change(call: HasCall, sent: Annotated[Any, takes(ChangeWanted)]) -> Response:
    """试算一项机构变动，不写入 / what a change would move"""

    def make(desk: Desk) -> ChangePreviewed:
        for code in sent.formers:
            need_unit(desk, code)
        found = preview_change(desk, sent.wanted())
        return ChangePreviewed(
            label=found.label, heir=found.heir.code if found.heir else None, by_hand=found.by_hand,
            at_once=found.at_once, blocked=found.blocked, cases=found.case_count, matters=list(found.matters),
            drafts=found.drafts, issued=found.issued, tasks=found.tasks, visits=len(found.visits),
        )  # fmt: skip

    return call.once(sent, make)


@router.make("/unit-changes", ChangeShown)
def record_a_change(call: HasCall, sent: Annotated[Any, takes(ChangeWanted, files=1)]) -> Response:
    """登记机构变动，到期生效 / record a change; it is in force when its day has come"""
    return call.make(sent, _change)


@router.read("/unit-changes/{number}", ChangeShown)
def read_change(call: HasCall, number: Number) -> Response:
    """一项机构变动 / one change"""
    return call.read(_change(number))


@router.act("/unit-changes/{number}/call-off", ChangeShown)
def call_off_a_change(call: HasCall, number: Number, sent: Annotated[Any, takes(CallOff)]) -> Response:
    """取消尚未生效的变动 / call it off"""
    return call.deed(sent, number, _change)
