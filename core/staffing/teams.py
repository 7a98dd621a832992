"""Who sits on which visit: the question, its answer, and the seam between planning and the solver.

`assign` is the seam: any method that answers the same `Staffing` with full, lawful teams may take its place.
The one behind it is HiGHS (assignment.py): small questions are solved whole, large ones slot by slot in the
order of time with the loads carried on. Slots do not share people's days, so a slot that cannot be staffed can never
be blamed on an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Need:
    """A team needs at least `count` of these people; `label` names the rule in messages."""

    label: str
    count: int
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sitting:
    """A visit to staff: sittings of one slot share their days.

    barred   who may not come: the recused, and who is engaged elsewhere on these days
    topics   specialities that the visit calls for; a team that covers more of them is better
    avoid    who should rather not come: the team of the last visit to this unit
    area     where the visit is; "" is everywhere near
    """

    unit: str
    slot: int
    size: int
    needs: tuple[Need, ...] = ()
    barred: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    area: str = ""


@dataclass(frozen=True, slots=True)
class Staffing:
    """The whole question.

    load     visits each person already has; its keys are the pool
    skills   specialities of each person
    tie      rank of each person when all else is equal, drawn from the seed
    home     where each person works; who is not named is near everywhere
    most     visits a person may get here; None for no limit
    seed     drives what is left to chance in pruning and in the solver
    """

    sittings: tuple[Sitting, ...]
    load: Mapping[str, int]
    skills: Mapping[str, frozenset[str]]
    tie: Mapping[str, int]
    home: Mapping[str, str] = field(default_factory=dict)
    most: int | None = None
    seed: int = 0

    def away(self, person: str, sitting: Sitting) -> bool:
        """Tell whether a visit takes a person out of the own area."""
        home = self.home.get(person, "")
        return bool(home and sitting.area and home != sitting.area)


@dataclass(frozen=True, slots=True)
class Lack:
    """A rule of one team that cannot be met: `missing` of the `count` people it asks for are not to be had."""

    unit: str
    slot: int
    label: str
    count: int
    missing: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """There are no teams: the fewest rules that must give way, the first of them first."""

    lacks: tuple[Lack, ...]

    @property
    def first(self) -> Lack:
        return self.lacks[0]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Full teams with their cost, and a bound below which no teams at all can cost.

    teams   {unit: people by the order of the lot}
    cost    in the points of `core.staffing.assignment`; whole numbers
    bound   never above the cost of the best teams there are
    """

    teams: dict[str, list[str]]
    cost: int
    bound: float

    @property
    def gap(self) -> float:
        """How far above the bound the cost lies, as a share of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def assign(staffing: Staffing) -> Assignment | Shortage:
    """Choose a full team for every sitting at the least cost, or say which rules stand in the way."""
    from core.staffing.portions import assign_all  # which needs the words of this module

    return assign_all(staffing)
