"""Numbers with what lies behind them, how units stand, and which problems come again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response

from casework.counts.countscope import scope_of
from casework.counts.figures import ScopeFilters
from casework.counts.indicators import drill, list_indicators
from casework.counts.statistics import count
from casework.counts.tallies import Scope
from casework.desk import Desk
from casework.inspection.focus import suggest_focus
from casework.listings.keyset import Slice, cut
from casework.listings.offices import require_office
from casework.reports.exporting import export_figures, export_rows
from casework.reports.ranking import as_row, explain_unit, rank
from console.api.routing import After, Code, HasCall, Limit, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotFound

statistics = Routes(Area.STATISTICS, Permission.STATISTICS)
Day = Annotated[date | None, Query(description="日期 / day")]
CSV = "text/csv"


class FigureShown(Shown):
    """One number; null where there is nothing to divide by."""

    key: str
    label: str
    value: float | int | None
    unit: str


class FiguresOfSubject(Shown):
    """The numbers of one subject."""

    name: str
    rows: list[FigureShown]


class Figures(Shown):
    """Numbers by subject; `note` says when they are those of a closed period."""

    groups: list[FiguresOfSubject]
    note: str = ""


class RowBehind(Shown):
    """One row behind a number."""

    key: str
    text: str
    on: date | None
    unit: str
    amount: int


class Definition(Shown):
    """What a number counts; a code that ends in `.*` stands for several."""

    code: str
    label: str
    unit: str
    group: str
    number: int
    definition: str


class Definitions(Shown):
    """Every number there is, with code, unit and definition."""

    indicators: list[Definition]


class Indicator(Shown):
    """One number, its definition, and every row behind it; `whole` is what a percentage is of."""

    code: str
    label: str
    unit: str
    definition: str
    value: float | int | None
    whole: int | None
    rows: list[RowBehind]


class Standing(Shown):
    """How a unit stands by the declared formula; `reason` says why it is not ranked."""

    place: int | None
    unit: str
    name: str
    group: str
    total: str
    grade: str
    reason: str
    steps: dict[str, str]


class StepSaid(Shown):
    """One step of a score in words."""

    name: str
    said: str


class FactBehind(Shown):
    """A number that a score rests on, with its rows."""

    fact: str
    label: str
    value: int
    unit: str
    definition: str
    rows: list[RowBehind]


class StandingExplained(Standing):
    """How a unit got its score, down to the rows."""

    rules: str
    group_size: int
    explained: list[StepSaid]
    said: str
    facts: list[FactBehind]


class FrequentShown(Shown):
    """A problem that comes again and again."""

    catalog: str
    item: str
    title: str
    units: int
    problems: int
    grave: int
    repeats: int
    points: int
    why: str


def _scope(desk: Desk, campaign: str, unit: str, from_on: date | None, to_on: date | None) -> Scope:
    require_office(desk, "查看统计")
    return scope_of(
        desk, campaign=campaign or None, unit=unit or None, from_on=from_on, to_on=to_on, area=None, kind=None
    )


def _need_indicator(code: str) -> None:
    if code not in {one["code"] for one in list_indicators()}:
        raise NotFound(
            "没有这个指标", found=code[:60], expected="指标代码", remedy="见 /statistics/indicators"
        )


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


@statistics.read("/statistics/export", None, file=SHEET)
def export_statistics(
    call: HasCall,
    campaign: Word = "",
    unit: Word = "",
    from_on: Day = None,
    to_on: Day = None,
    code: Annotated[
        str, Query(max_length=120, description="只要这个数字的明细 / the rows behind this number")
    ] = "",
    form: Literal["xlsx", "csv"] = "xlsx",
) -> Response:
    """导出全部指标，或者一个数字的明细（.xlsx、.csv） / all numbers, or the rows behind one, as a file"""
    as_csv = form == "csv"
    with call.desk() as desk:
        require_office(desk, "导出统计")
        filters = ScopeFilters(campaign=campaign, unit=unit, from_on=from_on, to_on=to_on)
        if code:
            _need_indicator(code)
            content = export_rows(desk, filters, code, as_csv=as_csv)
        else:
            content = export_figures(desk, filters, as_csv=as_csv)
    return attachment(content, f"{'统计明细' if code else '统计指标'}.{form}", CSV if as_csv else SHEET)


@statistics.read("/statistics/indicators", Definitions)
def read_definitions(call: HasCall) -> Response:
    """全部指标的代码、单位和口径 / every indicator with its definition"""
    return call.read(lambda _desk: Definitions.model_validate({"indicators": list_indicators()}))


@statistics.read("/statistics/indicators/{code}", Indicator)
def read_indicator(
    call: HasCall, code: Code, campaign: Word = "", unit: Word = "", from_on: Day = None, to_on: Day = None
) -> Response:
    """一个数字背后的每一条 / every row behind one number"""

    def show(desk: Desk) -> Indicator:
        scope = _scope(desk, campaign, unit, from_on, to_on)
        _need_indicator(code)
        return Indicator.model_validate(drill(scope, code))

    return call.read(show)


@statistics.read("/statistics/focus", Listing[FrequentShown])
def read_focus(
    call: HasCall,
    campaign: Word = "",
    from_on: Day = None,
    to_on: Day = None,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """多发问题 / problems that come again and again"""

    def find(desk: Desk) -> Slice[Any]:
        rows = suggest_focus(_scope(desk, campaign, "", from_on, to_on))
        return cut(rows, after, limit, lambda one: f"{one.catalog}:{one.item}")

    return call.page(FrequentShown, find)


@statistics.read("/ranking", Listing[Standing])
def read_ranking(
    call: HasCall,
    campaign: Word = "",
    from_on: Day = None,
    to_on: Day = None,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """单位评价：得分和名次 / units with score and place"""

    def find(desk: Desk) -> Slice[Any]:
        rows = [as_row(one) for one in rank(_scope(desk, campaign, "", from_on, to_on))]
        return cut(rows, after, limit, lambda one: one["unit"])

    return call.page(Standing, find)


@statistics.read("/ranking/{code}", StandingExplained)
def explain_a_standing(
    call: HasCall, code: Code, campaign: Word = "", from_on: Day = None, to_on: Day = None
) -> Response:
    """一个单位的得分怎样算出 / how a unit got its score"""
    return call.read(
        lambda desk: StandingExplained.model_validate(
            explain_unit(_scope(desk, campaign, "", from_on, to_on), code)
        )
    )
