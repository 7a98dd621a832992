"""The plan of a campaign: one visit per unit, with its items, days and team, the same for the same seed.

Days are spread evenly over the working days of the period. A team has at least two people and whom the composition
of its pool asks for, nobody visits a unit from which they must keep away, nobody is on two visits the same day, and
loads and trips are as even as these rules allow (`core.staffing.teams.assign`).

source: 公务员法 第七十六条、第七十七条 (recusal)
"""

from __future__ import annotations

from collections import Counter

from core.staffing.plan_facts import InspectorFact, ItemFact, PlanRequest, UnitFact, VisitPlan
from core.staffing.plan_reasons import Reasons
from core.staffing.plan_world import World, check_request
from core.staffing.teams import Assignment, Shortage, Staffing, assign

__all__ = ["InspectorFact", "ItemFact", "PlanRequest", "UnitFact", "VisitPlan", "plan_visits"]

ATTEMPTS = 12  # other orders of the units over the days, tried when one order cannot be staffed


def plan_visits(request: PlanRequest) -> tuple[VisitPlan, ...]:
    """Plan one visit per unit, in order of date and unit code.

    raises: InvalidInput naming the unit and the rule that cannot be met; CalendarMissing for an unknown year
    """
    check_request(request)
    world = World(request)
    world.check_units()
    shortages: list[Shortage] = []
    for attempt in range(ATTEMPTS):
        staffing = world.staff(attempt)
        found = assign(staffing)
        if isinstance(found, Assignment):
            return _write(world, staffing, found)
        shortages.append(found)
    raise world.refuse(shortages[0])


def _write(world: World, staffing: Staffing, found: Assignment) -> tuple[VisitPlan, ...]:
    """Order the visits, name each leader (who has led least so far) and add the reasons."""
    led: Counter[str] = Counter()
    reasons = Reasons(world, staffing, found)
    visits = []
    for sitting in sorted(staffing.sittings, key=lambda s: (s.slot, s.unit)):
        team = found.teams[sitting.unit]
        leaders = [person for person in team if person in world.leaders] or team
        leader = min(leaders, key=lambda p: (led[p], staffing.tie[p]))
        led[leader] += 1
        ordered = (leader, *sorted(person for person in team if person != leader))
        slot = world.slots[sitting.slot]
        visits.append(
            VisitPlan(
                unit=sitting.unit,
                from_on=slot.from_on,
                to_on=slot.to_on,
                place=world.unit(sitting.unit).name,
                team=ordered,
                leader=leader,
                items=tuple(item.id for item in world.items[sitting.unit]),
                reasons=tuple(reasons.say(sitting, ordered)),
            )
        )
    return tuple(visits)
