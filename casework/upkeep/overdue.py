"""Jobs that should have run and did not, whoever was to start them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from casework.desk import Desk
from core.calendar.timetable import last_due
from core.rulebook import Job
from models.base import table_of
from models.record import Tick

TICK = table_of(Tick)
FORGOTTEN = timedelta(
    days=12
)  # longer than any holidays; a half month that was not closed is not late for ever


@dataclass(frozen=True, slots=True)
class Late:
    """A job that was due at an instant and has last been done at another one, or never."""

    job: Job
    due: datetime
    done: datetime | None


def late_jobs(desk: Desk, grace: timedelta) -> list[Late]:
    """Return the jobs of the timetable that are late.

    grace    how long a daily job may take to begin; a frequent one may miss one of its turns
    raises   CalendarMissing when the working days around now are not known
    """
    query = sa.select(TICK.c.job, TICK.c.at).where(TICK.c.office_id == desk.office_id)
    ticks = {row.job: row.at for row in desk.session.connection().execute(query)}
    found = []
    for job in desk.rules.timetable:
        due, done = last_due(job, desk.calendar, desk.now), done_at(job.name, ticks, desk.settings.shards)
        if due is None or desk.now - due > FORGOTTEN:
            continue
        patience = grace if job.time else timedelta(minutes=job.every_minutes or 1)
        if desk.now >= due + patience and (done is None or done < _limit(job, due)):
            found.append(Late(job, due, done))
    return found


def _limit(job: Job, due: datetime) -> datetime:
    return due if job.time else due - timedelta(minutes=job.every_minutes or 1)


def done_at(name: str, ticks: Mapping[str, datetime], shards: int) -> datetime | None:
    """Return when a job was last done: as a whole, or by the slowest of its shards."""
    parts = [ticks.get(f"{name}#{shard}") for shard in range(shards)]
    known = [part for part in parts if part is not None]
    whole = [ticks[name]] if name in ticks else []
    return max([*whole, *([min(known)] if len(known) == shards else [])], default=None)
