"""A rehearsal (预演): the jobs of every day on a simulated clock, over a database of which nothing is kept.

The jobs are the real ones (flows/jobs.py), so what a rehearsal shows is what the clock will do, if people do what is
assumed of them (casework/rehearsal/rehearsing.py). No mail is sent and no file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import sqlalchemy as sa

from casework.desk import Desk, at_desk
from casework.rehearsal.rehearsalplan import Asked
from casework.rehearsal.rehearsed import Programme, read_programme
from casework.rehearsal.rehearsing import Cast
from core.calendar.timetable import falls_on
from flows.duties import DUTIES, wants_more
from flows.edge import Edge
from models.scratch import never_kept

# What makes documents and mails; the outbox, the books of the half month and the doctor are left out.
MAKERS = ("reminders", "deadlines", "linkage")
MORNING = time(1, 0)  # nine o'clock in Shanghai, in UTC
Step = Callable[[date, int, int], None]


@dataclass(slots=True)
class SimulatedClock:
    """A clock that stands at nine in the morning of a day; like a day named by a person, it is believed."""

    day: date
    explicit: bool = True

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.combine(self.day, MORNING, UTC)


@dataclass(frozen=True, slots=True)
class Stage(Edge):
    """An edge whose desks all work inside one transaction that is never committed."""

    connection: sa.Connection

    @contextmanager
    def alone(self, _name: str, _shard: int = 0) -> Iterator[Self]:
        """Give this stage as it is: nobody else works in its transaction, and those outside must not wait for it."""
        yield self

    def desk(self, *, by: str | None = None, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk in a savepoint of the one transaction."""
        return at_desk(
            self.connection,
            self.settings,
            by=by,
            today=self.clock.today(),
            now=self.clock.now(),
            readonly=readonly,
        )


def rehearse(edge: Edge, asked: Asked, step: Step = lambda _day, _done, _total: None) -> Programme:
    """Play a campaign from today on and return every document it would send; nothing is left behind.

    step     hears of each day before it is played: day, days done, days in all
    raises   InvalidInput for numbers that make no rehearsal; NotFound; Refused for a campaign that cannot be opened
    """
    asked.check()
    start = edge.clock.today()
    clock = SimulatedClock(start)
    with _stage(edge, clock) as stage:
        cast = Cast(stage.desk, asked, stage.settings.files)
        cast.begin()
        reports: list[dict[str, object]] = []
        for done in range(asked.days):
            clock.day = start + timedelta(done)
            step(clock.day, done, asked.days)
            reports += _run_jobs(stage)
            cast.act()
        with stage.desk(readonly=True) as desk:
            return read_programme(desk, cast, start, reports)


@contextmanager
def _stage(edge: Edge, clock: SimulatedClock) -> Iterator[Stage]:
    with TemporaryDirectory(prefix="ducha-") as folder, never_kept(edge.engine) as connection:
        settings = edge.settings.model_copy(update={"files": Path(folder)})
        yield Stage(edge.engine, settings, clock, connection)


def _run_jobs(stage: Stage) -> list[dict[str, object]]:
    """Run what the timetable has for this day, in its order."""
    with stage.desk(readonly=True) as desk:
        jobs = sorted(desk.rules.timetable, key=lambda job: job.time or "")
        names = [
            job.name for job in jobs if job.name in MAKERS and falls_on(job.days, desk.calendar, desk.today)
        ]
    return [report for name in names for report in _whole(stage, name)]


def _whole(stage: Stage, name: str) -> Iterator[dict[str, object]]:
    """Run a job slice after slice to its end."""
    more = True
    while more:
        yield (report := DUTIES[name](stage))
        more = wants_more(report)
