"""How a team is composed of a pool: one of each core speciality, N by the functions of the unit, and least numbers.

source: the "4+N", "1+5" and 巡回监督 pools of the seeds; which speciality stands for which seat is a rule of the pool.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from core.staffing.teams import Need

JOINT = "（各占一席）"


@dataclass(frozen=True, slots=True)
class Composition:
    """Seats of a team: one for each speciality of `each_of`, `by_functions` for people who know what the unit does.

    Each seat is filled by its own person; `at_least` may be met by people in any seat.
    """

    each_of: tuple[str, ...] = ()
    by_functions: int = 0
    at_least: Mapping[str, int] = field(default_factory=dict)

    @property
    def seats(self) -> int:
        """The fewest people of a team so composed."""
        return len(self.each_of) + self.by_functions


class Composing:
    """Turns a composition into the needs of each team, for one pool; equal functions share their needs."""

    def __init__(self, composition: Composition, skills: Mapping[str, frozenset[str]]) -> None:
        self._composition = composition
        self._skills = skills
        self._known: dict[frozenset[str], tuple[Need, ...]] = {}

    def needs(self, functions: Collection[str]) -> tuple[Need, ...]:
        """Return the needs of a team for a unit with these functions.

        Seats are filled by different people exactly when every choice of seats finds as many people who fit one of
        them (the marriage theorem of Hall), so a composition becomes counts that do not say who sits where.
        """
        wanted = frozenset(functions)
        if wanted not in self._known:
            self._known[wanted] = tuple(self._list(wanted))
        return self._known[wanted]

    def seat(self, functions: Collection[str], team: Collection[str]) -> dict[str, str]:
        """Return {person: the seat they fill} for a team, as many seats as can be filled; the others sit freely."""
        seats = [(name, frozenset({name})) for name in self._composition.each_of]
        seats += [("对口职能", frozenset(functions))] * self._composition.by_functions
        sits: dict[int, str] = {}

        def place(person: str, tried: set[int]) -> bool:
            for at, (_label, words) in enumerate(seats):
                if at not in tried and self._skills[person] & words:
                    tried.add(at)
                    if at not in sits or place(sits[at], tried):
                        sits[at] = person
                        return True
            return False

        for person in team:
            place(person, set())
        return {person: seats[at][0] for at, person in sorted(sits.items())}

    def _list(self, functions: frozenset[str]) -> list[Need]:
        core, extra = self._composition.each_of, self._composition.by_functions
        found = [
            Need(f"{name}专业人员", count, self._able({name}))
            for name, count in sorted(self._composition.at_least.items())
            if count > (name in core)  # one of a core speciality has a seat anyway
        ]
        for many in range(len(core) + 1):
            for seats in combinations(core, many):
                if many and (many == 1 or self._overlap([frozenset({name}) for name in seats])):
                    found.append(Need(_label(seats), many, self._able(set(seats))))
                if extra and self._overlap([functions, *(frozenset({name}) for name in seats)]):
                    found.append(
                        Need(_label(seats, functions), many + extra, self._able({*seats, *functions}))
                    )
        return found

    def _able(self, words: Collection[str]) -> frozenset[str]:
        return frozenset(person for person, skills in self._skills.items() if skills & frozenset(words))

    def _overlap(self, groups: list[frozenset[str]]) -> bool:
        """Tell whether somebody fits two of the seats; where nobody does, the seats one by one say it all."""
        return len(groups) == 1 or any(
            sum(bool(skills & group) for group in groups) > 1 for skills in self._skills.values()
        )


def is_joint(need: Need) -> bool:
    """Tell whether a need only says that several seats are filled by different people."""
    return need.label.endswith(JOINT)


def _label(seats: tuple[str, ...], functions: frozenset[str] = frozenset()) -> str:
    names = "、".join(seats)
    if not functions:
        return f"{names}专业人员" + (JOINT if len(seats) > 1 else "")
    by_function = f"对口职能（{'、'.join(sorted(functions))}）"
    return f"{names}专业和{by_function}人员{JOINT}" if seats else f"{by_function}人员"
