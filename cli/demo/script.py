"""What happens on which day of the story, beside the everyday work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

Step = tuple[date, Callable[[], None]]


class Script:
    """Steps by their day; steps of one day are taken in the order given."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps: dict[date, list[Callable[[], None]]] = {}
        for day, do in steps:
            self._steps.setdefault(day, []).append(do)

    def play(self, day: date) -> None:
        """Do what the day brings."""
        for do in self._steps.pop(day, ()):
            do()

    @property
    def left(self) -> tuple[date, ...]:
        """The days whose steps were not played: none, at the end of a story that walks over all of them."""
        return tuple(sorted(self._steps))
