"""Where units come from and go to: who carries on for whom after mergers and splits, on any day.

A change counts from its day on. Renames keep the unit and do not appear here; who takes over one matter only (职能划转)
carries on for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Descent:
    """One unit carries on for another from a day on."""

    former: int
    successor: int
    from_on: date


@dataclass(frozen=True, slots=True)
class Lineage:
    """All descents of an office, to be asked in both directions."""

    descents: tuple[Descent, ...] = ()
    _down: Mapping[int, tuple[Descent, ...]] = field(init=False, compare=False, default_factory=dict)
    _up: Mapping[int, tuple[Descent, ...]] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        down: dict[int, tuple[Descent, ...]] = {}
        up: dict[int, tuple[Descent, ...]] = {}
        for one in self.descents:
            down[one.former] = (*down.get(one.former, ()), one)
            up[one.successor] = (*up.get(one.successor, ()), one)
        object.__setattr__(self, "_down", down)
        object.__setattr__(self, "_up", up)

    @classmethod
    def of(cls, descents: Iterable[Descent]) -> Lineage:
        """Return the lineage of some descents; one that names the same unit twice says nothing and is left out."""
        return cls(tuple(one for one in descents if one.former != one.successor))

    def heirs(self, unit: int, on: date | None = None) -> frozenset[int]:
        """Return a unit with all that carry on for it on a day (None: as known now), however far."""
        return self._walk(unit, on, self._down, forward=True)

    def ancestors(self, unit: int, on: date | None = None) -> frozenset[int]:
        """Return a unit with all for which it carries on on a day, however far."""
        return self._walk(unit, on, self._up, forward=False)

    def family(self, unit: int, on: date | None = None) -> frozenset[int]:
        """Return a unit with its heirs and its ancestors: whose past is its own."""
        return self.heirs(unit, on) | self.ancestors(unit, on)

    def would_circle(self, former: int, successor: int) -> bool:
        """Tell whether a new descent would make a unit its own heir."""
        return former in self.heirs(successor)

    def _walk(
        self, unit: int, on: date | None, steps: Mapping[int, tuple[Descent, ...]], *, forward: bool
    ) -> frozenset[int]:
        found, left = {unit}, [unit]
        while left:
            for one in steps.get(left.pop(), ()):
                other = one.successor if forward else one.former
                if other not in found and (on is None or one.from_on <= on):
                    found.add(other)
                    left.append(other)
        return frozenset(found)
