"""What a simulation carries through its years: the edge, a clock, the diaries, and one source of chance."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from casework.desk import Desk
from cli.demo.clock import DemoClock
from cli.simulation.agenda import Agenda, Deed
from cli.simulation.shape import Shape
from core.calendar.workdays import Calendar
from flows.edge import Edge


@dataclass(slots=True)
class World:
    """The simulated county; `calendar` is that of the day, `followed` the cases whose units have been heard."""

    edge: Edge
    clock: DemoClock
    shape: Shape
    folder: Path
    random: Random
    calendar: Calendar
    proof: Path
    sealed: Path
    agenda: Agenda = field(default_factory=Agenda)
    followed: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        return self.clock.today()

    def desk(self, by: str | None = None, *, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk at the simulated hour."""
        return self.edge.desk(by=by, readonly=readonly)

    def later(self, days: int, by: str, what: str, do: Deed, *, since: date | None = None) -> None:
        """Write a deed down for so many working days from now, or from a day."""
        self.agenda.put(self.calendar.after(since or self.today, max(days, 1)), by, what, do)

    def on(self, day: date, by: str, what: str, do: Deed) -> None:
        """Write a deed down for a day; one that lies behind is done on the next working day."""
        self.agenda.put(max(day, self.calendar.after(self.today, 1)), by, what, do)

    def happens(self, share: float) -> bool:
        """Draw whether something happens that happens in such a share of all cases."""
        return self.random.random() < share

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)
