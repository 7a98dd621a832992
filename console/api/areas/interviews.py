"""Interviews with units: planned with a notice, held with minutes and promises, or cancelled; and what is unserved."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import Slice, cut, slice_of
from casework.paging import Cursor
from casework.paperwork.interviews import Occasion
from casework.paperwork.interviewview import (
    cancel_in_sight,
    hold_in_sight,
    interview_view,
    interviews_view,
    minutes_of,
    people_from,
    plan_in_sight,
)
from casework.paperwork.series import series_in_sight
from casework.paperwork.unservedview import unserved_view
from console.api.areas.documents import DocumentLine, document_line
from console.api.bodies import Body, Deed, Making, need_file, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Line
from core.life.interviewlife import InterviewRole
from models.base import key_of

router = Routes(Area.DOCUMENTS, Permission.DOCUMENT_VIEW)
DRAFT = Permission.DOCUMENT_DRAFT


class InterviewLine(Shown):
    """An interview in a list."""

    id: int
    unit: str
    reason: str
    state: str
    planned_on: date
    planned_at: str
    place: str
    held_on: date | None


class Invited(Shown):
    """How many of a role were invited, and how many came."""

    role: str
    names: str
    invited: int
    came: int | None


class NoticeShown(Shown):
    """A notice of an interview."""

    document: int
    state: str
    number: str | None


class PromiseShown(Shown):
    """What was promised, and whether it was checked."""

    text: str
    due_on: date | None
    settled: bool


class InterviewShown(Shown):
    """An interview with its people, notices and promises."""

    id: int
    unit: str
    campaign: str
    line: str
    reason: str
    state: str
    planned_on: date
    planned_at: str
    place: str
    held_on: date | None
    people: list[Invited]
    notices: list[NoticeShown]
    promises: list[PromiseShown]


class People(Body):
    """Who is invited or came: numbers and names by role."""

    counts: dict[InterviewRole, int] = Field(default_factory=dict)
    names: dict[InterviewRole, str] = Field(default_factory=dict)


class Promise(Body):
    """One thing that was promised by a day."""

    text: str
    by: date


class NewInterview(Making):
    """安排约谈并拟约谈通知书 / plan an interview and draft its notice"""

    unit: str
    reason: str
    interviewer: str
    on: date
    at: str = ""
    place: str
    campaign: str = ""
    cases: list[str] = Field(default_factory=list, max_length=100)
    line: Line = Line.PARTY
    people: People = Field(default_factory=People)

    def make(self, desk: Desk) -> int:
        occasion = Occasion(
            self.reason, self.interviewer, self.on, self.place, self.at, self.campaign, tuple(self.cases),
            line=self.line,
        )  # fmt: skip
        people = people_from(self.people.counts, self.people.names)
        row, _notice = plan_in_sight(desk, self.unit, occasion, people)
        return key_of(row)


class Hold(Deed):
    """登记约谈情况，附约谈记录 / record that it took place, with the minutes"""

    act: Literal["hold"]
    on: date | None = None
    people: People = Field(default_factory=People)
    promises: list[Promise] = Field(default_factory=list, max_length=50)
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return hold_in_sight(
            desk, key, self.on or desk.today, people_from(self.people.counts, self.people.names),
            need_file(self.enclosed, "约谈记录"), note=self.note,
            promised=[(one.text, one.by) for one in self.promises],
        )  # fmt: skip


class Cancel(Deed):
    """取消约谈 / cancel it"""

    act: Literal["cancel"]
    reason: str

    def do(self, desk: Desk, key: int) -> object:
        return cancel_in_sight(desk, key, self.reason)


class UnservedShown(DocumentLine):
    """A document that went out and was not acknowledged; `step` is what comes next."""

    waited_workdays: int
    step: str
    liaison: str


class KindCount(Shown):
    """How many numbers of a series a kind of document used."""

    name: str
    count: int


class VoidShown(Shown):
    """A number that was voided."""

    number: str
    kind: str
    reason: str


class SeriesShown(Shown):
    """A number series in a year; `gaps` are numbers nobody knows of, and should be empty."""

    line: str
    key: str
    series: str
    year: int
    last: int
    issued: int
    kinds: dict[str, KindCount]
    voids: list[VoidShown]
    gaps: list[int]
    next: str


class AllSeries(Shown):
    """The number series of a year."""

    year: int
    series: list[SeriesShown]


def _interview(number: int) -> Show:
    def show(desk: Desk) -> InterviewShown:
        page = interview_view(desk, number)
        row = page.interview
        return InterviewShown(
            id=number, unit=page.unit.code, campaign=page.campaign, line=row.line, reason=row.reason, state=row.state,
            planned_on=row.planned_on, planned_at=row.planned_at, place=row.place, held_on=row.held_on,
            people=[Invited(role=one[0], names=one[1], invited=one[2], came=one[3]) for one in page.people],
            notices=[NoticeShown(document=one[0], state=one[1], number=one[2]) for one in page.notices],
            promises=[PromiseShown(text=one[0], due_on=one[1], settled=one[2]) for one in page.promises],
        )  # fmt: skip

    return show


@router.read("/interviews", Listing[InterviewLine])
def list_interviews(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """约谈，新的在前 / interviews, the newest first"""
    return call.page(
        InterviewLine, lambda desk: cut(interviews_view(desk, state), after, limit, lambda one: one.id)
    )


@router.make("/interviews", InterviewShown, DRAFT)
def plan_an_interview(call: HasCall, sent: Annotated[Any, takes(NewInterview)]) -> Response:
    """安排约谈 / plan an interview"""
    return call.make(sent, _interview)


@router.read("/interviews/{number}", InterviewShown)
def read_interview(call: HasCall, number: Number) -> Response:
    """一次约谈 / one interview"""
    return call.read(_interview(number))


@router.act("/interviews/{number}/acts", InterviewShown, DRAFT)
def act_on_an_interview(
    call: HasCall, number: Number, sent: Annotated[Any, takes(Hold, Cancel, files=1)]
) -> Response:
    """登记约谈情况，取消 / hold, cancel"""
    return call.deed(sent, number, _interview)


@router.read("/interviews/{number}/minutes", None, file=ANY)
def read_minutes(call: HasCall, number: Number) -> Response:
    """约谈记录 / the minutes"""
    with call.desk() as desk:
        name, content = minutes_of(desk, number)
    return attachment(content, name)


@router.read("/unserved", Listing[UnservedShown])
def list_unserved(call: HasCall, after: After = "") -> Response:
    """未送达的文书，每页50份 / documents that went out and were not acknowledged, 50 a page"""

    def find(desk: Desk) -> Slice[Any]:
        found = slice_of(unserved_view(desk, Cursor.read(after)).page)
        rows = [
            document_line(one.row).model_dump()
            | {"waited_workdays": one.waited_workdays, "step": one.step.value, "liaison": one.liaison}
            for one in found.rows
        ]
        return Slice(tuple(rows), found.next)

    return call.page(UnservedShown, find)


@router.read("/series", AllSeries)
def read_series(
    call: HasCall, year: Annotated[int, Query(ge=1990, le=2100, description="年份 / year")]
) -> Response:
    """文号系列及作废、缺号 / number series with voids and gaps"""
    return call.read(
        lambda desk: AllSeries.model_validate({"year": year, "series": series_in_sight(desk, year)})
    )
