"""Rectification cases: the ledger, one case, its acts with evidence, and the requests beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.ledgers.ledger import export_ledger
from casework.lights.explaining import explain_case
from casework.listings.offices import requests_page, require_office, seen_case
from casework.paging import Cursor
from casework.rectification.board import LedgerFilters, ledger_view
from casework.rectification.caselist import show_case
from casework.rectification.cases import act_on_case
from casework.rows import CaseRow
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, Code, HasCall, Limit, Listing, Routes, Shown, Word
from console.downloads import SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.life.rectification import CaseAct

router = Routes(Area.CASES, Permission.CASE_VIEW, Permission.PORTAL)
ACTS = (Permission.CASE_ACT, Permission.PORTAL)  # the verbs ask for the role of each act


class CaseLine(Shown):
    """A case in a list; `left_workdays` is negative once overdue, null while the clock does not run."""

    code: str
    campaign: str
    unit: str
    item: str
    problem: str
    severity: str
    state: str
    light: str
    percent: int
    due_on: date | None
    due_provisional: bool
    suspended: bool
    left_workdays: int | None


class Happened(Shown):
    """One entry of the history of a case; `detail` is JSON text."""

    on: date
    actor: str
    act: str
    before: str = Field(alias="from")
    after: str = Field(alias="to")
    detail: str
    late: bool


class CaseShown(Shown):
    """A case with what lies beside it; `acts` are those possible in its state."""

    code: str = Field(alias="id")
    campaign: str
    unit: str
    item: str
    severity: str
    problem: str
    facts: str
    state: str
    light: str
    light_word: str
    highest_light: str
    percent: int
    round: int
    due_on: date | None
    next_due_on: date | None
    first_due_on: date | None
    due_version: int
    signed_on: date | None
    served_on: date | None
    rebounds: int
    repeat: str
    repeat_count: int
    plan: str | None
    plan_due_on: date | None
    plans: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    verifications: list[dict[str, Any]]
    complaints: list[dict[str, Any]]
    requirements: str
    frozen: list[dict[str, Any]]
    acts: list[str]
    timeline: list[Happened]


class CaseDeed(Body):
    """An act on a case; `values` as `ducha case act --set` takes them, files are evidence."""

    act: CaseAct
    on: date | None = Field(None, description="办理日期，空为今天 / the day it counts for, empty for today")
    note: str = ""
    values: dict[str, str] = Field(default_factory=dict, description="该操作的各项 / the keys of the act")


class RequestLine(Shown):
    """An extension, objection, suspension or long-term request."""

    id: int
    case: str
    unit: str
    kind: str
    number: int
    state: str
    asked_on: date
    asked_by: str
    reason: str
    until_on: date | None
    granted_until_on: date | None
    decided_on: date | None
    decided_by: str | None
    decision_note: str | None


class Explained(Shown):
    """Why a case shows its light: facts, rules and the days counted."""

    explanation: dict[str, Any]


def case_line(row: CaseRow) -> CaseLine:
    """Return a row of the ledger as the interface shows it."""
    return CaseLine(
        code=row.code, campaign=row.campaign, unit=row.unit_code, item=row.item, problem=row.problem,
        severity=row.severity.value, state=row.state.value, light=row.light.value, percent=row.percent,
        due_on=row.due_on, due_provisional=row.due_provisional, suspended=row.suspended,
        left_workdays=row.left_workdays,
    )  # fmt: skip


def _case(code: str) -> Callable[[Desk], CaseShown]:
    def show(desk: Desk) -> CaseShown:
        seen_case(desk, code)
        return CaseShown.model_validate(show_case(desk, code))

    return show


@router.read("/cases", Listing[CaseLine])
def list_cases(
    call: HasCall,
    campaign: Word = "",
    unit: Word = "",
    state: Word = "",
    severity: Word = "",
    light: Word = "",
    after: After = "",
) -> Response:
    """整改台账，每页50件 / the ledger of cases, 50 a page, by due day"""

    def show(desk: Desk) -> Listing[CaseLine]:
        given = {"campaign": campaign, "unit": unit, "state": state, "severity": severity, "light": light}
        found = ledger_view(desk, LedgerFilters.read(given), Cursor.read(after))
        return Listing(
            items=[case_line(row) for row in found.page.rows],
            next=str(found.page.next) if found.page.next else None,
        )

    return call.read(show)


@router.read("/cases.xlsx", None, Permission.STATISTICS, file=SHEET)
def export_cases(call: HasCall, campaign: Word = "") -> Response:
    """整改台账（.xlsx） / the ledger as a workbook"""
    with call.desk() as desk:
        require_office(desk, "导出整改台账")
        content = export_ledger(desk, campaign=campaign or None)
    return attachment(content, "整改台账.xlsx", SHEET)


@router.read("/cases/{code}", CaseShown)
def read_case(call: HasCall, code: Code) -> Response:
    """一个整改事项及其办理过程 / one case with its history"""
    return call.read(_case(code))


@router.read("/cases/{code}/explanation", Explained, Permission.CASE_VIEW)
def explain_a_case(call: HasCall, code: Code) -> Response:
    """为什么是这个灯 / why it shows this light"""

    def show(desk: Desk) -> Explained:
        seen_case(desk, code)
        return Explained(explanation=explain_case(desk, code).as_dict())

    return call.read(show)


@router.act("/cases/{code}/acts", CaseShown, *ACTS)
def act_on_a_case(
    call: HasCall, code: Code, sent: Annotated[Sent[CaseDeed], takes(CaseDeed, files=10)]
) -> Response:
    """办理一个操作，可附佐证材料 / do an act, with evidence"""
    body = sent.body

    def verb(desk: Desk) -> None:
        seen_case(desk, code)
        act_on_case(
            desk, code, body.act.value, on=body.on, note=body.note, files=sent.files, values=body.values
        )

    return call.change(sent.whole, verb, _case(code))


@router.read("/requests", Listing[RequestLine])
def list_requests(
    call: HasCall, state: Word = "", kind: Word = "", after: After = "", limit: Limit = 50
) -> Response:
    """延期、异议、中止等申请，新的在前 / requests beside cases, the newest first"""

    def show(desk: Desk) -> Listing[RequestLine]:
        found = requests_page(desk, after, limit, state=state, kind=kind)
        return Listing(items=[RequestLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)
