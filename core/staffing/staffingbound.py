"""How little any teams can cost: people who are alike are taken together, and the program becomes a small one.

Alike are people with the same area, the same load and the same use for every rule; alike are visits in the same area,
of the same size, under the same rules. Recusals, days and the team of the last visit are left out, so that the bound
holds for all teams there are, not only for those that a pruned program can see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from core.staffing.assignment import LOAD, TOPIC, TRIP
from core.staffing.solving import INFINITE, Program
from core.staffing.teams import Staffing

Crowd = tuple[str, int, frozenset[int]]  # area, visits already had, the rules it serves by their numbers


def lower_bound(staffing: Staffing) -> float:
    """Return a number of points below which no teams can be."""
    return _Crowds(staffing).cost() + TOPIC * _missed_topics(staffing)


class _Crowds:
    """The program of crowds and kinds of visit: how many of each crowd go to each kind, the prices rising."""

    def __init__(self, staffing: Staffing) -> None:
        needs = dict.fromkeys(need for sitting in staffing.sittings for need in sitting.needs)
        self._floor = min(staffing.load.values(), default=0)
        self._numbers = {need: number for number, need in enumerate(needs)}
        serves: dict[str, set[int]] = {person: set() for person in staffing.load}
        for need, number in self._numbers.items():
            for person in need.people & serves.keys():
                serves[person].add(number)
        self._crowds: Counter[Crowd] = Counter(
            (staffing.home.get(person, ""), load, frozenset(serves[person]))
            for person, load in staffing.load.items()
        )
        self._kinds = Counter((s.area, s.size, s.needs) for s in staffing.sittings)

    def cost(self) -> float:
        """Return the least points for visits and trips."""
        program, goes = Program(), {}
        for crowd in self._crowds:
            for kind in self._kinds:
                goes[crowd, kind] = program.column(0.0, upper=INFINITE)
        for kind, count in self._kinds.items():
            _area, size, needs = kind
            program.row(size * count, size * count, ([goes[crowd, kind] for crowd in self._crowds], 1.0))
            for need in needs:
                able = [goes[crowd, kind] for crowd in self._crowds if self._numbers[need] in crowd[2]]
                program.row(need.count * count, INFINITE, (able, 1.0))
        for crowd, people in self._crowds.items():
            self._price(program, LOAD, crowd[1] - self._floor, people, [goes[crowd, k] for k in self._kinds])
            away = [goes[crowd, kind] for kind in self._kinds if crowd[0] and kind[0] and crowd[0] != kind[0]]
            self._price(program, TRIP, 0, people, away)
        _values, bound = program.solve(0)
        return bound if bound < INFINITE else 0.0

    def _price(self, program: Program, points: int, before: int, people: int, columns: list[int]) -> None:
        """Let the first visit of everybody in a crowd cost the least, the second more, and so on."""
        most = sum(self._kinds.values())
        steps = [
            program.column(points * (2 * (before + k) + 1), upper=people)
            for k in range(min(most, self._rounds()))
        ]
        steps.append(program.column(points * (2 * (before + len(steps)) + 1), upper=INFINITE))
        if columns:
            program.row(0.0, 0.0, (columns, 1.0), (steps, -1.0))

    def _rounds(self) -> int:
        """Return how many rising prices are told apart: four times an even share."""
        seats = sum(size * count for (_area, size, _needs), count in self._kinds.items())
        return 4 * (seats // max(sum(self._crowds.values()), 1) + 2)


def _missed_topics(staffing: Staffing) -> int:
    """Return how many specialities must go uncovered, each team made of those who cover most."""
    missed = 0
    known = frozenset[str]().union(*staffing.skills.values())
    most: dict[Hashable, int] = {}
    for sitting in staffing.sittings:
        asked = (sitting.topics & known, sitting.size)
        if asked not in most:
            ranks = sorted((len(asked[0] & skills) for skills in staffing.skills.values()), reverse=True)
            most[asked] = max(0, len(asked[0]) - sum(ranks[: sitting.size]))
        missed += most[asked]
    return missed
