"""What a change of scope comes to, and carrying it out: visits that were not held come, go and move; held ones stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.announcing import announce, tell_again
from casework.inspection.campaignrows import kind_rule, plan_of
from casework.inspection.campaigns import planned_visits
from casework.inspection.campaignunits import chosen_units, monthly_key, refuse_twice_a_month
from casework.inspection.choosing import chosen_items, items_by_catalog
from casework.inspection.droppingvisits import drop_visit
from casework.inspection.inquiries import open_lists
from casework.inspection.milestones import refresh_milestones
from casework.inspection.scoperules import move_to_rules, rules_after, rules_now
from casework.inspection.visits import restaff_visit, store_visits
from casework.staff.people import join, split
from core.campaign.campaignplan import CampaignPlan, Span
from core.campaign.scope import ScopeWish, after_change
from core.errors import InvalidInput, Refused
from core.life.lives import CampaignState
from core.rulebook import Rulebook
from core.staffing.planning import VisitPlan
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Campaign, CheckRecord, Visit
from models.organisation import Unit
from models.plan import ScopeChange


@dataclass(frozen=True, slots=True)
class Rescope:
    """What a change comes to: the plan and rules after it, and which visits come, go, move to other days, or stay."""

    plan: CampaignPlan
    rules: Rulebook
    coming: tuple[Unit, ...]
    going: tuple[tuple[Visit, Unit], ...]
    moving: tuple[tuple[Visit, Unit], ...]
    staying: tuple[tuple[Visit, Unit], ...]


def weigh(desk: Desk, campaign: Campaign, wish: ScopeWish) -> Rescope:
    """Return what a change comes to if it is carried out today.

    raises   NotFound for unknown units or items; InvalidInput for what does not fit; Refused for visits that were held
    """
    visits = visits_with_units(desk, campaign)
    before = plan_of(campaign)
    items = items_by_catalog(rules_now(desk, campaign), before)
    plan = after_change(before, wish, [unit.code for _visit, unit in visits], items)
    rules = rules_after(desk, campaign, plan)
    chosen_items(rules, plan)
    coming = tuple(unit for unit in chosen_units(desk, plan) if unit.code in wish.add_units)
    refuse_twice_a_month(desk, plan, kind_rule(desk, campaign.kind), coming)
    _refuse_useless(rules, plan, wish, chosen_units(desk, plan))
    going = tuple(pair for pair in visits if pair[1].code in wish.drop_units)
    left = [pair for pair in visits if pair not in going]
    outside = [pair for pair in left if not _inside(plan, pair[0])]
    held = held_visits(desk, campaign)
    _refuse_held([pair for pair in going if key_of(pair[0]) in held], "退出范围")
    _refuse_held([pair for pair in outside if key_of(pair[0]) in held], "落在新的督察期间之外")
    # What was looked at keeps its items; the rest is looked at as the change says.
    staying = tuple(pair for pair in left if pair not in outside and key_of(pair[0]) not in held)
    return Rescope(plan, rules, coming, going, tuple(outside), staying)


def carry_out(desk: Desk, campaign: Campaign, change: ScopeChange, scope: Rescope) -> None:
    """Carry out an approved change in the transaction that approved it."""
    is_open = campaign.state == CampaignState.OPEN
    for visit, unit in scope.going:
        reason = f"第{change.number}次范围变更，{unit.name}退出本批次"
        drop_visit(desk, campaign, visit, unit, reason, change.number)
    if is_open:
        move_to_rules(desk, campaign, scope.rules, change.number)
    campaign.plan = canonical_json(scope.plan.model_dump(mode="json", by_alias=True))
    campaign.period_from, campaign.period_to = scope.plan.period.from_on, scope.plan.period.to_on
    desk.session.add(campaign)
    desk.session.flush()
    _reread_items(scope)
    fresh = _plan_anew(desk, campaign, scope)
    if is_open:
        announce(desk, campaign, fresh)
        open_lists(desk, campaign, fresh)
        for visit, _unit in scope.moving:
            tell_again(desk, campaign, visit, change.number)
    desk.session.flush()
    refresh_milestones(desk, campaign)


def _plan_anew(desk: Desk, campaign: Campaign, scope: Rescope) -> list[Visit]:
    """Find days and teams for the visits that come or move; return the new ones."""
    units = [*scope.coming, *(unit for _visit, unit in scope.moving)]
    if not units:
        return []
    first = max(scope.plan.period.from_on, desk.calendar.after(desk.today, 1))
    if first > scope.plan.period.to_on:
        raise InvalidInput(
            "督察期间已经没有剩余的日子",
            found=f"至{scope.plan.period.to_on}",
            expected=f"不早于{first}",
            remedy="在变更中同时延长督察期间（--period-to）",
        )
    rest = scope.plan.model_copy(
        update={"period": Span.model_validate({"from": first, "to": scope.plan.period.to_on})}
    )
    planned = {one.unit: one for one in planned_visits(desk, rest, units, beside=True, rules=scope.rules)}
    for visit, unit in scope.moving:
        restaff_visit(desk, campaign, scope.plan, visit, planned[unit.code])
    return _store_new(desk, campaign, scope, planned)


def _store_new(desk: Desk, campaign: Campaign, scope: Rescope, planned: dict[str, VisitPlan]) -> list[Visit]:
    known = {key_of(visit) for visit, _unit in visits_with_units(desk, campaign)}
    fresh = tuple(planned[unit.code] for unit in scope.coming)
    monthly = monthly_key(scope.plan, kind_rule(desk, campaign.kind))
    store_visits(desk, campaign, scope.plan, fresh, list(scope.coming), monthly=monthly)
    return [visit for visit, _unit in visits_with_units(desk, campaign) if key_of(visit) not in known]


def _reread_items(scope: Rescope) -> None:
    items = chosen_items(scope.rules, scope.plan)
    for visit, unit in scope.staying:
        kinds = set(split(unit.kinds))
        fitting = [item.id for item in items if kinds & set(item.applies_to)]
        if not fitting:
            raise InvalidInput(
                "变更后有的单位没有适用的事项",
                found=f"{unit.code} {unit.name}",
                expected="至少一项适用的事项",
                remedy="同时减少该单位，或保留适用的事项",
            )
        visit.items = join(fitting)


def _refuse_useless(rules: Rulebook, plan: CampaignPlan, wish: ScopeWish, units: Sequence[Unit]) -> None:
    """Raise InvalidInput for an item that comes and applies to none of the units."""
    kinds = {kind for unit in units for kind in split(unit.kinds)}
    named = {one.rpartition(":")[2] for one in wish.add_items}
    useless = [
        item.id for item in chosen_items(rules, plan) if item.id in named and not kinds & set(item.applies_to)
    ]
    if useless:
        raise InvalidInput(
            "增加的事项不适用于本批次的任何单位",
            found="、".join(useless),
            expected="适用于" + "、".join(sorted(kinds)) + "的事项",
            remedy="改正 --add-item，或同时增加适用的单位",
        )


def _refuse_held(held: Sequence[tuple[Visit, Unit]], doing: str) -> None:
    if held:
        raise Refused(
            f"已经开展督察的单位不能{doing}",
            found="、".join(f"{unit.code}（{visit.from_on}）" for visit, unit in held),
            expected="尚未开展督察的单位",
            remedy="只变更尚未开展的部分；已查的照常处理",
        )


def _inside(plan: CampaignPlan, visit: Visit) -> bool:
    return plan.period.from_on <= visit.from_on and visit.to_on <= plan.period.to_on


def held_visits(desk: Desk, campaign: Campaign) -> set[int]:
    """Return the ids of the visits that began, or of which something was checked or came back."""
    checked = select(CheckRecord.visit_id).join(Visit, col(Visit.id) == col(CheckRecord.visit_id)).distinct()
    known = set(desk.session.exec(checked.where(col(Visit.campaign_id) == campaign.id)))
    return known | {
        key_of(visit)
        for visit, _unit in visits_with_units(desk, campaign)
        if _has_begun(visit, campaign, desk.today)
    }


def _has_begun(visit: Visit, campaign: Campaign, today: date) -> bool:
    began = campaign.state == CampaignState.OPEN and visit.from_on <= today
    return began or visit.workbook_returned_on is not None


def visits_with_units(desk: Desk, campaign: Campaign) -> list[tuple[Visit, Unit]]:
    """Return the visits of a campaign with their units, by day and unit."""
    query = (
        select(Visit, Unit)
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .where(col(Visit.campaign_id) == campaign.id)
        .order_by(col(Visit.from_on), col(Unit.code))
    )
    return [(visit, unit) for visit, unit in desk.session.exec(query)]
