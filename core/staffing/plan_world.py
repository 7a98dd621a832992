"""What follows from a plan request before anybody is chosen: applicable items, recusals, needs, days."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from core.calendar.workdays import Calendar, Period
from core.errors import InvalidInput
from core.staffing.composition import Composing, Composition
from core.staffing.plan_facts import PlanRequest, UnitFact
from core.staffing.recusal import Posts, count_grounds, recusals
from core.staffing.teams import Need, Shortage, Sitting, Staffing

MIN_TEAM = 2
MAX_VISIT_WORKDAYS = 250  # a whole year of 驻在式监督
LEADER = "leader"
TEAM_ROLES = frozenset({LEADER, "inspector"})


class World:
    """What follows from the request before anybody is chosen."""

    def __init__(self, request: PlanRequest) -> None:
        self.request = request
        self.units = sorted(request.units, key=lambda u: u.code)
        self._by_code = {unit.code: unit for unit in self.units}
        self.items = {
            unit.code: [i for i in request.items if i.applies_to & unit.kinds] for unit in self.units
        }
        self.pool = {
            p.code: p for p in sorted(request.inspectors, key=lambda p: p.code) if p.roles & TEAM_ROLES
        }
        self.leaders = frozenset(code for code, p in self.pool.items() if LEADER in p.roles)
        self.skills = {code: person.specialties for code, person in self.pool.items()}
        self._composition = request.composition or Composition()
        least = {**self._composition.at_least, **request.at_least}
        self._composing = Composing(replace(self._composition, at_least=least), self.skills)
        self.recused = recusals(
            [Posts(p.code, p.unit, p.former_units) for p in self.pool.values()],
            self._by_code,
            {**request.parents, **{unit.code: unit.parent for unit in self.units}},
            [tie for tie in request.ties if tie.person in self.pool],
            former_years=request.former_years,
            on=request.period_from,
        )
        self.rules = {unit.code: tuple(self._list_rules(unit)) for unit in self.units}
        self.days = list_workdays(request.calendar, request.period_from, request.period_to)
        self.slots = cut_slots(self.days, request.visit_workdays, at_least=self._fewest_slots())

    def check_units(self) -> None:
        """Refuse a unit that no day and no load could help; raises InvalidInput."""
        if not self.slots:
            raise InvalidInput(
                "督察期间的工作日不足以安排一次督察",
                found=f"{self.request.period_from}至{self.request.period_to}有{len(self.days)}个工作日",
                expected=f"至少{self.request.visit_workdays}个工作日",
                remedy="调整督察期间",
            )
        for unit in self.units:
            if not self.items[unit.code]:
                kinds = "、".join(sorted(unit.kinds)) or "未填"
                raise _refuse_unit(unit, "至少有1项适用的督察事项", f"类别为{kinds}，没有适用的事项")
            out = self.kept_out(unit)
            for rule in self.rules[unit.code]:
                found = len(rule.people) - len(rule.people & out)
                if found < rule.count:
                    why = count_grounds(self.recused[unit.code])
                    said = f"本单位回避后符合条件的{found}人" + (f"（回避：{why}）" if why else "")
                    raise _refuse_unit(unit, say_rule(rule.label, rule.count), said)

    def unit(self, code: str) -> UnitFact:
        """Return the unit of this code."""
        return self._by_code[code]

    def kept_out(self, unit: UnitFact) -> frozenset[str]:
        """Return who may not go to a unit on any day."""
        last = unit.last_team if self.request.last_time == "forbid" else frozenset[str]()
        return frozenset(self.recused[unit.code]) | (last & self.pool.keys())

    def staff(self, attempt: int) -> Staffing:
        """Spread the units over the slots in an order drawn from seed and attempt."""
        chance = random.Random(f"{self.request.seed}/{attempt}")
        units = list(self.units)
        chance.shuffle(units)
        lots = list(self.pool)
        chance.shuffle(lots)
        engaged = [self.engaged(slot) for slot in range(len(self.slots))]
        return Staffing(
            sittings=tuple(
                self._sit(unit, slot := index * len(self.slots) // len(units), engaged[slot])
                for index, unit in enumerate(units)
            ),
            load={code: person.load for code, person in self.pool.items()},
            skills=self.skills,
            tie={code: rank for rank, code in enumerate(lots)},
            home={code: p.area for code, p in self.pool.items() if p.area} if self.request.travel else {},
            most=self.request.most,
            seed=self.request.seed,
        )

    def _sit(self, unit: UnitFact, slot: int, engaged: frozenset[str]) -> Sitting:
        return Sitting(
            unit=unit.code,
            slot=slot,
            size=self.request.team_size,
            needs=self.rules[unit.code][1:],  # the first is the size itself
            barred=engaged | self.kept_out(unit),
            topics=self.functions(unit) | self._asked(unit),
            avoid=unit.last_team if self.request.last_time == "avoid" else frozenset(),
            area=unit.area,
        )

    def engaged(self, slot: int) -> frozenset[str]:
        """Return who is on a visit of another campaign, or not in the pool, on the days of a slot."""
        first, last = self.slots[slot].from_on, self.slots[slot].to_on
        return frozenset(
            code
            for code, p in self.pool.items()
            if (p.from_on and first < p.from_on)
            or (p.until_on and p.until_on < last)
            or any(first <= day <= last for day in p.busy)
        )

    def functions(self, unit: UnitFact) -> frozenset[str]:
        """Return the specialities of what a unit does: its own words, else those of its items beyond the core."""
        asked = self._asked(unit)
        return unit.functions or (asked - set(self._composition.each_of)) or asked

    def _asked(self, unit: UnitFact) -> frozenset[str]:
        return frozenset[str]().union(*(item.specialties for item in self.items[unit.code]))

    def seats(self, unit: UnitFact, team: Collection[str]) -> dict[str, str]:
        """Return {person: the seat of the composition that they fill}."""
        return self._composing.seat(self.functions(unit), team)

    def refuse(self, shortage: Shortage) -> InvalidInput:
        """Explain why the unit of the shortage cannot be staffed on its days."""
        first = shortage.first
        unit, slot = self.unit(first.unit), self.slots[first.slot]
        share = -(-len(self.units) // len(self.slots))
        found = f"{slot.from_on}同日最多安排{share}个单位，扣除回避和同日任务后还缺{first.missing}人"
        recused = count_grounds(self.recused[first.unit])
        found += f"；该单位回避：{recused}" if recused else ""
        others = [
            f"{self.unit(lack.unit).name}{say_rule(lack.label, lack.count)}" for lack in shortage.lacks[1:]
        ]
        found += f"；同样不能满足的还有：{'；'.join(others[:5])}" if others else ""
        return _refuse_unit(unit, say_rule(first.label, first.count), found)

    def _list_rules(self, unit: UnitFact) -> Iterator[Need]:
        yield Need("", self.request.team_size, frozenset(self.pool))
        if self.request.need_leader:
            yield Need("组长", 1, self.leaders)
        yield from self._composing.needs(self.functions(unit) if self._composition.by_functions else ())

    def _fewest_slots(self) -> int:
        """Return how many slots there must be at least, so that the people of no rule are wanted twice a day."""
        wanted = Counter(rule for rules in self.rules.values() for rule in rules)
        return max(-(-times * rule.count // max(len(rule.people), 1)) for rule, times in wanted.items())


def say_rule(label: str, count: int) -> str:
    """Return a rule of a team in Chinese."""
    return f"每个督察组{label or '成员'}不少于{count}人"


def check_request(request: PlanRequest) -> None:
    """Refuse numbers and codes that no plan can have; raises InvalidInput."""
    size = request.team_size
    numbers = [
        ("督察组人数", size >= MIN_TEAM, f"{size}人", f"不少于{MIN_TEAM}人"),
        (
            "单次督察工作日数",
            1 <= request.visit_workdays <= MAX_VISIT_WORKDAYS,
            f"{request.visit_workdays}",
            f"1至{MAX_VISIT_WORKDAYS}",
        ),
        (
            "督察期间",
            request.period_from <= request.period_to,
            f"{request.period_from}至{request.period_to}",
            "开始日期不晚于结束日期",
        ),
        ("被督察单位", bool(request.units), "0个", "至少1个"),
    ]
    seats = request.composition.seats if request.composition else 0
    numbers.append(("督察组人数", size >= seats, f"{size}人", f"不少于人才库组成规则的{seats}席"))
    numbers += [
        (f"{name}专业人数", 0 <= count <= size, f"{count}人", f"0至{size}人（督察组人数）")
        for name, count in request.at_least.items()
    ]
    for what, holds, found, expected in numbers:
        if not holds:
            raise InvalidInput(f"{what}不符合要求", found=found, expected=expected, remedy="修改督察方案文件")
    for what, codes in (
        ("被督察单位编码", [u.code for u in request.units]),
        ("督察员编号", [p.code for p in request.inspectors]),
    ):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise InvalidInput(
                f"{what}重复", found="、".join(twice), expected="各不相同", remedy="删去重复项"
            )


def list_workdays(calendar: Calendar, first: date, last: date) -> list[date]:
    """Return the working days from `first` to `last`, both included; raises CalendarMissing."""
    days = [first + timedelta(i) for i in range((last - first).days + 1)]
    return [day for day in days if calendar.is_workday(day)]


def cut_slots(days: list[date], length: int, *, at_least: int) -> list[Period]:
    """Cut working days into stretches of `length`, one visit long each.

    Stretches without a day off inside are preferred while there are `at_least` of them.
    """
    whole: list[Period] = []
    at = 0
    while at + length <= len(days):
        stretch = Period(days[at], days[at + length - 1])
        if (stretch.to_on - stretch.from_on).days == length - 1:
            whole.append(stretch)
            at += length
        else:
            at += 1
    if len(whole) >= max(at_least, 1):
        return whole
    return [Period(days[i], days[i + length - 1]) for i in range(0, len(days) - length + 1, length)]


def _refuse_unit(unit: UnitFact, rule: str, found: str) -> InvalidInput:
    return InvalidInput(
        f"{unit.name}（{unit.code}）无法安排督察",
        found=found,
        expected=rule,
        remedy="增加符合条件的督察员、延长督察期间或调整督察组要求",
    )
