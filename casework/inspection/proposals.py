"""What a plan would bring before it is stored: visits with days, teams and reasons, warnings, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.burden import Warned, burden_of
from casework.inspection.campaignrows import kind_rule
from casework.inspection.campaigns import check_plan, planned_visits
from casework.inspection.campaignunits import chosen_units, filled_plan, refuse_twice_a_month
from casework.staff.people import require_role
from core.campaign.campaignplan import CampaignPlan
from core.staffing.planning import VisitPlan
from models.campaign import Campaign
from models.organisation import Person, Unit

PLANNERS = ("officer", "director", "leader")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with what it would bring; `missing` are sentences about what nobody has seen to yet."""

    plan: CampaignPlan
    kind_name: str
    visits: tuple[VisitPlan, ...]
    units: dict[str, str]
    people: dict[str, str]
    warned: tuple[Warned, ...]
    missing: tuple[str, ...]

    @property
    def loads(self) -> list[tuple[str, int]]:
        """How many visits each person would get, the most first."""
        counts: dict[str, int] = {}
        for visit in self.visits:
            for code in visit.team:
                counts[code] = counts.get(code, 0) + 1
        return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def propose(desk: Desk, plan: CampaignPlan) -> Proposal:
    """Return what a plan would bring, by the same rules that storing it follows; nothing is stored.

    raises   InvalidInput, NotFound, Refused, CalendarMissing as `store_plan` does: people, units or days that lack
    """
    require_role(desk, PLANNERS, "编制督察批次")
    kind = kind_rule(desk, plan.kind)
    check_plan(desk, plan, kind)
    plan = filled_plan(desk, plan, kind)
    units = chosen_units(desk, plan)
    refuse_twice_a_month(desk, plan, kind, units)
    visits = planned_visits(desk, plan, units)
    people = {
        person.code: person
        for person in desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id))
    }
    known = desk.session.exec(
        select(Campaign).where(col(Campaign.office_id) == desk.office_id, col(Campaign.code) == plan.code)
    ).first()
    warned = burden_of(desk, known.id if known else None, plan.period.from_on, plan.period.to_on, units)
    sent = {code for visit in visits for code in visit.team}
    missing = _missing(desk, plan, units, [people[code] for code in sorted(sent)], bool(kind.announces))
    if known is not None:
        missing = (f"批次编码{plan.code}已有方案，存入后以本方案代替（尚未批准的才能代替）", *missing)
    return Proposal(
        plan, kind.name, visits, {unit.code: unit.name for unit in units},
        {code: people[code].name for code in sent}, tuple(warned), missing,
    )  # fmt: skip


def _missing(
    desk: Desk, plan: CampaignPlan, units: list[Unit], team: list[Person], announced: bool
) -> tuple[str, ...]:
    found = []
    if desk.calendar.is_provisional(plan.period.from_on, plan.period.to_on):
        found.append("督察期间所在年度的放假安排尚未公布，督察日期为暂定")
    without = [unit.name for unit in units if not unit.liaison_email]
    if announced and without:
        found.append(f"{len(without)}个单位没有联络员邮箱，督察通知须另行送达：{_some(without)}")
    silent = [person.name for person in team if not person.email]
    if silent:
        found.append(f"{len(silent)}名督察人员没有邮箱，任务须另行告知：{_some(silent)}")
    if plan.plan_reference is None and plan.exception is None:
        found.append("没有写明列入哪份年度督查检查考核计划；可在存入后补写，或由主任批准例外")
    return tuple(found)


def _some(names: list[str]) -> str:
    shown = "、".join(names[:8])
    return shown if len(names) <= 8 else f"{shown}等"
