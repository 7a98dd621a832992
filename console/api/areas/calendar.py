"""The working calendar: how days are counted, a year's table, and its changes, which take two people."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from fastapi.responses import Response
from pydantic import Field

from casework.calendar.calendars import ROLES, confirm_year, propose_file, propose_packaged, reject_year
from casework.calendar.yearview import proposals_in_sight, year_view
from casework.desk import Desk
from casework.listings.keyset import cut
from casework.staff.people import require_role
from console.api.areas.rulefiles import told_as_input
from console.api.bodies import Body, need_file, takes
from console.api.routing import After, HasCall, Limit, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.calendar.workdays import Unit
from core.errors import InvalidInput
from core.rulebook import find_clock, list_clocks

router = Routes(Area.CALENDAR, Permission.CALENDAR)
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
Year = Annotated[int, Path(ge=1990, le=2100, description="年份 / year")]


class Due(Shown):
    """A day on which a period ends, with the days counted."""

    start_on: date | None
    count: int | None
    unit: str
    due_on: date
    provisional: bool
    steps: list[str]
    calendar: str
    clock: str = ""
    document: str = ""
    article: str = ""


class ClockRule(Shown):
    """A statutory period, or one of its variants, with the law it rests on."""

    code: str
    variant: str
    matter: str
    period: str
    unit: str
    extend: int | None
    rolls: bool
    document: str
    article: str | None
    verified: bool


class Clocks(Shown):
    """The statutory periods with the law they rest on."""

    clocks: list[ClockRule]


class DayShown(Shown):
    """A day that is not what its weekday says, or is off for a local reason."""

    day: date
    works: bool
    mark: str
    local: str


class YearShown(Shown):
    """The table of a year: days that differ from plain weeks."""

    year: int
    status: str
    source: str
    note: str
    workdays: int
    days: list[DayShown]


class Moved(Shown):
    """A due date that a table moves."""

    case: str
    unit: str
    before: date
    after: date
    notified: bool


class Firm(Shown):
    """A due date that is provisional no more."""

    case: str
    unit: str
    due_on: date


class Told(Shown):
    """A year's table with what it moves."""

    year: int
    version: int
    status: str
    state: str = ""
    moved: list[Moved]
    firm: list[Firm]
    kept: int = 0


class Proposal(Told):
    """A table that was proposed; `pin` goes into its confirmation. Null where the table was in force already."""

    proposal: int | None = None
    pin: str | None = Field(None, alias="sha256")


class ProposalLine(Proposal):
    """A proposal in the list of proposals."""

    source: str
    origin: str
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decision_note: str | None


class Confirmed(Told):
    """A table in force, with the notices of corrected due dates that were drafted."""

    documents: list[int] = Field(default_factory=list)


class ProposeYear(Body):
    """提出一年的年表：附文件，或者写 package_year 用软件包的年表 / from a file, or from the installed package"""

    package_year: int | None = Field(None, ge=1990, le=2100)


class Pin(Body):
    """确认所核对的年表；提出人不得确认 / confirm the table that was looked at; not by who proposed it"""

    pin: str = Field(max_length=64)


class Reject(Body):
    """否决，或者撤回本人提出的 / turn it down, or take one's own back"""

    note: str


class Rejected(Shown):
    """The year whose proposal was turned down."""

    year: int


