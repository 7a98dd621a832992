"""The plan of a campaign: one visit per unit, with its items, days and team, the same for the same seed.

Days are spread evenly over the working days of the period. A team has at least two people, nobody visits the
own or a former unit, nobody is on two visits the same day, and loads are as even as these rules allow
(`core.teams.assign`).

source: 公务员法 第七十六条、第七十七条 (recusal)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.plan_facts import InspectorFact, ItemFact, PlanRequest, UnitFact, VisitPlan
from core.plan_world import World, check_request
from core.teams import Shortage, Sitting, Staffing, Teams, assign

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
        teams = assign(staffing)
        if not isinstance(teams, Shortage):
            return _write(world, staffing, teams)
        shortages.append(teams)
    raise world.refuse(shortages[0])


def _write(world: World, staffing: Staffing, teams: Teams) -> tuple[VisitPlan, ...]:
    """Order the visits, name each leader (who has led least so far) and add the reasons."""
    load = Counter({code: person.load for code, person in world.pool.items()})
    load.update(person for team in teams.values() for person in team)
    led: Counter[str] = Counter()
    visits = []
    for sitting in sorted(staffing.sittings, key=lambda s: (s.slot, s.unit)):
        team = teams[sitting.unit]
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
                reasons=tuple(_reasons(world, sitting, ordered, load)),
            )
        )
    return tuple(visits)


def _reasons(world: World, sitting: Sitting, team: tuple[str, ...], load: Counter[str]) -> Iterator[str]:
    """Say in Chinese why these items, these days and these people."""
    request, slot = world.request, world.slots[sitting.slot]
    kinds = "、".join(sorted(world.unit(sitting.unit).kinds))
    yield f"单位类别为{kinds}，适用督察事项{len(world.items[sitting.unit])}项"
    yield f"督察期间共{len(world.days)}个工作日，{len(world.units)}个单位均匀排期"
    if request.calendar.is_provisional(slot.from_on, slot.to_on):
        yield f"{slot.to_on.year}年放假通知尚未公布，督察日期为暂定"
    recused = sorted(world.recused[sitting.unit])
    years = f"近{request.former_years}年" if request.former_years else ""
    if recused:
        yield f"{'、'.join(recused)}现在或{years}曾在该单位（含所属单位）任职，回避"
    else:
        yield f"人才库中没有现在或{years}曾在该单位（含所属单位）任职的人员"
    yield f"{team[0]}{'具备组长资格，任组长' if team[0] in world.leaders else '牵头，本批次不要求组长资格'}"
    yield from _match(world, sitting, team)
    loads = [load[person] for person in team]
    everybody = list(load.values())
    yield (f"本组人员承担督察任务{_span(loads)}次，人才库全体{_span(everybody)}次，按任务量均衡安排")


def _match(world: World, sitting: Sitting, team: tuple[str, ...]) -> Iterator[str]:
    skills = {person: sorted(world.pool[person].specialties & sitting.topics) for person in team}
    matched = [f"{person}（{'、'.join(names)}）" for person, names in skills.items() if names]
    if matched:
        yield f"专业与督察事项对应：{'，'.join(matched)}"
    for name, count in sorted(world.request.at_least.items()):
        holders = [person for person in team if name in world.pool[person].specialties]
        yield f"要求{name}专业不少于{count}人，本组{len(holders)}人"


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}至{high}"
