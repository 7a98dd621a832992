"""Visits with their teams: what was reported, counted and handed in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.checkfiling import write_workbook
from casework.inspection.checkimport import import_workbook
from casework.inspection.checklists import checklist_name, import_checklists
from casework.inspection.fieldnotes import count_at, note_self_report_of
from casework.inspection.filling import refuse_partner
from casework.inspection.visitfile import open_visit
from casework.inspection.visitviews import counts_at
from casework.listings.inspections import members_of, records_of, seen_visit, visits_page
from casework.staff.people import split
from console.api.bodies import Deed, Nothing, need_file, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.VISITS, Permission.VISIT)


class VisitLine(Shown):
    """A visit in a list."""

    id: int
    campaign: str
    unit: str
    unit_name: str
    from_on: date
    to_on: date
    place: str
    self_report_due_on: date | None
    self_report_on: date | None
    workbook_returned_on: date | None


class Member(Shown):
    """Somebody on the team of a visit."""

    code: str
    name: str
    role: str


class Checked(Shown):
    """What was checked of one item."""

    item: str
    position: int
    result: str
    problem: str
    facts: str
    severity: str | None
    materials: str
    checked_on: date
    inspector: str
    unit_opinion: str | None
    opinion_note: str


class VisitShown(VisitLine):
    """A visit with its team, its items and what was checked; `counts` are talks, seminars and the like."""

    team: list[Member]
    items: list[str]
    counts: dict[str, int]
    records: list[Checked]


class Imported(Shown):
    """What came of an import."""

    visits: int
    checked: int
    papers: int


class SelfReported(Deed):
    """今天收到自查报告 / the self-report has come in today"""

    act: Literal["self_report"]

    def do(self, desk: Desk, key: int) -> None:
        note_self_report_of(desk, open_visit(desk, key))


class Counted(Deed):
    """登记工作量；更正写负数 / talks, seminars and the like; a correction is negative"""

    act: Literal["count"]
    what: str = Field(description="谈话、座谈等的代码 / code of what is counted")
    count: int = Field(ge=-100_000, le=100_000)
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: int) -> None:
        count_at(desk, open_visit(desk, key), self.what, self.count, self.on, self.note)


class Workbook(Deed):
    """导入填好的检查表并提交；draft 为只读入、不提交 / hand in a filled workbook, or only read it in"""

    act: Literal["workbook"]
    draft: bool = False
    replace: bool = Field(False, description="覆盖已经填写的 / over what was typed before")

    def do(self, desk: Desk, key: int) -> object:
        path = need_file(self.enclosed, "检查表")
        return import_workbook(desk, open_visit(desk, key), path, submit=not self.draft, replace=self.replace)


def visit(number: int) -> Show:
    """Show a visit as the caller sees it."""

    def show(desk: Desk) -> VisitShown:
        row, campaign, unit = seen_visit(desk, number)
        refuse_partner(desk)
        return VisitShown(
            id=number, campaign=campaign.code, unit=unit.code, unit_name=unit.name, from_on=row.from_on,
            to_on=row.to_on, place=row.place, self_report_due_on=row.self_report_due_on,
            self_report_on=row.self_report_on, workbook_returned_on=row.workbook_returned_on,
            team=[Member.model_validate(one) for one in members_of(desk, number)], items=list(split(row.items)),
            counts=counts_at(desk, open_visit(desk, number)),
            records=[Checked.model_validate(one) for one in records_of(desk, number)],
        )  # fmt: skip

    return show


@router.read("/visits", Listing[VisitLine])
def list_visits(
    call: HasCall, campaign: Word = "", unit: Word = "", after: After = "", limit: Limit = 50
) -> Response:
    """督察记录，新的在前 / visits, the newest first"""
    return call.page(VisitLine, lambda desk: visits_page(desk, after, limit, campaign=campaign, unit=unit))


@router.read("/visits/{number}", VisitShown)
def read_visit(call: HasCall, number: Number) -> Response:
    """一次督察：督察组、事项、检查情况 / one visit with team and records"""
    return call.read(visit(number))


@router.read("/visits/{number}/workbook.xlsx", None, file=SHEET)
def read_workbook(call: HasCall, number: Number) -> Response:
    """检查表（.xlsx），连同已填内容 / the checklist as a workbook, with what was filled in"""
    with call.desk() as desk:
        refuse_partner(desk)
        file = open_visit(desk, number)
        content = write_workbook(desk, file)
        return attachment(content, checklist_name(file.campaign, file.unit), SHEET)


@router.once("/visits/checklists", Imported)
def import_a_checklist(call: HasCall, sent: Annotated[Any, takes(Nothing, files=10)]) -> Response:
    """导入填好的检查表，全部成功或全部不写 / import filled checklists, all or nothing"""

    def make(desk: Desk) -> Imported:
        need_file(sent.enclosed, "检查表")
        return Imported.model_validate(import_checklists(desk, list(sent.enclosed)))

    return call.once(sent, make)


@router.act("/visits/{number}/acts", VisitShown)
def act_on_a_visit(
    call: HasCall, number: Number, sent: Annotated[Any, takes(SelfReported, Counted, Workbook, files=1)]
) -> Response:
    """登记自查报告、工作量，导入检查表 / note the self-report, count, hand in the workbook"""
    return call.deed(sent, number, visit)
