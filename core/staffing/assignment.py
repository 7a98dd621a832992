"""The mixed integer program behind the teams: who may sit where, what each rule asks, what it costs.

Points are whole numbers. A person's visits cost 1, 3, 5, ... times LOAD, so that the sum grows with the square of
each load and even loads are the cheapest; trips out of the own area likewise with TRIP. A speciality of the visit
that nobody in the team has costs TOPIC, a member of the last team costs AVOID.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.staffing.solving import INFINITE, Program
from core.staffing.teams import Lack, Need, Sitting, Staffing

LOAD, TRIP, TOPIC, AVOID = 100, 10, 4, 60
HALF = 0.5  # a binary of the solver is 0 or 1 but for rounding

Pair = tuple[int, str]


@dataclass(slots=True)
class Progress:
    """What each person has got so far: visits in all, trips out of the own area, visits in this question."""

    load: dict[str, int]
    trips: dict[str, int]
    given: dict[str, int]

    @classmethod
    def before(cls, staffing: Staffing) -> Progress:
        """Return the state before anybody is chosen."""
        return cls(dict(staffing.load), dict.fromkeys(staffing.load, 0), dict.fromkeys(staffing.load, 0))

    def add(self, staffing: Staffing, sitting: Sitting, team: Iterable[str]) -> None:
        """Count a team."""
        for person in team:
            self.load[person] += 1
            self.given[person] += 1
            self.trips[person] += staffing.away(person, sitting)


class Block:
    """The sittings of one or more slots, each with the people who are considered for it."""

    def __init__(
        self,
        staffing: Staffing,
        sittings: Sequence[Sitting],
        candidates: Sequence[Sequence[str]],
        progress: Progress,
    ) -> None:
        self._staffing = staffing
        self._sittings = sittings
        self._candidates = candidates
        self._progress = progress
        self._program = Program()
        self._seats: dict[Pair, int] = {}
        self._missed = (
            0  # points for specialities that nobody considered has, though somebody in the pool does
        )
        self._known = frozenset[str]().union(*staffing.skills.values())

    def best(self) -> tuple[dict[str, list[str]], float] | None:
        """Return the cheapest teams among the candidates and the solver's bound; None when there are none."""
        program = self._program
        self._seat(with_cost=True)
        for at, sitting in enumerate(self._sittings):
            here = self._columns(at)
            program.row(sitting.size, sitting.size, (here.values(), 1.0))
            for need in sitting.needs:
                program.row(need.count, INFINITE, (self._able(here, need), 1.0))
            self._want_topics(sitting, here)
        self._one_visit_a_slot()
        self._even_out()
        values, bound = program.solve(self._staffing.seed)
        return (self._teams(values), bound + self._missed) if values is not None else None

    def lacks(self) -> tuple[Lack, ...]:
        """Return the fewest seats by which the rules must give way so that there are teams."""
        program = self._program
        self._seat(with_cost=False)
        slack: list[tuple[Sitting, Need, int]] = []
        for at, sitting in enumerate(self._sittings):
            here = self._columns(at)
            everybody = Need("", sitting.size, frozenset())
            slack.append((sitting, everybody, program.column(1.0, upper=sitting.size)))
            program.row(sitting.size, sitting.size, (here.values(), 1.0), ((slack[-1][2],), 1.0))
            for need in sitting.needs:
                slack.append((sitting, need, program.column(1.0, upper=need.count)))
                program.row(need.count, INFINITE, (self._able(here, need), 1.0), ((slack[-1][2],), 1.0))
        self._one_visit_a_slot()
        self._limit()
        values, _bound = program.solve(self._staffing.seed)
        assert values is not None  # empty teams always fit
        return tuple(
            Lack(sitting.unit, sitting.slot, need.label, need.count, round(values[column]))
            for sitting, need, column in slack
            if values[column] > HALF
        )

    def _seat(self, *, with_cost: bool) -> None:
        for at, sitting in enumerate(self._sittings):
            for person in self._candidates[at]:
                cost = AVOID if with_cost and person in sitting.avoid else 0
                self._seats[at, person] = self._program.column(cost, whole=True)

    def _columns(self, at: int) -> dict[str, int]:
        return {person: self._seats[at, person] for person in self._candidates[at]}

    @staticmethod
    def _able(here: Mapping[str, int], need: Need) -> list[int]:
        return [column for person, column in here.items() if person in need.people]

    def _want_topics(self, sitting: Sitting, here: Mapping[str, int]) -> None:
        """Count each speciality that nobody in the team has."""
        skills = self._staffing.skills
        for topic in sorted(sitting.topics):
            able = [column for person, column in here.items() if topic in skills[person]]
            if able:
                self._program.row(1.0, INFINITE, (able, 1.0), ((self._program.column(TOPIC),), 1.0))
            elif topic in self._known:
                self._missed += TOPIC

    def _one_visit_a_slot(self) -> None:
        together: dict[tuple[int, str], list[int]] = {}
        for (at, person), column in self._seats.items():
            together.setdefault((self._sittings[at].slot, person), []).append(column)
        for columns in together.values():
            if len(columns) > 1:
                self._program.row(0.0, 1.0, (columns, 1.0))

    def _mine(self) -> dict[str, list[tuple[int, int]]]:
        mine: dict[str, list[tuple[int, int]]] = {}
        for (at, person), column in self._seats.items():
            mine.setdefault(person, []).append((at, column))
        return mine

    def _limit(self) -> None:
        most = self._staffing.most
        for person, seats in self._mine().items() if most is not None else ():
            left = max((most or 0) - self._progress.given[person], 0)
            self._program.row(0.0, left, ((column for _at, column in seats), 1.0))

    def _even_out(self) -> None:
        """Let the visits of each person, and the trips, cost the more the more there are."""
        self._limit()
        done, floor = self._progress, min(self._progress.load.values(), default=0)
        for person, seats in self._mine().items():
            slots = {self._sittings[at].slot for at, _column in seats}
            self._steps(LOAD, done.load[person] - floor, len(slots), [column for _at, column in seats])
            trips = [c for at, c in seats if self._staffing.away(person, self._sittings[at])]
            if trips:
                self._steps(TRIP, done.trips[person], min(len(trips), len(slots)), trips)

    def _steps(self, points: int, before: int, count: int, seats: list[int]) -> None:
        steps = [self._program.column(points * (2 * (before + k) + 1)) for k in range(count)]
        self._program.row(0.0, 0.0, (seats, 1.0), (steps, -1.0))

    def _teams(self, values: Sequence[float]) -> dict[str, list[str]]:
        tie = self._staffing.tie
        teams: dict[str, list[str]] = {sitting.unit: [] for sitting in self._sittings}
        for (at, person), column in self._seats.items():
            if values[column] > HALF:
                teams[self._sittings[at].unit].append(person)
        return {unit: sorted(team, key=lambda p: tie[p]) for unit, team in teams.items()}
