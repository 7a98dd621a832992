"""The edge of a Prefect run: settings, database and clock of its process, opened once."""

from __future__ import annotations

import logging
from datetime import date
from functools import lru_cache

import sqlalchemy as sa

from flows.duties import Report, run_duty
from flows.edge import Edge, WallClock
from models.database import make_engine
from system.settings import load_settings

# Prefect sends this logger to the log of the run (deploy/prefect.env) but leaves it at the root's level, WARNING.
logging.getLogger("flows").setLevel(logging.INFO)


def open_edge(today: date | None = None, office: str | None = None, shard: int | None = None) -> Edge:
    """Open the edge of this process from its settings.

    today    the civil day in Asia/Shanghai to count with; the present one when None
    office   instead of the one of the settings
    shard    the part of the units to work for; all of them when None
    raises   InvalidInput for a wrong setting
    """
    settings = load_settings()
    engine = _engine(settings.database_url)
    own = settings.model_copy(update={"office": office or settings.office})
    return Edge(engine, own, WallClock(today), shard=shard)


@lru_cache(maxsize=1)
def _engine(url: str) -> sa.Engine:
    """Keep one engine, and so one pool of connections, in a process."""
    return make_engine(url)


def do_duty(name: str, today: date | None, office: str | None = None, shard: int | None = None) -> Report:
    """Run a job of the timetable, or its piece for an office and a shard, with the settings of this process.

    A run that comes late counts for the day on which it runs, not for the day it was scheduled for: after an outage ten
    waiting runs must do the work of one, and a sweep that pretended an earlier day would be held as a clock set back.
    """
    return run_duty(open_edge(today, office, shard), name)
