"""Who sits on which visit: the dates are fixed, the people are chosen.

`assign` is the seam: any method that answers the same `Staffing` with full, lawful teams may take its place.
This one searches each slot (visits on the same days) with backtracking, the least loaded person first, and
then evens the loads by chains of replacements.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

EFFORT = 4000  # choices tried in one slot before it counts as impossible


@dataclass(frozen=True, slots=True)
class Need:
    """A team needs at least `count` of these people; `label` names the rule in messages."""

    label: str
    count: int
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sitting:
    """A visit to staff: sittings of one slot share their days; `eligible` excludes the recused."""

    unit: str
    slot: int
    eligible: frozenset[str]
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Staffing:
    """The whole question.

    `load`: visits each person already has; its keys are the pool
    `skills`: specialities of each person
    `tie`: rank of each person when all else is equal, drawn from the seed
    """

    sittings: tuple[Sitting, ...]
    size: int
    needs: tuple[Need, ...]
    load: Mapping[str, int]
    skills: Mapping[str, frozenset[str]]
    tie: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shortage:
    """No team was found for `unit`; `label` is the rule that could not be met."""

    unit: str
    slot: int
    label: str


Teams = dict[str, list[str]]


def assign(staffing: Staffing) -> Teams | Shortage:
    """Choose a full team for every sitting, loads as even as the rules allow.

    returns: {unit: people in the order chosen}, or the first shortage
    """
    load = dict(staffing.load)
    teams: Teams = {}
    for slot in sorted({sitting.slot for sitting in staffing.sittings}):
        found = _Slot(staffing, slot, load).search()
        if isinstance(found, Shortage):
            return found
        teams |= found
        for team in found.values():
            for person in team:
                load[person] += 1
    _Balance(staffing, teams, load).run()
    return teams


@dataclass(slots=True)
class _Choice:
    """One seat on the search stack; None among the people means that the seat needs nobody more."""

    team: list[str]
    people: list[str | None]
    at: int = -1


class _Slot:
    """Backtracking over the seats of one slot: scarce seats first, hardest unit first."""

    def __init__(self, staffing: Staffing, slot: int, load: Mapping[str, int]) -> None:
        self._staffing = staffing
        self._slot = slot
        self._load = load
        sittings = [s for s in staffing.sittings if s.slot == slot]
        sittings.sort(key=lambda s: (len(s.eligible), s.unit))
        self._seats: list[tuple[Sitting, Need | None, int]] = [
            (sitting, need, nth)
            for need in sorted(staffing.needs, key=lambda n: (len(n.people), n.label))
            for sitting in sittings
            for nth in range(need.count)
        ]
        self._seats += [(sitting, None, nth) for nth in range(staffing.size) for sitting in sittings]
        self._teams: Teams = {sitting.unit: [] for sitting in sittings}
        self._busy: set[str] = set()
        self._scarcity = {p: sum(p in need.people for need in staffing.needs) for p in staffing.load}

    def search(self) -> Teams | Shortage:
        """Fill the seats in order, going back at dead ends; the deepest dead end is the shortage."""
        stack: list[_Choice] = []
        deepest, effort = 0, EFFORT + 4 * len(self._seats)
        while len(stack) < len(self._seats):
            deepest = max(deepest, len(stack))
            stack.append(self._open(*self._seats[len(stack)]))
            effort -= 1
            while stack and not self._advance(stack[-1]):
                stack.pop()
            if not stack or effort == 0:
                sitting, need, _ = self._seats[deepest]
                return Shortage(sitting.unit, self._slot, need.label if need else "")
        return self._teams

    def _open(self, sitting: Sitting, need: Need | None, nth: int) -> _Choice:
        """List who may take the seat, best first: least loaded, not scarce, adding a speciality, by lot."""
        team = self._teams[sitting.unit]
        seated = sum(p in need.people for p in team) if need else len(team)
        if seated > nth:
            return _Choice(team, [None])
        if len(team) == self._staffing.size:
            return _Choice(team, [])
        skills = self._staffing.skills
        missing = sitting.topics.difference(*(skills[p] for p in team))
        fit = (sitting.eligible & need.people if need else sitting.eligible) - self._busy

        def rank(person: str) -> tuple[int, int, int, int]:
            scarce = 0 if need else self._scarcity[person]
            return self._load[person], scarce, -len(missing & skills[person]), self._staffing.tie[person]

        return _Choice(team, [*sorted(fit, key=rank)])

    def _advance(self, choice: _Choice) -> bool:
        """Put the next person on the seat in place of the last; false when there is none left."""
        if choice.at >= 0 and choice.people[choice.at] is not None:
            self._busy.discard(choice.team.pop())
        choice.at += 1
        if choice.at == len(choice.people):
            return False
        person = choice.people[choice.at]
        if person is not None:
            choice.team.append(person)
            self._busy.add(person)
        return True


_Swap = tuple[str, str, str]  # unit, who leaves, who joins


class _Balance:
    """Even the loads: a chain of replacements takes one visit from a busy person to one with two fewer."""

    def __init__(self, staffing: Staffing, teams: Teams, load: dict[str, int]) -> None:
        self._needs = staffing.needs
        self._tie = staffing.tie
        self._sittings = {sitting.unit: sitting for sitting in staffing.sittings}
        self._teams = teams
        self._load = load
        self._busy: dict[int, set[str]] = {sitting.slot: set() for sitting in staffing.sittings}
        self._visits: dict[str, set[str]] = {person: set() for person in load}
        for unit, team in teams.items():
            self._busy[self._sittings[unit].slot].update(team)
            for person in team:
                self._visits[person].add(unit)

    def run(self) -> None:
        """Improve until no chain helps; each chain lowers the sum of squared loads, so this ends."""
        while self._improve():
            pass

    def _improve(self) -> bool:
        order = sorted(self._load, key=lambda p: (self._load[p], self._tie[p]))
        seen: set[str] = set()  # whoever a busier person could not unload to, a less busy one cannot either
        return any(
            self._apply(self._chain(person, order, seen)) for person in reversed(order) if person not in seen
        )

    def _chain(self, busy: str, order: list[str], seen: set[str]) -> list[_Swap]:
        """Find the shortest chain from `busy` to somebody with at least two visits fewer, last swap first."""
        came: dict[str, _Swap] = {}
        seen.add(busy)
        queue = deque([busy])
        while queue:
            leaver = queue.popleft()
            for unit in sorted(self._visits[leaver]):
                for joiner in order:
                    if joiner in seen or not self._fits((unit, leaver, joiner)):
                        continue
                    seen.add(joiner)
                    came[joiner] = (unit, leaver, joiner)
                    if self._load[joiner] <= self._load[busy] - 2:
                        return _trace(came, joiner)
                    queue.append(joiner)
        return []

    def _fits(self, swap: _Swap) -> bool:
        unit, leaver, joiner = swap
        sitting, team = self._sittings[unit], self._teams[unit]
        if joiner not in sitting.eligible or joiner in self._busy[sitting.slot] or leaver not in team:
            return False
        return all(
            joiner in need.people
            or leaver not in need.people
            or sum(p in need.people for p in team) > need.count
            for need in self._needs
        )

    def _apply(self, chain: list[_Swap]) -> bool:
        """Do the swaps; two of them may meet in one team and break it, then all are undone."""
        for done, swap in enumerate(chain):
            if not self._fits(swap):
                for unit, leaver, joiner in reversed(chain[:done]):
                    self._replace((unit, joiner, leaver))
                return False
            self._replace(swap)
        return bool(chain)

    def _replace(self, swap: _Swap) -> None:
        unit, leaver, joiner = swap
        team, busy = self._teams[unit], self._busy[self._sittings[unit].slot]
        team[team.index(leaver)] = joiner
        busy.remove(leaver)
        busy.add(joiner)
        self._visits[leaver].remove(unit)
        self._visits[joiner].add(unit)
        self._load[leaver] -= 1
        self._load[joiner] += 1


def _trace(came: Mapping[str, _Swap], person: str) -> list[_Swap]:
    chain = []
    while person in came:
        chain.append(came[person])
        person = came[person][1]
    return chain
