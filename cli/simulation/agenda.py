"""What people have put in their diaries: deeds by day, done in order, each undone alone when it is refused."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from casework.desk import Desk
from core.errors import Refused

Deed = Callable[[Desk], object]


@dataclass(order=True, slots=True)
class Entry:
    """One deed in the diary; `order` keeps the deeds of a day as they were written down."""

    day: date
    order: int
    by: str = field(compare=False)
    what: str = field(compare=False)
    do: Deed = field(compare=False)


@dataclass(slots=True)
class Agenda:
    """All diaries, and the tally of what was done and what was refused why."""

    entries: list[Entry] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    numbers: Any = field(default_factory=count)

    def put(self, day: date, by: str, what: str, do: Deed) -> None:
        """Write a deed down for a day."""
        heapq.heappush(self.entries, Entry(day, next(self.numbers), by, what, do))

    def take(self, day: date) -> dict[str, list[Entry]]:
        """Take everything that is due by a day out of the diaries, by person, in order."""
        found: dict[str, list[Entry]] = {}
        while self.entries and self.entries[0].day <= day:
            entry = heapq.heappop(self.entries)
            found.setdefault(entry.by, []).append(entry)
        return found

    def carry_out(self, desk: Desk, entries: Iterable[Entry]) -> None:
        """Do some deeds at one desk; a refused one is tallied and leaves nothing behind."""
        for entry in entries:
            noted = len(desk.changes)
            try:
                with desk.session.begin_nested():
                    entry.do(desk)
            except Refused as error:
                del desk.changes[noted:]
                self.refused[f"{entry.what}：{error.what}"] += 1
            else:
                self.done[entry.what] += 1
