"""How an invariant is counted: things looked at, things broken, a few of them named."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

SHOWN = 5


def by_number(example: str) -> tuple[int, str]:
    """Return what puts examples in order: number 9 stands before number 10."""
    return len(example), example


@dataclass(frozen=True, slots=True)
class Invariant:
    """One invariant: `checked` things were looked at, `broken` of them do not hold, `examples` names the first few."""

    id: str
    title: str
    checked: int
    broken: int
    examples: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the invariant as outside programs read it."""
        return {
            "id": self.id,
            "title": self.title,
            "checked": self.checked,
            "broken": self.broken,
            "examples": list(self.examples),
        }


@dataclass(slots=True)
class Tally:
    """An invariant while it is being counted."""

    id: str
    title: str
    checked: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    def look_at(self, count: int) -> None:
        """Add things that were looked at."""
        self.checked += count

    def find(self, example: str) -> None:
        """Add one thing that is broken; of all that are found, the first few by number are named."""
        self.broken += 1
        # Databases answer in an order of their own: the same ones are named on each of them and on every day.
        insort(self.examples, example, key=by_number)
        del self.examples[SHOWN:]

    def find_all(self, examples: Iterable[str]) -> None:
        """Add things that are broken."""
        for example in examples:
            self.find(example)

    def close(self) -> Invariant:
        """Return the invariant as counted."""
        return Invariant(self.id, self.title, self.checked, self.broken, tuple(self.examples))
