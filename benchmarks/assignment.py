"""Who goes on which visit: seconds, points and the gap to the optimum, beside a greedy choice as the floor.

Teams of three with a leader and a core speciality; one in twenty must keep away from each unit, three were there the
last time, four areas, working days with several visits each. The same worlds for both in the same run, each answer
checked against the rules.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from benchmarks.frame import NONE, Section, Table
from core.staffing.portions import cost_of
from core.staffing.solving import Program
from core.staffing.staffingbound import lower_bound
from core.staffing.teams import Assignment, Need, Sitting, Staffing, assign

T = TypeVar("T")
SIZES = ((60, 200, 60), (2_000, 5_000, 60))  # people, visits, slots
QUICK = ((24, 20, 10),)
CORE = ("法治宣传", "行政复议", "执法监督", "政府法务")
MORE = (
    "合法性审查", "行政应诉", "公共法律服务", "社区矫正", "人民调解", "基层法治", "政务公开", "营商环境", "应急管理",
    "财政审计", "组织人事", "纪检巡察", "数字法治",
)  # fmt: skip
AREAS = 4
TEAM = 3
LIMITS = {(60, 200): 3.0, (2_000, 5_000): 120.0}  # seconds that issue 4 allows


def measure(quick: bool) -> Section:
    """Answer the questions of each size both ways."""
    Program().solve(0)  # loads the library, as the first plan of a process does
    rows = []
    figures: dict[str, float] = {}
    for size in QUICK if quick else SIZES:
        staffing = world(*size)
        name, limit = f"{size[0]:,} × {size[1]:,}", LIMITS.get(size[:2])
        found, seconds = timed(partial(assign, staffing))
        assert isinstance(found, Assignment), found
        check(staffing, found.teams)
        allowed = f"{limit:.0f}" if limit else NONE
        rows.append((name, "HiGHS", *seconds, allowed, *_told(staffing, found.teams, found.bound)))
        teams, slow = timed(partial(greedy, staffing))
        told_of_greedy = _told(staffing, teams, lower_bound(staffing))
        rows.append((name, "greedy choice", *slow, NONE, *told_of_greedy))
        figures[name] = float(seconds[0])
    head = ("process s", "wall s", "allowed", "points", "bound", "gap", "load of a person", "empty seats")
    return Section(
        "assignment",
        "Who goes on which visit",
        f"""`make bench BENCH_ARGS=assignment`. Teams of {TEAM} with a leader and somebody of the core speciality;
one in twenty must keep away from each unit, three were there the last time, {AREAS} areas, several visits on a
working day.
Fewer points are better; the gap is what may be left to the optimum. The floor fills the seats one by one with the least
loaded person who may come.""",
        (Table(("people × visits", "way", *head), tuple(rows)),),
        versions=("highspy",),
        figures=figures,
    )


def timed(work: Callable[[], T]) -> tuple[T, tuple[str, str]]:
    """Return what the work gives, and its seconds of process and of wall time: other processes only slow the latter."""
    used, start = time.process_time(), time.perf_counter()
    done = work()
    return done, (f"{time.process_time() - used:.2f}", f"{time.perf_counter() - start:.2f}")


def _told(staffing: Staffing, teams: Mapping[str, Sequence[str]], bound: float) -> tuple[str, ...]:
    cost = cost_of(staffing, teams)
    loads = Counter(dict(staffing.load))
    loads.update(person for team in teams.values() for person in team)
    empty = sum(sitting.size - len(teams[sitting.unit]) for sitting in staffing.sittings)
    spread = f"{min(loads.values())}–{max(loads.values())}"
    gap = "" if empty else f"{(cost - bound) / cost:.2%}"  # what leaves seats empty is no answer
    return f"{cost:,}", f"{bound:,.0f}", gap, spread, str(empty)


def world(people: int, visits: int, slots: int, seed: int = 20260302) -> Staffing:
    """Return a question of this size, the same for the same seed."""
    chance = random.Random(seed)
    codes = [f"P{number:04}" for number in range(people)]
    skills = {code: frozenset({chance.choice(CORE), chance.choice(CORE + MORE)}) for code in codes}
    leaders = frozenset(code for code in codes if chance.random() < 0.4)
    needs = (
        Need("组长", 1, leaders),
        Need("执法监督专业人员", 1, frozenset(code for code in codes if "执法监督" in skills[code])),
    )
    lots = chance.sample(codes, people)
    return Staffing(
        sittings=tuple(
            Sitting(
                unit=f"D{number:04}",
                slot=number * slots // visits,
                size=TEAM,
                needs=needs,
                barred=frozenset(chance.sample(codes, people // 20)),
                topics=frozenset(chance.sample(CORE + MORE, 4)),
                avoid=frozenset(chance.sample(codes, TEAM)),
                area=f"片区{chance.randrange(AREAS)}",
            )
            for number in range(visits)
        ),
        load=dict.fromkeys(codes, 0),
        skills=skills,
        tie={code: rank for rank, code in enumerate(lots)},
        home={code: f"片区{chance.randrange(AREAS)}" for code in codes},
        seed=seed,
    )


def greedy(staffing: Staffing) -> dict[str, list[str]]:
    """Fill the seats one by one with the least loaded person who may come; seats that stay empty stay so."""
    load = dict(staffing.load)
    busy: set[tuple[int, str]] = set()
    teams: dict[str, list[str]] = {}
    for sitting in sorted(staffing.sittings, key=lambda s: (s.slot, s.unit)):
        team: list[str] = []
        order = sorted(staffing.load, key=lambda p: (load[p], staffing.tie[p]))
        for wanted in (*(need.people for need in sitting.needs), None, None, None):
            if len(team) == sitting.size or (wanted is not None and wanted & set(team)):
                continue
            for person in order:
                free = person not in sitting.barred and (sitting.slot, person) not in busy
                if free and person not in team and (wanted is None or person in wanted):
                    team.append(person)
                    break
        for person in team:
            load[person] += 1
            busy.add((sitting.slot, person))
        teams[sitting.unit] = team
    return teams


def check(staffing: Staffing, teams: Mapping[str, Sequence[str]]) -> None:
    """Stop when a team breaks a rule."""
    busy: set[tuple[int, str]] = set()
    for sitting in staffing.sittings:
        team = teams[sitting.unit]
        if len(set(team)) != sitting.size or sitting.barred.intersection(team):
            raise SystemExit(f"{sitting.unit} 人数不对或应回避：{team}")
        if any(len(need.people.intersection(team)) < need.count for need in sitting.needs):
            raise SystemExit(f"{sitting.unit} 不符合组成要求：{team}")
        if any((sitting.slot, person) in busy for person in team):
            raise SystemExit(f"{sitting.unit} 有人同日两处：{team}")
        busy.update((sitting.slot, person) for person in team)
