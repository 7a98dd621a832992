"""Findings: confirmed or withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.inspection.findings import confirm_findings, withdraw_finding
from casework.listings.inspections import findings_page, seen_finding
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, Code, HasCall, Limit, Listing, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.FINDINGS, Permission.FINDING_VIEW)


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


class Noted(Body):
    """An act with a note."""

    note: str = ""


def _finding(code: str) -> Any:
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

    def show(desk: Desk) -> Listing[FindingShown]:
        found = findings_page(desk, after, limit, campaign=campaign, unit=unit, state=state)
        return Listing(items=[FindingShown.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.read("/findings/{code}", FindingShown)
def read_finding(call: HasCall, code: Code) -> Response:
    """一个问题 / one finding"""
    return call.read(_finding(code))


@router.act("/findings/{code}/confirm", FindingShown, Permission.FINDING_DECIDE)
def confirm_a_finding(call: HasCall, code: Code, sent: Annotated[Sent[Noted], takes(Noted)]) -> Response:
    """认定问题 / confirm"""

    def verb(desk: Desk) -> None:
        seen_finding(desk, code)
        confirm_findings(desk, [code], sent.body.note)

    return call.change(sent.whole, verb, _finding(code))


@router.act("/findings/{code}/withdraw", FindingShown, Permission.FINDING_DECIDE)
def withdraw_a_finding(call: HasCall, code: Code, sent: Annotated[Sent[Noted], takes(Noted)]) -> Response:
    """撤销问题，连同其整改事项 / withdraw, together with its case"""

    def verb(desk: Desk) -> None:
        seen_finding(desk, code)
        withdraw_finding(desk, code, sent.body.note)

    return call.change(sent.whole, verb, _finding(code))
