"""Where the machine meets the work: the database, the settings and the clock of a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, Self

import sqlalchemy as sa

from casework.desk import Desk, at_desk
from casework.leases import Hold, give_lease, take_lease
from core.errors import DuchaError
from system.clock import civil_day, now, on_day
from system.settings import Settings


class Clock(Protocol):
    """Where a job takes its day and instant from."""

    @property
    def explicit(self) -> bool: ...
    def today(self) -> date: ...
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class WallClock:
    """The machine's clock; a day named by a person replaces the civil day at the present Shanghai time."""

    day: date | None = None

    @property
    def explicit(self) -> bool:
        return self.day is not None

    def today(self) -> date:
        return self.day or civil_day(now())

    def now(self) -> datetime:
        return on_day(self.day, now()) if self.day else now()


@dataclass(frozen=True, slots=True)
class Edge:
    """What every job needs: the database, the settings and a clock.

    shard   the part of the units that this run is for; all of them when None
    hold    the lease under which every desk of this edge writes
    """

    engine: sa.Engine
    settings: Settings
    clock: Clock
    shard: int | None = field(default=None, kw_only=True)
    hold: Hold | None = field(default=None, kw_only=True)

    def desk(self, *, by: str | None = None, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk in one transaction."""
        return at_desk(
            self.engine,
            self.settings,
            by=by,
            today=self.clock.today(),
            now=self.clock.now(),
            readonly=readonly,
            hold=self.hold,
        )

    @contextmanager
    def alone(self, name: str, shard: int = 0) -> Iterator[Self | None]:
        """Give this edge under a lease of its office, or None while another machine has it.

        raises   Refused when the database has another schema than this program
        """
        with self.desk() as desk:
            hold = take_lease(desk.session, desk.office_id, name, shard, self.settings.lease_seconds)
        if hold is None:
            yield None
            return
        try:
            yield replace(self, hold=hold)
        finally:
            self._give_back(hold)

    def _give_back(self, hold: Hold) -> None:
        try:
            with self.desk() as desk:
                give_lease(desk.session, hold)
        except DuchaError:
            pass  # the database is away: the lease runs out by itself, and the work has said how it ended
