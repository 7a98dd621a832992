"""From the question to programs the solver can take: whole while it is small, else slot by slot and pruned."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from core.staffing.assignment import AVOID, LOAD, TOPIC, TRIP, Block, Progress
from core.staffing.staffingbound import lower_bound
from core.staffing.teams import Assignment, Lack, Need, Shortage, Sitting, Staffing

WHOLE = 3000  # pairs of person and sitting, and of person and speciality wanted, solved in one program
KEPT = 40  # people considered for a sitting of a large question
LOCALS = 15  # of whom so many from its own area
SPARE = 5  # people drawn for each seat that a rule asks for


def assign_all(staffing: Staffing) -> Assignment | Shortage:
    """Choose teams for all sittings."""
    people = len(staffing.load)
    whole = sum(_weight(sitting, people) for sitting in staffing.sittings) <= WHOLE
    progress = Progress.before(staffing)
    teams: dict[str, list[str]] = {}
    bound = lower_bound(staffing)
    for sittings in [list(_in_order(staffing))] if whole else _portions(staffing):
        found = _solve(staffing, sittings, progress, pruned=not whole)
        if isinstance(found, Shortage):
            return found
        some, solver_bound = found
        teams |= some
        bound = max(bound, solver_bound) if whole else bound
        for sitting in sittings:
            progress.add(staffing, sitting, some[sitting.unit])
    return Assignment(teams, cost_of(staffing, teams), bound)


def _weight(sitting: Sitting, people: int) -> float:
    """Return how much a sitting with so many candidates adds to a program."""
    return people * (1 + len(sitting.topics) / 4)


def _solve(
    staffing: Staffing, sittings: Sequence[Sitting], progress: Progress, *, pruned: bool
) -> tuple[dict[str, list[str]], float] | Shortage:
    """Solve one program; pruned candidates that yield no teams are no proof, all candidates are."""
    if pruned:
        pruning = _Pruning(staffing, sittings, progress)
        candidates = [pruning.choose(sitting) for sitting in sittings]
        found = Block(staffing, sittings, candidates, progress).best()
        if found is not None:
            return found
    everybody = sorted(staffing.load, key=lambda p: staffing.tie[p])
    candidates = [[p for p in everybody if p not in sitting.barred] for sitting in sittings]
    found = Block(staffing, sittings, candidates, progress).best()
    if found is not None:
        return found
    return Shortage(_lacks(staffing, sittings, candidates, progress))


def _lacks(
    staffing: Staffing, sittings: Sequence[Sitting], candidates: list[list[str]], progress: Progress
) -> tuple[Lack, ...]:
    found = Block(staffing, sittings, candidates, progress).lacks()
    assert found  # a program without teams lacks somebody
    return found


def _in_order(staffing: Staffing) -> Iterator[Sitting]:
    yield from sorted(staffing.sittings, key=lambda s: (s.slot, s.unit))


def _portions(staffing: Staffing) -> Iterator[list[Sitting]]:
    """Yield sittings in the order of time, as many whole slots at once as make a program of fair size."""
    portion: list[Sitting] = []
    by_slot: dict[int, list[Sitting]] = {}
    for sitting in _in_order(staffing):
        by_slot.setdefault(sitting.slot, []).append(sitting)
    people, weight = min(KEPT, len(staffing.load)), 0.0
    for sittings in by_slot.values():
        more = sum(_weight(sitting, people) for sitting in sittings)
        if portion and weight + more > WHOLE:
            yield portion
            portion, weight = [], 0.0
        portion.extend(sittings)
        weight += more
    if portion:
        yield portion


class _Pruning:
    """Chooses for each sitting some people who may come: the least loaded, from near by, enough for every rule.

    Each sitting draws its own, by the seed, from twice as many people as the sittings of a slot could use, so that
    they do not all hope for the same few.
    """

    def __init__(self, staffing: Staffing, sittings: Sequence[Sitting], progress: Progress) -> None:
        self._staffing = staffing
        self._order = sorted(staffing.load, key=lambda p: (progress.load[p], staffing.tie[p]))
        self._a_slot = max(Counter(sitting.slot for sitting in sittings).values())
        self._active = self._order[: 2 * self._a_slot * max(s.size for s in sittings) + KEPT]
        self._near: dict[str, list[str]] = {}
        for person in self._active:
            self._near.setdefault(staffing.home.get(person, ""), []).append(person)
        self._able: dict[Need, list[str]] = {}

    def choose(self, sitting: Sitting) -> list[str]:
        """Return the people considered for one sitting."""
        chance = random.Random(f"{self._staffing.seed}/{sitting.unit}")
        local = self._near.get(sitting.area, [])
        drawn = chance.sample(local, min(LOCALS, len(local)))
        drawn += chance.sample(self._active, min(KEPT, len(self._active)))
        kept = [person for person in dict.fromkeys(drawn) if person not in sitting.barred][:KEPT]
        for need in sitting.needs:
            able = [person for person in self._fit(need) if person not in sitting.barred]
            kept += chance.sample(able, min(SPARE * need.count, len(able)))
        return list(dict.fromkeys(kept))

    def _fit(self, need: Need) -> list[str]:
        if need not in self._able:
            fit = [person for person in self._order if person in need.people]
            self._able[need] = fit[: 2 * self._a_slot * need.count + KEPT]
        return self._able[need]


def cost_of(staffing: Staffing, teams: Mapping[str, Sequence[str]]) -> int:
    """Return the points of given teams, the loads counted from the least loaded person before."""
    floor = min(staffing.load.values(), default=0)
    visits: Counter[str] = Counter()
    trips: Counter[str] = Counter()
    cost = 0
    known = frozenset[str]().union(*staffing.skills.values())
    for sitting in staffing.sittings:
        team = teams[sitting.unit]
        visits.update(team)
        trips.update(person for person in team if staffing.away(person, sitting))
        covered = frozenset[str]().union(*(staffing.skills[person] for person in team))
        cost += TOPIC * len((sitting.topics & known) - covered)
        cost += AVOID * len(sitting.avoid.intersection(team))
    for person, count in visits.items():
        before = staffing.load[person] - floor
        cost += LOAD * ((before + count) ** 2 - before**2)
    return cost + sum(TRIP * count**2 for count in trips.values())
