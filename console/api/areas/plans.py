"""Recurring plans with what is due of them, and the plans of the years."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.occurrences import finish_occurrence, skip_occurrence, start_occurrence
from casework.inspection.occurrenceviews import list_plans
from casework.inspection.references import list_annual_plans, register_annual_plan
from casework.listings.keyset import Slice, cut
from casework.listings.offices import require_office
from console.api.bodies import Body, Deed, first_of, takes
from console.api.calls import Show
from console.api.routing import After, Code, HasCall, Limit, Routes
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotFound

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_PLAN)
AHEAD_DAYS = 62
Ahead = Annotated[
    int, Query(ge=0, le=366, description="多少天内到期的也列出 / what falls due within so many days")
]


class OccurrenceShown(Shown):
    """An occurrence of a plan that was started, passed over or finished."""

    unit: str
    period: str
    due_on: date
    state: str
    state_word: str
    campaign: str | None
    ended_on: date | None
    reason: str | None


class DueShown(Shown):
    """An occurrence that is due, or will be."""

    plan: str
    title: str
    unit: str
    period: str
    due_on: date
    planned_on: date
    moved: bool
    provisional: bool
    overdue: bool


class PlanShown(Shown):
    """A recurring plan."""

    code: str
    title: str
    kind: str
    line: str
    every: str
    mode: str
    occurrences: list[OccurrenceShown]
    due: list[DueShown]


class PlannedItem(Shown):
    """One entry of a yearly plan with the campaigns that stand on it."""

    item: str
    campaigns: list[str]


class AnnualPlanShown(Shown):
    """The plan of a year."""

    year: int
    title: str
    number: str
    items: list[PlannedItem]


class AnnualPlans(Shown):
    """The plans of the years."""

    plans: list[AnnualPlanShown]


class OnPlan(Deed):
    """An act on one occurrence of a recurring plan."""

    period: str
    unit: str = ""

    def see(self, desk: Desk, key: str) -> None:
        plan(key)(desk)


class Start(OnPlan):
    """启动本期，编制批次 / start an occurrence: a campaign is planned for it"""

    act: Literal["start"]
    begin: date | None = Field(None, description="督察期间首日 / first day of the campaign")

    def do(self, desk: Desk, key: str) -> object:
        return start_occurrence(desk, key, self.period, unit=self.unit, begin=self.begin)


class Skip(OnPlan):
    """本期不开展；由主任 / pass an occurrence over; by the director"""

    needs: ClassVar[Permission | None] = Permission.CAMPAIGN_DECIDE
    act: Literal["skip"]
    reason: str

    def do(self, desk: Desk, key: str) -> object:
        return skip_occurrence(desk, key, self.period, self.reason, unit=self.unit)


class Finish(OnPlan):
    """登记本期完成 / note that the work of an occurrence is done"""

    act: Literal["finish"]
    on: date | None = None

    def do(self, desk: Desk, key: str) -> object:
        return finish_occurrence(desk, key, self.period, self.on or desk.today, unit=self.unit)


class AnnualPlanGiven(Body):
    """年度计划，可附文件 / the plan of a year, with its paper"""

    year: int = Field(ge=1990, le=2100)
    title: str
    number: str = ""
    items: list[str] = Field(max_length=1000)

    def register(self, desk: Desk) -> None:
        require_office(desk, "登记年度计划")
        register_annual_plan(desk, self.year, self.title, self.number, self.items, first_of(self.enclosed))


def plan(code: str) -> Show:
    def show(desk: Desk) -> PlanShown:
        require_office(desk, "查看周期计划")
        for one in list_plans(desk, ahead=AHEAD_DAYS):
            if one["code"] == code:
                return PlanShown.model_validate(one)
        raise NotFound("没有这个周期计划", found=code[:60], expected="周期计划的编码", remedy="见 /plans")

    return show


def _annual(desk: Desk) -> AnnualPlans:
    require_office(desk, "查看年度计划")
    return AnnualPlans.model_validate({"plans": list_annual_plans(desk)})


@router.read("/plans", Listing[PlanShown])
def list_recurring_plans(
    call: HasCall, ahead: Ahead = AHEAD_DAYS, after: After = "", limit: Limit = 50
) -> Response:
    """周期计划及到期的各期 / recurring plans with what is due"""

    def find(desk: Desk) -> Slice[Any]:
        require_office(desk, "查看周期计划")
        return cut(list_plans(desk, ahead=ahead), after, limit, lambda one: one["code"])

    return call.page(PlanShown, find)


@router.read("/plans/annual", AnnualPlans)
def read_annual_plans(call: HasCall) -> Response:
    """年度计划 / the plans of the years"""
    return call.read(_annual)


@router.act("/plans/annual", AnnualPlans)
def register_a_yearly_plan(call: HasCall, sent: Annotated[Any, takes(AnnualPlanGiven, files=1)]) -> Response:
    """登记年度计划 / register the plan of a year, or bring it up to date"""
    return call.change(sent, sent.register, _annual)


@router.read("/plans/{code}", PlanShown)
def read_recurring_plan(call: HasCall, code: Code) -> Response:
    """一个周期计划 / one recurring plan"""
    return call.read(plan(code))


@router.act("/plans/{code}/acts", PlanShown, Permission.CAMPAIGN_PLAN, Permission.CAMPAIGN_DECIDE)
def act_on_a_plan(call: HasCall, code: Code, sent: Annotated[Any, takes(Start, Skip, Finish)]) -> Response:
    """启动、不开展、完成一期 / start, skip or finish an occurrence"""
    return call.deed(sent, code, plan)
