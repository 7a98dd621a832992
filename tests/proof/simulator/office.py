"""The simulated office: its machines with their clocks, its database and folders, one source of chance, one trace."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from casework.desk import Desk
from flows.edge import Edge
from system.clock import civil_day
from system.settings import Settings
from tests.proof.simulator.fibers import EPOCH, Process, Scheduler
from tests.proof.simulator.trace import Step, Trace

DAY = 86_400.0
SENDER = "fzdc@shilixian.example"


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of world a seed gives.

    hosts      machines: with two, a machine cannot know that a process of the other one is dead
    twins      both clocks follow the timetable; else the second one stands in for the first
    restored   on which day the database is lost and an older backup takes its place; None for never
    rough      how often something goes wrong, 1 for usual
    """

    seed: int
    days: int
    hosts: int = 1
    twins: bool = False
    restored: int | None = None
    rough: float = 1.0
    sender: str = ""

    @staticmethod
    def draw(seed: int, days: int, sender: str = "") -> Plan:
        """Return the world of a seed."""
        dice = Random(f"plan/{seed}")
        hosts = 1 if dice.random() < 0.7 else 2
        restored = (
            dice.randint(days // 3, days - 3) if hosts == 1 and days > 9 and dice.random() < 0.5 else None
        )
        return Plan(seed, days, hosts, dice.random() < 0.4, restored, dice.choice((0.5, 1.0, 2.0)), sender)


@dataclass(frozen=True, slots=True)
class HostClock:
    """The clock of a machine, which may show another time than the true one; nobody names the day."""

    office: SimulatedOffice
    host: str
    explicit: bool = False

    def today(self) -> date:
        return civil_day(self.now())

    def now(self) -> datetime:
        return self.office.scheduler.instant() + timedelta(seconds=self.office.offsets.get(self.host, 0.0))


@dataclass(slots=True)
class SimulatedOffice:
    """Everything that the parts of a simulation share.

    offsets    of the clocks of machines, in seconds
    ahead_until  the latest instant that any clock has shown too early
    calm       nothing goes wrong for a while: what is judged then must be in order
    faults     what did not hold
    """

    plan: Plan
    engine: sa.Engine
    settings: Settings
    folder: Path
    dice: Random
    scheduler: Scheduler = field(default_factory=Scheduler)
    trace: Trace = field(default_factory=lambda: Trace(deque()))
    offsets: dict[str, float] = field(default_factory=dict)
    calm: bool = False
    ahead_until: float = 0.0
    held_days: set[date] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    processes: dict[str, Process] = field(default_factory=dict)
    born: int = 0

    def today(self) -> date:
        """Return the true civil day."""
        return civil_day(self.scheduler.instant())

    def is_workday(self) -> bool:
        """Tell whether people work today, as the table in force says."""
        with self.desk(readonly=True) as desk:
            return desk.calendar.is_workday(desk.today)

    def note(self, actor: str, what: str, outcome: str = "") -> None:
        """Add a step to the trace."""
        self.trace.note(Step(self.scheduler.instant(), actor, what, outcome))

    def fail(self, what: str) -> None:
        """Note that something did not hold."""
        self.note("judge", "FAULT", what)
        self.faults.append(f"{self.scheduler.instant() + timedelta(hours=8):%Y-%m-%d %H:%M} {what}")

    def happens(self, share: float) -> bool:
        """Draw whether something goes wrong that goes wrong so often; never while it is calm."""
        return not self.calm and self.dice.random() < share * self.plan.rough

    def bear(self, name: str, host: str = "a") -> Process:
        """Start a process, in place of the one of this name that died."""
        self.born += 1
        process = self.processes[name] = Process(name, host, self.born)
        return process

    def edge(self, host: str = "a") -> Edge:
        """Return an edge of a machine: its clock, and its own journal."""
        folder = self.folder / f"journal-{host}"
        return Edge(
            self.engine, self.settings.model_copy(update={"mail_journal": folder}), HostClock(self, host)
        )

    def desk(self, *, by: str | None = None, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk with the true time, for whoever judges."""
        return Edge(self.engine, self.settings, HostClock(self, "true")).desk(by=by, readonly=readonly)

    def seconds_of(self, day: date, at: float) -> float:
        """Return the instant of an hour of a civil day."""
        return (day - civil_day(EPOCH)).days * DAY + at * 3600
