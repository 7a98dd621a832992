"""Numbers with what lies behind them, the working calendar, and the health of the system."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response

from casework.counts.countscope import scope_of
from casework.counts.indicators import drill, list_indicators
from casework.counts.statistics import count
from casework.desk import Desk
from casework.listings.offices import require_office
from casework.upkeep.doctor import examine
from console.api.routing import Code, HasCall, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area
from core.calendar.workdays import Unit
from core.errors import NotFound
from core.rulebook import find_clock, list_clocks

statistics = Routes(Area.STATISTICS, Permission.STATISTICS)
calendar = Routes(Area.CALENDAR, Permission.CALENDAR)
health = Routes(Area.HEALTH, Permission.HEALTH)
Day = Annotated[date | None, Query(description="日期 / day")]
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)


class Figures(Shown):
    """Numbers by group; every number has a label and a unit."""

    groups: list[dict[str, Any]]
    note: str = ""


class Indicator(Shown):
    """One number, its definition, and every row behind it."""

    code: str
    label: str
    unit: str
    definition: str
    value: float | None
    rows: list[dict[str, Any]]


class Definitions(Shown):
    """Every number there is, with code, unit and definition."""

    indicators: list[dict[str, Any]]


@statistics.read("/statistics", Figures)
def read_statistics(
    call: HasCall,
    campaign: Word = "",
    unit: Word = "",
    area: Word = "",
    kind: Word = "",
    from_on: Day = None,
    to_on: Day = None,
) -> Response:
    """统计：份、条、人次、件分开计数 / the numbers of an office"""

    def show(desk: Desk) -> Figures:
        require_office(desk, "查看统计")
        found = count(
            desk, campaign=campaign or None, unit=unit or None, area=area or None, kind=kind or None,
            from_on=from_on, to_on=to_on,
        )  # fmt: skip
        return Figures.model_validate(found.as_dict())

    return call.read(show)


@statistics.read("/statistics/indicators", Definitions)
def read_definitions(call: HasCall) -> Response:
    """全部指标的代码、单位和口径 / every indicator with its definition"""
    return call.read(lambda _desk: Definitions(indicators=list_indicators()))


@statistics.read("/statistics/indicators/{code}", Indicator)
def read_indicator(
    call: HasCall, code: Code, campaign: Word = "", unit: Word = "", from_on: Day = None, to_on: Day = None
) -> Response:
    """一个数字背后的每一条 / every row behind one number"""

    def show(desk: Desk) -> Indicator:
        require_office(desk, "查看统计")
        if code not in {one["code"] for one in list_indicators()}:
            raise NotFound(
                "没有这个指标", found=code[:60], expected="指标代码", remedy="见 /statistics/indicators"
            )
        scope = scope_of(
            desk,
            campaign=campaign or None,
            unit=unit or None,
            from_on=from_on,
            to_on=to_on,
            area=None,
            kind=None,
        )
        return Indicator.model_validate({"code": code, **drill(scope, code)})

    return call.read(show)


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


class Clocks(Shown):
    """The statutory periods with the law they rest on."""

    clocks: list[dict[str, Any]]


@calendar.read("/calendar/due", Due)
def count_days(
    call: HasCall,
    start: Annotated[date, Query(description="起算日，不计入 / the day before the first day")],
    count: Annotated[int, Query(ge=0, le=1000)] = 0,
    unit: Literal["workday", "day"] = "workday",
    clock: Word = "",
    variant: Word = "",
    extended: bool = False,
) -> Response:
    """推算到期日：若干工作日（日），或者一种法定期限 / the last day of a period, with every step"""

    def show(desk: Desk) -> Due:
        if not FIRST <= start <= LAST:
            raise NotFound(
                "没有这一年的工作日历", found=start.isoformat(), expected="有年表的年份", remedy="改正起算日"
            )
        law: dict[str, Any] = {}
        if clock:
            rule = find_clock(desk.rules.clocks, clock)
            due: Any = rule.due(start, desk.calendar, variant, extended=extended)
            law = {"clock": rule.code, "document": rule.document, "article": rule.article or ""}
        else:
            due = desk.calendar.due(start, count, Unit(unit))
        return Due(
            start_on=due.start_on, count=due.count, unit=str(due.unit), due_on=due.due_on,
            provisional=due.provisional, steps=list(due.steps), calendar=due.version, **law,
        )  # fmt: skip

    return call.read(show)


@calendar.read("/calendar/clocks", Clocks)
def read_clocks(call: HasCall) -> Response:
    """法定期限：代码、长度、依据 / statutory periods"""
    return call.read(lambda desk: Clocks(clocks=list_clocks(desk.rules.clocks)))


class Diagnosis(Shown):
    """What the doctor found."""

    ok: bool
    invariants: list[dict[str, Any]]
    warnings: list[str]


@health.read("/health", Diagnosis)
def read_health(call: HasCall) -> Response:
    """运行检查：每项不变量核对的数目和异常 / every invariant with its counts"""
    return call.read(lambda desk: Diagnosis.model_validate(examine(desk).as_dict()))