@router.read("/calendar/due", Due)
def count_days(
    call: HasCall,
    start: Annotated[date, Query(description="起算日，不计入 / the day before the first day")],
    count: Annotated[
        int | None, Query(ge=0, le=1000, description="多少日；与 clock 二选一 / how many days")
    ] = None,
    unit: Literal["workday", "day"] = "workday",
    clock: Annotated[str, Query(max_length=80, description="法定期限的代码 / a statutory period")] = "",
    variant: Annotated[
        str, Query(max_length=80, description="该期限的情形，如 urgent / a variant of it")
    ] = "",
    extended: Annotated[bool, Query(description="经批准延长 / extended as the law allows")] = False,
) -> Response:
    """推算到期日：若干工作日（日），或者一种法定期限 / the last day of a period, with every step"""

    def show(desk: Desk) -> Due:
        if not FIRST <= start <= LAST:
            raise InvalidInput(
                "没有这一年的工作日历", found=start.isoformat(), expected="有年表的年份", remedy="改正起算日"
            )
        if bool(clock) == (count is not None):
            raise InvalidInput(
                "请写明日数或者法定期限", found=f"count {count}，clock {clock or '空'}", expected="两者之一",
                remedy="只写 count，或者只写 clock",
            )  # fmt: skip
        law: dict[str, Any] = {}
        if clock:
            rule = find_clock(desk.rules.clocks, clock)
            due: Any = rule.due(start, desk.calendar, variant, extended=extended)
            law = {"clock": rule.code, "document": rule.document, "article": rule.article or ""}
        else:
            due = desk.calendar.due(start, count or 0, Unit(unit))
        return Due(
            start_on=due.start_on, count=due.count, unit=str(due.unit), due_on=due.due_on,
            provisional=due.provisional, steps=list(due.steps), calendar=due.version, **law,
        )  # fmt: skip

    return call.read(show)


@router.read("/calendar/clocks", Clocks)
def read_clocks(call: HasCall) -> Response:
    """法定期限：代码、长度、依据 / statutory periods"""
    return call.read(lambda desk: Clocks.model_validate({"clocks": list_clocks(desk.rules.clocks)}))


@router.read("/calendar/years/{year}", YearShown)
def read_year(call: HasCall, year: Year) -> Response:
    """一年的年表：放假和调休 / the table of a year"""

    def show(desk: Desk) -> YearShown:
        view = year_view(desk, year)
        days = [
            DayShown.model_validate(cell)
            for month in view.months
            for week in month.weeks
            for cell in week
            if cell is not None and (cell.local or cell.mark not in ("", "末"))
        ]
        return YearShown(
            year=view.year, status=view.status, source=view.source, note=view.note, workdays=view.workdays,
            days=days,
        )  # fmt: skip

    return call.read(show)


@router.read("/calendar/proposals", Listing[ProposalLine])
def list_proposals(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """提出过的年表，新的在前 / tables that were proposed"""
    return call.page(
        ProposalLine,
        lambda desk: cut(
            proposals_in_sight(desk), after, limit, lambda one: f"{one['year']}:{one.get('proposal')}"
        ),
    )


@router.once("/calendar/proposals", Proposal)
def propose_a_year(call: HasCall, sent: Annotated[Any, takes(ProposeYear, files=1)]) -> Response:
    """提出一年的年表；现在还没有生效 / propose the table of a year; nothing moves yet"""

    def make(desk: Desk) -> Proposal:
        require_role(desk, ROLES, "提出工作日历")
        year = sent.package_year
        with told_as_input():
            told = (
                propose_packaged(desk, year)
                if year is not None and not sent.enclosed
                else propose_file(desk, need_file(sent.enclosed, "年表"))
            )
        return Proposal.model_validate(told)

    return call.once(sent, make)


@router.once("/calendar/years/{year}/confirm", Confirmed)
def confirm_a_year(call: HasCall, year: Year, sent: Annotated[Any, takes(Pin)]) -> Response:
    """由另一人确认年表，重新核定期限 / put a proposed year in force, by another person"""

    def make(desk: Desk) -> Confirmed:
        told = confirm_year(desk, year, sent.pin)
        drafted: Any = told["documents"]
        ids = [one["id"] if isinstance(one, dict) else one for one in drafted]
        return Confirmed.model_validate({**told, "documents": ids})

    return call.once(sent, make)


@router.once("/calendar/years/{year}/reject", Rejected)
def reject_a_year(call: HasCall, year: Year, sent: Annotated[Any, takes(Reject)]) -> Response:
    """否决年表，期限不动 / turn it down; nothing has moved"""

    def make(desk: Desk) -> Rejected:
        reject_year(desk, year, sent.note)
        return Rejected(year=year)

    return call.once(sent, make)
