"""What follows from a plan request before anybody is chosen: applicable items, recusals, needs, days."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from core.errors import InvalidInput
from core.plan_facts import PlanRequest, UnitFact
from core.teams import Need, Shortage, Sitting, Staffing
from core.workdays import Calendar, Period

MIN_TEAM = 2
MAX_VISIT_WORKDAYS = 2
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
        self.needs = tuple(self._list_needs())
        self.recused = {unit.code: self._recuse(unit) for unit in self.units}
        self.days = list_workdays(request.calendar, request.period_from, request.period_to)
        everybody = Need("", request.team_size, frozenset(self.pool))
        self.rules = (everybody, *self.needs)
        seats = [-(-len(self.units) * need.count // max(len(need.people), 1)) for need in self.rules]
        self.slots = cut_slots(self.days, request.visit_workdays, at_least=max(seats))

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
            eligible = self.pool.keys() - self.recused[unit.code]
            for need in self.rules:
                found = len(eligible & need.people)
                if found < need.count:
                    raise _refuse_unit(unit, self._rule(need.label), f"本单位回避后符合条件的{found}人")

    def unit(self, code: str) -> UnitFact:
        """Return the unit of this code."""
        return self._by_code[code]

    def staff(self, attempt: int) -> Staffing:
        """Spread the units over the slots in an order drawn from seed and attempt."""
        chance = random.Random(f"{self.request.seed}/{attempt}")
        units = list(self.units)
        chance.shuffle(units)
        lots = list(self.pool)
        chance.shuffle(lots)
        return Staffing(
            sittings=tuple(
                Sitting(
                    unit=unit.code,
                    slot=(slot := index * len(self.slots) // len(units)),
                    eligible=self._free(slot) - self.recused[unit.code],
                    topics=frozenset[str]().union(*(item.specialties for item in self.items[unit.code])),
                )
                for index, unit in enumerate(units)
            ),
            size=self.request.team_size,
            needs=self.needs,
            load={code: person.load for code, person in self.pool.items()},
            skills={code: person.specialties for code, person in self.pool.items()},
            tie={code: rank for rank, code in enumerate(lots)},
        )

    def _free(self, slot: int) -> frozenset[str]:
        """Return who is on no visit of another campaign on the days of a slot."""
        first, last = self.slots[slot].from_on, self.slots[slot].to_on
        return frozenset(
            code for code, p in self.pool.items() if not any(first <= day <= last for day in p.busy)
        )

    def refuse(self, shortage: Shortage) -> InvalidInput:
        """Explain why the unit of the shortage cannot be staffed on its days."""
        unit = self.unit(shortage.unit)
        slot = self.slots[shortage.slot]
        share = -(-len(self.units) // len(self.slots))
        found = f"{slot.from_on}同日最多安排{share}个单位，扣除回避和同日任务后人员不足"
        return _refuse_unit(unit, self._rule(shortage.label), found)

    def _rule(self, label: str) -> str:
        count = next(need.count for need in self.rules if need.label == label)
        return f"每个督察组{label or '成员'}不少于{count}人"

    def _list_needs(self) -> Iterator[Need]:
        if self.request.need_leader:
            yield Need("组长", 1, self.leaders)
        for name, count in sorted(self.request.at_least.items()):
            people = frozenset(code for code, p in self.pool.items() if name in p.specialties)
            yield Need(f"{name}专业人员", count, people)

    def _recuse(self, unit: UnitFact) -> frozenset[str]:
        """List who works or worked in the unit or in a body that belongs to it."""
        return frozenset(
            code
            for code, person in self.pool.items()
            if any(unit.code in self._upwards(own) for own in (person.unit, *person.former_units))
        )

    def _upwards(self, code: str) -> Iterator[str]:
        """Yield the unit and the bodies above it, as far as the request knows them."""
        seen: set[str] = set()  # an import may hold a circle of parents
        above: str | None = code
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            known = self._by_code.get(above)
            above = known.parent if known else None


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
