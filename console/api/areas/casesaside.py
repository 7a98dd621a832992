"""What stands beside cases: requests that are decided, half-month reports, look-backs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.besides import half_reports_page, look_backs_page, seen_request
from casework.listings.offices import requests_page
from casework.rectification.doing import Wish, act_in_sight, find_request
from casework.rectification.halfreports import read_report, send_report, waive_report
from casework.rectification.halfview import half_report_view
from casework.rectification.lookbacks import draw_look_backs
from casework.rectification.lookbackview import date_in_sight
from console.api.areas.cases import ACTS, CaseShown, case
from console.api.bodies import Body, Deed, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.CASES, Permission.CASE_VIEW)
ACT = Permission.CASE_ACT


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


class Decision(Deed):
    """批准或者不批准；values 与相应操作的各项相同（verdict、until 等） / the keys of the deciding act"""

    on: date | None = None
    note: str = ""
    values: dict[str, str]

    def see(self, desk: Desk, key: int) -> None:
        seen_request(desk, key)

    def do(self, desk: Desk, key: int) -> object:
        _row, act = find_request(desk, key)
        return act_in_sight(
            desk,
            seen_request(desk, key).case,
            Wish(act.value, self.on, self.note, self.enclosed, self.values),
        )


class HalfReportShown(Shown):
    """A half-month report: owed, sent, waived, read."""

    id: int
    subject: str
    number: str
    unit: str
    period_from: date
    period_to: date
    due_on: date
    state: str
    percent: int | None
    text: str
    next_steps: str
    sent_on: date | None
    read_on: date | None


class OnHalf(Deed):
    """An act on a half-month report in sight."""

    def see(self, desk: Desk, key: int) -> None:
        half_report_view(desk, key)


class SendHalf(OnHalf):
    """代单位登记报送 / hand it in for the unit"""

    act: Literal["send"]
    text: str
    percent: int | None = Field(None, ge=0, le=100)
    next_steps: str = ""
    on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return send_report(desk, key, self.text, percent=self.percent, next_steps=self.next_steps, on=self.on)


class WaiveHalf(OnHalf):
    """免报 / dispense with it"""

    act: Literal["waive"]
    reason: str

    def do(self, desk: Desk, key: int) -> object:
        return waive_report(desk, key, self.reason)


class ReadHalf(OnHalf):
    """已阅 / note that it was read"""

    act: Literal["read"]

    def do(self, desk: Desk, key: int) -> object:
        return read_report(desk, key)


class LookBackShown(Shown):
    """A closed case that is looked back at."""

    case: str
    unit: str
    closed_on: date | None
    look_back_on: date | None
    status: str
    rebounds: int


class LookBackDate(Deed):
    """确定或者改定回头看日期，空为通常的日期 / date the look-back, empty for the usual day"""

    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: str) -> object:
        return date_in_sight(desk, key, self.on, self.note)


class Quarter(Body):
    """按季度抽取回头看的事项；同一种子得到同一结果 / the same seed draws the same"""

    quarter: str = Field(examples=["2026Q2"])
    seed: str = ""


class Drawn(Shown):
    """The draws that were made; each can be done again from its record."""

    draws: list[int]
    cases: list[str]


def _half(number: int) -> Show:
    def show(desk: Desk) -> HalfReportShown:
        found = half_report_view(desk, number)
        row = found.row
        return HalfReportShown(
            id=row.id, subject=row.subject, number=row.number, unit=found.unit_code, period_from=row.period_from,
            period_to=row.period_to, due_on=row.due_on, state=row.state, percent=row.percent, text=row.text,
            next_steps=row.next_steps, sent_on=row.sent_on, read_on=row.read_on,
        )  # fmt: skip

    return show


@router.read("/requests", Listing[RequestLine], Permission.CASE_VIEW, Permission.PORTAL)
def list_requests(
    call: HasCall, state: Word = "", kind: Word = "", after: After = "", limit: Limit = 50
) -> Response:
    """延期、异议、中止等申请，新的在前 / requests beside cases, the newest first"""
    return call.page(RequestLine, lambda desk: requests_page(desk, after, limit, state=state, kind=kind))


@router.read("/requests/{number}", RequestLine, Permission.CASE_VIEW, Permission.PORTAL)
def read_request(call: HasCall, number: Number) -> Response:
    """一项申请 / one request"""
    return call.read(_request(number))


@router.act("/requests/{number}/decide", RequestLine, ACT)
def decide_a_request(
    call: HasCall, number: Number, sent: Annotated[Any, takes(Decision, files=10)]
) -> Response:
    """办理一项申请 / decide a request"""
    return call.deed(sent, number, _request)


def _request(number: int) -> Show:
    return lambda desk: RequestLine.model_validate(seen_request(desk, number))


@router.read("/half-reports", Listing[HalfReportShown])
def list_half_reports(
    call: HasCall, state: Word = "", unit: Word = "", after: After = "", limit: Limit = 50
) -> Response:
    """半月报告，新的在前 / half-month reports, the newest first"""
    return call.page(
        HalfReportShown, lambda desk: half_reports_page(desk, after, limit, state=state, unit=unit)
    )


@router.read("/half-reports/{number}", HalfReportShown)
def read_half_report(call: HasCall, number: Number) -> Response:
    """一份半月报告 / one half-month report"""
    return call.read(_half(number))


@router.act("/half-reports/{number}/acts", HalfReportShown, ACT)
def act_on_a_half_report(
    call: HasCall, number: Number, sent: Annotated[Any, takes(SendHalf, WaiveHalf, ReadHalf)]
) -> Response:
    """登记报送，免报，已阅 / hand in, waive, read"""
    return call.deed(sent, number, _half)


@router.read("/look-backs", Listing[LookBackShown])
def list_look_backs(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """已销号、回头看的事项，按编号 / closed cases and their look-backs, by code"""
    return call.page(LookBackShown, lambda desk: look_backs_page(desk, after, limit))


@router.act("/cases/{code}/look-back", CaseShown, *ACTS)
def date_a_look_back(call: HasCall, code: Code, sent: Annotated[Any, takes(LookBackDate)]) -> Response:
    """确定回头看日期 / date the look-back"""
    return call.deed(sent, code, case)


@router.once("/look-backs/draw", Drawn, ACT)
def draw_for_look_backs(call: HasCall, sent: Annotated[Any, takes(Quarter)]) -> Response:
    """抽取一个季度回头看的事项 / draw the share of a quarter's closed cases"""

    def make(desk: Desk) -> Drawn:
        rows = draw_look_backs(desk, sent.quarter, sent.seed or None)
        desk.session.flush()
        return Drawn(
            draws=[row.id for row in rows if row.id],
            cases=[one for row in rows for one in row.picked.split("\n")],
        )

    return call.once(sent, make)
