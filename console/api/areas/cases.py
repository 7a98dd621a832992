"""Rectification cases: the ledger, one case, its acts with evidence, why its light."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field, JsonValue

from casework.desk import Desk
from casework.ledgers.ledger import export_ledger
from casework.lights.explaining import explain_case
from casework.listings.keyset import slice_of
from casework.listings.offices import require_office, seen_case
from casework.paging import Cursor
from casework.rectification.board import LedgerFilters, ledger_view
from casework.rectification.caselist import show_case
from casework.rectification.doing import Wish, act_in_sight, need_in_sight, open_evidence
from casework.rectification.notes import add_note
from casework.rows import CaseRow
from console.api.areas.caseparts import (
    ComplaintShown,
    FreezeShown,
    Happened,
    PlanShown,
    RequestShown,
    RungShown,
    VerificationShown,
)
from console.api.areas.noting import ContactNote
from console.api.bodies import Deed, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, SHEET, attachment
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
    plans: list[PlanShown]
    requests: list[RequestShown]
    verifications: list[VerificationShown]
    complaints: list[ComplaintShown]
    requirements: str
    frozen: list[FreezeShown]
    acts: list[str]
    timeline: list[Happened]


class CaseDeed(Deed):
    """办理一个操作；values 与 `ducha case act --set` 相同，附件为佐证材料 / the acts of `ducha case act`"""

    act: CaseAct
    on: date | None = Field(None, description="办理日期，空为今天 / the day it counts for, empty for today")
    note: str = ""
    values: dict[str, str] = Field(default_factory=dict, description="该操作的各项 / the keys of the act")

    def do(self, desk: Desk, key: str) -> object:
        return act_in_sight(desk, key, Wish(self.act.value, self.on, self.note, self.enclosed, self.values))


class CaseNote(ContactNote):
    """登记一次电话、谈话或走访；follow_up_on 到期成为登记人的任务 / a call, a talk, a visit"""

    def see(self, desk: Desk, key: str) -> None:
        need_in_sight(desk, key)

    def do(self, desk: Desk, key: str) -> object:
        return add_note(desk, "case", key, self.said)


class DueChanged(Shown):
    """A change of the due day."""

    on: date
    due_on: date
    why: str


class Explained(Shown):
    """Why a case shows its light; `reckoning` is the whole derivation, from which anybody can do it again."""

    code: str = Field(alias="id")
    light: str
    light_word: str
    light_by_lateness: str
    light_by_lateness_word: str
    sentences: list[str]
    derivation: list[str]
    due_on: date | None
    due_changes: list[DueChanged]
    next_due_on: date | None
    held_by: str
    rungs: list[RungShown]
    reckoning: dict[str, JsonValue]


def case_line(row: CaseRow) -> CaseLine:
    """Return a row of the ledger as the interface shows it."""
    return CaseLine(
        code=row.code, campaign=row.campaign, unit=row.unit_code, item=row.item, problem=row.problem,
        severity=row.severity.value, state=row.state.value, light=row.light.value, percent=row.percent,
        due_on=row.due_on, due_provisional=row.due_provisional, suspended=row.suspended,
        left_workdays=row.left_workdays,
    )  # fmt: skip


def case(code: str) -> Show:
    """Show a case as the caller sees it."""

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
    """整改台账，按到期日，每页50件 / the ledger of cases by due day, 50 a page"""

    def show(desk: Desk) -> Listing[CaseLine]:
        given = {"campaign": campaign, "unit": unit, "state": state, "severity": severity, "light": light}
        found = slice_of(ledger_view(desk, LedgerFilters.read(given), Cursor.read(after)).page)
        return Listing(items=[case_line(row) for row in found.rows], next=found.next)

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
    return call.read(case(code))


@router.read("/cases/{code}/explanation", Explained, Permission.CASE_VIEW)
def explain_a_case(call: HasCall, code: Code) -> Response:
    """为什么是这个灯 / why it shows this light"""

    def show(desk: Desk) -> Explained:
        seen_case(desk, code)
        return Explained.model_validate(explain_case(desk, code).as_dict())

    return call.read(show)


@router.act("/cases/{code}/acts", CaseShown, *ACTS)
def act_on_a_case(call: HasCall, code: Code, sent: Annotated[Any, takes(CaseDeed, files=10)]) -> Response:
    """办理一个操作，可附佐证材料 / do an act, with evidence"""
    return call.deed(sent, code, case)


@router.act("/cases/{code}/notes", CaseShown, Permission.CASE_ACT)
def note_a_contact(call: HasCall, code: Code, sent: Annotated[Any, takes(CaseNote)]) -> Response:
    """登记联系记录 / note a call, a talk or a visit"""
    return call.deed(sent, code, case)


@router.read("/cases/{code}/evidence/{number}", None, Permission.CASE_VIEW, file=ANY)
def read_evidence(call: HasCall, code: Code, number: Number) -> Response:
    """一份佐证材料 / one file kept for a case"""
    with call.desk() as desk:
        row, content = open_evidence(desk, code, number)
        return attachment(content, row.name)
