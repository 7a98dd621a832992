"""What an inspected unit does by a program of its own: what it owes, its papers, cases, reports and lists."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.inquiries import find_list
from casework.inspection.inquiryviews import show_inquiry
from casework.listings.keyset import slice_of
from casework.paging import Cursor
from casework.portal.doing import do_act, find_half, reply_to, return_list, send_half, sign_for, take_workbook
from casework.portal.duties import owed_by
from casework.portal.holdings import papers_of
from casework.portal.paperpage import paper_page, workbook_of
from casework.portal.reader import Reader, reader_at
from console.api.areas.campaignlists import ListShown
from console.api.areas.cases import CaseShown, case
from console.api.bodies import Deed, first_of, need_file, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Number, Routes
from console.api.shown import Listing, Shown
from console.downloads import SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotFound
from core.life.rectification import CaseAct

router = Routes(Area.PORTAL, Permission.PORTAL)


class DutyShown(Shown):
    """Something the unit has to do; `key` is the number or code under which it is found."""

    target: str
    key: str
    what: str
    title: str
    number: str
    due_on: date | None
    provisional: bool
    left: int | None
    note: str


class OwedShown(Shown):
    """What the unit has to do, the most urgent first, and what the office does meanwhile."""

    duties: list[DutyShown]
    waiting: list[DutyShown]


class PaperLine(Shown):
    """A paper that was sent to the unit."""

    id: int
    name: str
    title: str
    number: str
    state: str
    issued_on: date | None
    served_on: date | None
    reply_due_on: date | None
    replied_on: date | None


class PaperShown(Shown):
    """A paper as its unit reads it."""

    id: int
    name: str
    number: str | None
    state: str
    issued_on: date | None
    served_on: date | None
    reply_due_on: date | None
    replied_on: date | None
    cases: list[str]
    has_workbook: bool
    may_sign_for: bool
    may_reply: bool


class HalfShown(Shown):
    """A half-month report of the unit."""

    id: int
    number: str
    title: str
    period_from: date
    period_to: date
    due_on: date
    state: str
    percent: int | None
    text: str
    next_steps: str
    sent_on: date | None


class SignFor(Deed):
    """签收 / sign for it"""

    act: Literal["acknowledge"]

    def do(self, desk: Desk, key: int) -> object:
        return sign_for(_reader(desk), key)


class Reply(Deed):
    """书面答复，可附文件 / answer it in writing"""

    act: Literal["reply"]
    note: str

    def do(self, desk: Desk, key: int) -> None:
        reply_to(_reader(desk), key, self.note, first_of(self.enclosed))


class Workbook(Deed):
    """报送整改情况报告表；第一个文件为报告表，其余为佐证 / the filled report form, then evidence"""

    act: Literal["workbook"]

    def do(self, desk: Desk, key: int) -> object:
        return take_workbook(
            _reader(desk), key, need_file(self.enclosed, "整改情况报告表"), self.enclosed[1:]
        )


class SendHalf(Deed):
    """报送半月进展 / hand in the half-month report"""

    text: str
    percent: int | None = Field(None, ge=0, le=100)
    next_steps: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return send_half(_reader(desk), key, self.text, self.percent, self.next_steps)


class ReturnList(Deed):
    """交回清单所列材料；counts 空为全部 / hand in what a list asks for; without counts all of it"""

    counts: dict[int, int] = Field(default_factory=dict)
    note: str = ""

    def do(self, desk: Desk, key: int) -> None:
        return_list(_reader(desk), key, self.counts or None, self.note, first_of(self.enclosed))


class UnitAct(Deed):
    """单位办理一个操作，附件为佐证材料；各项与 /cases/{code}/acts 相同 / an act of the unit on its case"""

    act: CaseAct
    note: str = ""
    values: dict[str, str] = Field(default_factory=dict)

    def do(self, desk: Desk, key: str) -> object:
        return do_act(
            _reader(desk), key, self.act.value, note=self.note, files=self.enclosed, values=self.values
        )


def _reader(desk: Desk) -> Reader:
    return reader_at(desk, by_link=False)


def _paper(number: int) -> Show:
    def show(desk: Desk) -> PaperShown:
        page = paper_page(_reader(desk), number)
        row = page.document
        return PaperShown(
            id=number, name=page.name, number=row.number, state=row.state, issued_on=row.issued_on,
            served_on=row.served_on, reply_due_on=row.reply_due_on, replied_on=row.replied_on,
            cases=[one.code for one in page.cases], has_workbook=page.has_workbook,
            may_sign_for=page.may_sign_for, may_reply=page.may_reply,
        )  # fmt: skip

    return show


def _half(number: int) -> Show:
    return lambda desk: HalfShown.model_validate(find_half(_reader(desk), number))


def _list(number: int) -> Show:
    def show(desk: Desk) -> ListShown:
        told = show_inquiry(desk, find_list(desk, number))
        if told["unit"] != _reader(desk).unit.code:
            raise NotFound("没有这份清单", found=str(number), expected="本单位的清单", remedy="见 /portal")
        return ListShown.model_validate(told)

    return show


@router.read("/portal", OwedShown)
def read_owed(call: HasCall) -> Response:
    """本单位待办事项 / what the unit owes"""
    return call.read(lambda desk: OwedShown.model_validate(owed_by(_reader(desk))))


@router.read("/portal/documents", Listing[PaperLine])
def list_papers(call: HasCall, after: After = "") -> Response:
    """发给本单位的文书，新的在前，每页50份 / papers sent to the unit, 50 a page"""
    return call.page(PaperLine, lambda desk: slice_of(papers_of(_reader(desk), Cursor.read(after))))


@router.read("/portal/documents/{number}", PaperShown)
def read_paper(call: HasCall, number: Number) -> Response:
    """一份文书；读取不是签收 / one paper; reading it is no receipt"""
    return call.read(_paper(number))


@router.read("/portal/documents/{number}/workbook.xlsx", None, file=SHEET)
def read_paper_workbook(call: HasCall, number: Number) -> Response:
    """整改情况报告表 / the report form of a notice"""
    with call.desk() as desk:
        name, content = workbook_of(_reader(desk), number)
    return attachment(content, name, SHEET)


@router.act("/portal/documents/{number}/acts", PaperShown)
def act_on_a_paper(
    call: HasCall, number: Number, sent: Annotated[Any, takes(SignFor, Reply, Workbook, files=10)]
) -> Response:
    """签收，答复，报送报告表 / sign for it, answer it, hand in the form"""
    return call.deed(sent, number, _paper)


@router.act("/portal/cases/{code}/acts", CaseShown)
def act_on_an_own_case(call: HasCall, code: Code, sent: Annotated[Any, takes(UnitAct, files=10)]) -> Response:
    """办理本单位的整改事项 / act on a case of the unit"""
    return call.deed(sent, code, case)


@router.read("/portal/reports/{number}", HalfShown)
def read_own_half_report(call: HasCall, number: Number) -> Response:
    """一份半月进展 / one half-month report"""
    return call.read(_half(number))


@router.act("/portal/reports/{number}/send", HalfShown)
def send_a_half_report(call: HasCall, number: Number, sent: Annotated[Any, takes(SendHalf)]) -> Response:
    """报送半月进展 / hand it in"""
    return call.deed(sent, number, _half)


@router.read("/portal/lists/{number}", ListShown)
def read_own_list(call: HasCall, number: Number) -> Response:
    """一份清单 / one list"""
    return call.read(_list(number))


@router.act("/portal/lists/{number}/return", ListShown)
def return_a_list(
    call: HasCall, number: Number, sent: Annotated[Any, takes(ReturnList, files=1)]
) -> Response:
    """交回清单所列材料 / hand in what it asks for"""
    return call.deed(sent, number, _list)
