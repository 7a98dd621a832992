"""Reports, drafted by one and issued by another; periods, closed once and read from the kept numbers ever after."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.keyset import cut
from casework.listings.offices import require_office
from casework.reports.issuing import end_report, issue_report, keep_report, print_report
from casework.reports.periods import close_period
from casework.reports.periodview import describe_period
from casework.reports.reporting import Composed, compose_bulletin, compose_campaign, compose_period
from casework.reports.reportviews import period_lines, report_lines, report_view, require_drafter
from console.api.areas.figures import FiguresOfSubject
from console.api.bodies import Body, Deed, Making, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import WORD, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.calendar.periods import PeriodKind
from core.errors import InvalidInput
from models.base import key_of

router = Routes(Area.REPORTS, Permission.STATISTICS)
ISSUE = Permission.REPORT_ISSUE
Kind = Annotated[PeriodKind, Query(description="统计期的种类 / kind of period")]


class ReportLine(Shown):
    """A kept report in a list."""

    id: int
    kind: str
    title: str
    issue: str
    state: str
    word: str
    drafted_by: str
    drafted_on: date
    issued_on: date | None


class NewReport(Making):
    """起草：督察、整改报告写 campaign；通报写 campaign 或起止日；统计报告写 period 和 on / compose"""

    kind: Literal["campaign", "rectification", "bulletin", "period"]
    campaign: str = ""
    from_on: date | None = None
    to_on: date | None = None
    period: PeriodKind | None = None
    on: date | None = Field(None, description="该期中的任一日 / any day of the period")

    def make(self, desk: Desk) -> int:
        require_drafter(desk)
        return key_of(keep_report(desk, self._composed(desk)))

    def _composed(self, desk: Desk) -> Composed:
        if self.kind in ("campaign", "rectification") and self.campaign:
            return compose_campaign(desk, self.campaign, self.kind)
        if self.kind == "bulletin" and (self.campaign or (self.from_on and self.to_on)):
            return compose_bulletin(
                desk, campaign=self.campaign or None, from_on=self.from_on, to_on=self.to_on
            )
        if self.kind == "period" and self.period and self.on:
            return compose_period(desk, self.period, self.on)
        raise InvalidInput(
            "没有写明报告什么",
            found=self.kind,
            expected="督察批次，或起止日期，或统计期和其中的一日",
            remedy="补充后提交",
        )


class Issue(Deed):
    """印发；起草人不得印发自己起草的 / issue it; its author may not"""

    act: Literal["issue"]

    def do(self, desk: Desk, key: int) -> object:
        return issue_report(desk, key)


class End(Deed):
    """放弃草稿，或者作废已印发的，期号不再使用 / give a draft up, or declare an issued one void"""

    act: Literal["end"]
    reason: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return end_report(desk, key, self.reason)


class PeriodLineShown(Shown):
    """A period and whether it was closed."""

    kind: str
    name: str
    from_on: date
    to_on: date
    state: str
    closed: bool
    closed_by: str
    closed_on: date | None
    sha256: str


class PeriodShown(Shown):
    """The numbers of a period; `late` is what came late for earlier ones."""

    kind: str
    name: str
    from_on: date = Field(alias="from")
    to_on: date = Field(alias="to")
    state: str
    sha256: str | None
    late: dict[str, int]
    groups: list[FiguresOfSubject]


class ClosePeriod(Body):
    """结账：数字留存，不再变动 / close a period: its numbers are kept and do not move any more"""

    kind: PeriodKind
    on: date = Field(description="该期中的任一日 / any day of the period")


def _report(number: int) -> Show:
    return lambda desk: ReportLine.model_validate(report_view(desk, number).line)


def _period(kind: PeriodKind, on: date) -> Show:
    def show(desk: Desk) -> PeriodShown:
        require_office(desk, "查看统计")
        return PeriodShown.model_validate(describe_period(desk, kind, on))

    return show


@router.read("/reports", Listing[ReportLine])
def list_reports(call: HasCall, kind: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """报告和通报，新的在前 / reports, the newest first"""
    return call.page(ReportLine, lambda desk: cut(report_lines(desk, kind), after, limit, lambda one: one.id))


@router.make("/reports", ReportLine, ISSUE)
def compose_a_report(call: HasCall, sent: Annotated[Any, takes(NewReport)]) -> Response:
    """起草报告、通报 / compose a report and keep it as a draft"""
    return call.make(sent, _report)


@router.read("/reports/{number}", ReportLine)
def read_report(call: HasCall, number: Number) -> Response:
    """一份报告 / one report"""
    return call.read(_report(number))


@router.read("/reports/{number}/report.docx", None, file=WORD)
def read_report_file(call: HasCall, number: Number) -> Response:
    """报告（.docx） / the report as a document"""
    with call.desk() as desk:
        content = print_report(desk, report_view(desk, number).row)
    return attachment(content, f"报告{number}.docx", WORD)


@router.act("/reports/{number}/acts", ReportLine, ISSUE)
def act_on_a_report(call: HasCall, number: Number, sent: Annotated[Any, takes(Issue, End)]) -> Response:
    """印发，放弃或者作废 / issue it, end it"""
    return call.deed(sent, number, _report)


@router.read("/periods", Listing[PeriodLineShown])
def list_periods(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """统计期 / periods"""
    return call.page(
        PeriodLineShown,
        lambda desk: cut(period_lines(desk), after, limit, lambda one: f"{one.kind}:{one.from_on}"),
    )


@router.read("/periods/numbers", PeriodShown)
def read_period(
    call: HasCall, kind: Kind, on: Annotated[date, Query(description="其中的任一日")]
) -> Response:
    """一期的数字，含以前各期迟报的 / the numbers of a period"""
    return call.read(_period(kind, on))


@router.once("/periods/close", PeriodShown, ISSUE)
def close_a_period(call: HasCall, sent: Annotated[Any, takes(ClosePeriod)]) -> Response:
    """结账 / close a period"""

    def make(desk: Desk) -> Any:
        close_period(desk, sent.kind, sent.on)
        desk.session.flush()
        return _period(sent.kind, sent.on)(desk)

    return call.once(sent, make)
