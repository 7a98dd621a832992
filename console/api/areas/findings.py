"""Findings: confirmed one by one or many at once, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.findingview import confirm_agreed, confirm_in_sight, withdraw_in_sight
from casework.listings.inspections import findings_page, seen_campaign, seen_finding
from console.api.bodies import Body, Deed, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Routes, Word
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.FINDINGS, Permission.FINDING_VIEW)
DECIDE = Permission.FINDING_DECIDE


class FindingShown(Shown):
    """A problem."""

    id: int
    code: str
    campaign: str
    unit: str
    item: str
    severity: str
    problem: str
    facts: str
    state: str
    unit_opinion: str | None
    found_by: str
    found_on: date
    confirmed_by: str | None
    confirmed_on: date | None
    repeat_count: int


class Confirmed(Shown):
    """The problems that were confirmed, each of them a case now."""

    codes: list[str]


class Confirm(Deed):
    """认定问题，立为整改事项 / confirm; it becomes a case"""

    note: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return confirm_in_sight(desk, [key], self.note)


class Withdraw(Deed):
    """撤销问题，连同其整改事项 / withdraw, together with its case"""

    note: str

    def do(self, desk: Desk, key: str) -> object:
        return withdraw_in_sight(desk, key, self.note)


class ConfirmMany(Body):
    """认定若干问题；或者某批次单位均已确认的全部底稿 / some, or all of a campaign to which the units agreed"""

    codes: list[str] = Field(default_factory=list, max_length=500)
    agreed_in: str = Field("", description="督察批次，与 codes 二选一 / a campaign, instead of codes")
    note: str = ""


def _finding(code: str) -> Show:
    return lambda desk: FindingShown.model_validate(seen_finding(desk, code))


@router.read("/findings", Listing[FindingShown])
def list_findings(
    call: HasCall,
    campaign: Word = "",
    unit: Word = "",
    state: Word = "",
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """发现问题，新的在前 / findings, the newest first"""
    return call.page(
        FindingShown,
        lambda desk: findings_page(desk, after, limit, campaign=campaign, unit=unit, state=state),
    )


@router.once("/findings/confirm", Confirmed, DECIDE)
def confirm_findings(call: HasCall, sent: Annotated[Any, takes(ConfirmMany)]) -> Response:
    """成批认定，全部成功或全部不办 / confirm many, all or none"""

    def make(desk: Desk) -> Confirmed:
        if sent.agreed_in:
            rows = confirm_agreed(desk, seen_campaign(desk, sent.agreed_in).code)
        else:
            rows = confirm_in_sight(desk, sent.codes, sent.note)
        return Confirmed(codes=[one.code for one in rows])

    return call.once(sent, make)


@router.read("/findings/{code}", FindingShown)
def read_finding(call: HasCall, code: Code) -> Response:
    """一个问题 / one finding"""
    return call.read(_finding(code))


@router.act("/findings/{code}/confirm", FindingShown, DECIDE)
def confirm_a_finding(call: HasCall, code: Code, sent: Annotated[Any, takes(Confirm)]) -> Response:
    """认定问题 / confirm"""
    return call.deed(sent, code, _finding)


@router.act("/findings/{code}/withdraw", FindingShown, DECIDE)
def withdraw_a_finding(call: HasCall, code: Code, sent: Annotated[Any, takes(Withdraw)]) -> Response:
    """撤销问题，连同其整改事项 / withdraw, together with its case"""
    return call.deed(sent, code, _finding)
