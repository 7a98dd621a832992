"""Why these items, these days and these people, in Chinese sentences for the plan and the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.staffing.composition import is_joint
from core.staffing.plan_world import World
from core.staffing.recusal import count_grounds, say_recusals
from core.staffing.teams import Assignment, Sitting, Staffing


class Reasons:
    """Knows the whole plan and explains one visit at a time."""

    def __init__(self, world: World, staffing: Staffing, found: Assignment) -> None:
        self._world = world
        self._staffing = staffing
        self._load = Counter(dict(staffing.load))
        self._load.update(person for team in found.teams.values() for person in team)
        self._engaged: dict[int, set[str]] = {}
        for sitting in staffing.sittings:
            self._engaged.setdefault(sitting.slot, set()).update(found.teams[sitting.unit])
        self._gap = found.gap

    def say(self, sitting: Sitting, team: tuple[str, ...]) -> Iterator[str]:
        """Yield the sentences about a visit: items, days, recusals, each member, those not taken, the loads."""
        world, request = self._world, self._world.request
        slot = world.slots[sitting.slot]
        kinds = "、".join(sorted(world.unit(sitting.unit).kinds))
        yield f"单位类别为{kinds}，适用督察事项{len(world.items[sitting.unit])}项"
        yield f"督察期间共{len(world.days)}个工作日，{len(world.units)}个单位均匀排期"
        if request.calendar.is_provisional(slot.from_on, slot.to_on):
            yield f"{slot.to_on.year}年放假通知尚未公布，督察日期为暂定"
        yield from say_recusals(world.recused[sitting.unit], request.former_years)
        yield f"{team[0]}{'具备组长资格，任组长' if team[0] in world.leaders else '牵头，本批次不要求组长资格'}"
        yield from self._rules(sitting, team)
        yield from self._members(sitting, team)
        yield self._not_taken(sitting, team)
        loads = [self._load[person] for person in team]
        everybody = list(self._load.values())
        yield f"本组人员承担督察任务{_span(loads)}次，人才库全体{_span(everybody)}次，按任务量均衡安排"
        yield f"随机种子{request.seed}；全部安排的综合分值与理论最优的差距不超过{self._gap:.2%}"

    def _rules(self, sitting: Sitting, team: tuple[str, ...]) -> Iterator[str]:
        world = self._world
        matched = [
            f"{person}（{'、'.join(sorted(names))}）"
            for person in team
            if (names := world.skills[person] & sitting.topics)
        ]
        if matched:
            yield f"专业与督察事项对应：{'，'.join(matched)}"
        for name, count in sorted(world.request.at_least.items()):
            holders = [person for person in team if name in world.skills[person]]
            yield f"要求{name}专业不少于{count}人，本组{len(holders)}人"
        seats = world.seats(world.unit(sitting.unit), team)
        if seats:
            taken = "、".join(f"{seat}席{person}" for person, seat in seats.items())
            functions = "、".join(sorted(world.functions(world.unit(sitting.unit))))
            by_function = f"；对口职能为{functions}" if "对口职能" in seats.values() else ""
            yield f"组成规则：{taken}{by_function}"

    def _members(self, sitting: Sitting, team: tuple[str, ...]) -> Iterator[str]:
        """Say of each member which rule they serve, how much they have to do, and where they come from."""
        seats = self._world.seats(self._world.unit(sitting.unit), team)
        for person in team:
            serves = [f"任{seats[person]}席"] if person in seats else []
            labels = [n.label for n in sitting.needs if person in n.people and not is_joint(n)]
            serves += [f"符合{'、'.join(labels)}的要求"] if labels else []
            said = serves or ["按任务量选入"]
            said.append(f"本年承担{self._load[person]}次")
            if self._staffing.away(person, sitting):
                said.append("跨片区")
            elif sitting.area and self._staffing.home.get(person) == sitting.area:
                said.append("与被督察单位同片区")
            if person in sitting.avoid:
                said.append("上次也督察过该单位，因其他人员不能满足要求仍安排")
            yield f"选用{person}：{'，'.join(said)}"

    def _not_taken(self, sitting: Sitting, team: tuple[str, ...]) -> str:
        """Say how many others there were and what kept them away."""
        world = self._world
        recused = world.recused[sitting.unit]
        others = self._engaged[sitting.slot] - set(team) - recused.keys()
        away = world.engaged(sitting.slot) - recused.keys()
        last = (sitting.avoid & world.pool.keys()) - recused.keys() - others - away - set(team)
        left = len(world.pool) - len(team) - len(recused) - len(others | away) - len(last)
        counted = [
            (len(recused), f"回避{len(recused)}人（{count_grounds(recused)}）"),
            (len(others | away), f"同日另有任务或不在任期{len(others | away)}人"),
            (len(last), f"上次督察过该单位{len(last)}人"),
            (left, f"其余{left}人按任务量、专业和路程未选"),
        ]
        told = "；".join(words for count, words in counted if count) or "没有其他人员"
        return f"人才库可用人员{len(world.pool)}人中：{told}"


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}至{high}"
