"""B3: a thousand deadlines that end at one instant, beside one APScheduler date job for each, after an outage or none.

The jobs are kept in SQLite, as APScheduler keeps them; the process that stored them is gone when the deadline comes.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from benchmarks.frame import Section, Table, middle
from benchmarks.world import NOW, TODAY, build
from flows.clock import build_clock
from flows.edge import Edge
from models.base import table_of
from models.tables import Rung
from system.clock import now

DEADLINES, QUICK = 1_000, 20
PATIENCE = 120.0  # seconds in which everything must have been decided
STORED_A_SECOND = 40  # how fast the jobs can be stored at the least, on any machine
# How long nobody was there when the deadline came: what it is called, in days for ducha, in seconds for the jobs.
OUTAGES = (("none", 0, 0.0), ("5 s", 0, 5.0), ("3 days", 3, 3 * 86_400.0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the deadlines: how often each was acted on, and the seconds until then."""

    wanted: int
    times: Counter[str]
    late: Sequence[float]

    @property
    def cells(self) -> tuple[str, ...]:
        ran = len(self.times)
        twice = sum(count > 1 for count in self.times.values())
        late = f"{middle(self.late):.2f} / {max(self.late):.2f}" if self.late else "—"
        return (f"{ran:,}", f"{self.wanted - ran:,}", f"{twice:,}", late)


def measure(quick: bool) -> Section:
    """Measure every outage on both sides."""
    count = QUICK if quick else DEADLINES
    outages = OUTAGES[2:] if quick else OUTAGES
    rows, figures = [], {}
    for name, days, seconds in outages:
        mine = sweep_after(days, count)
        rows.append((f"ducha, outage: {name}", *mine.cells))
        figures[f"ran/{name}"] = float(len(mine.times))
        figures[f"twice/{name}"] = float(sum(mine.times.values()) - len(mine.times))
        for word, grace in (("as it comes", 1), ("without a grace time", None)):
            theirs = jobs_after(seconds, count, grace)
            rows.append((f"APScheduler {word}, outage: {name}", *theirs.cells))
            figures[f"lost/{word}/{name}"] = float(count - len(theirs.times))
    return Section(
        "jobs",
        "B3: deadlines after an outage, beside one APScheduler job each",
        f"""`make bench BENCH_ARGS=jobs`. {count:,} deadlines end at the same instant; the process that is to act on
them runs then, comes back 5 s later, or 3 days later. ducha: its single-box clock (`ducha clock`) is started and
sweeps; what is due stands in its rows. The peer: one date job for each deadline in APScheduler's SQLite store, ten
threads; once as it comes, which gives a job up that is more than a second late, and once without that grace time.
Late are the seconds from the deadline, or from the start after the outage, to the end of the act: median / last.""",
        (Table(("", "ran", "lost", "twice", "late, s"), tuple(rows)),),
        (
            """Not comparable: a job of the peer adds one to a list, the sweep writes a document, a mail, a rung and an
entry of history and commits every 500 cases. ducha itself is woken by APScheduler: it models no deadline as a job.""",
        ),
        versions=("APScheduler",),
        figures=figures,
    )


@dataclass(frozen=True, slots=True)
class OnDay:
    """Ten in the morning in Shanghai, some days after the deadline."""

    days: int
    explicit: bool = field(default=True, init=False)

    def today(self) -> date:
        return TODAY + timedelta(days=self.days)

    def now(self) -> datetime:
        return NOW + timedelta(days=self.days)


def sweep_after(days: int, count: int) -> Outcome:
    """Start the single-box clock so many days after the deadline, twice, and count what each case got."""
    with tempfile.TemporaryDirectory() as name:
        engine, settings = build(Path(name), cases=count, due=count, units=max(count // 10, 1))
        edge = Edge(engine, settings, OnDay(days))
        with edge.desk() as desk:
            sweeps = [job for job in desk.rules.timetable if job.name == "deadlines"]
        seconds = 0.0
        for _ in range(2):  # the second start finds nothing to do
            over = threading.Event()
            began = perf_counter()
            clock = build_clock(lambda: edge, sweeps, over)
            clock.add_listener(lambda _event, over=over: over.set(), EVENT_JOB_EXECUTED)  # type: ignore[misc]  # a lambda with a default
            clock.start()
            over.wait(PATIENCE)
            seconds = seconds or perf_counter() - began
            clock.shutdown()
        with engine.connect() as connection:
            cases = connection.execute(sa.select(table_of(Rung).c.case_id)).scalars()
            times = Counter(str(number) for number in cases)
        engine.dispose()
    return Outcome(count, times, [seconds])


_ran: list[tuple[str, float]] = []


def ring(name: str) -> None:
    """Act on a deadline: the job of the peer."""
    _ran.append((name, now().timestamp()))


def jobs_after(outage: float, count: int, grace: int | None) -> Outcome:
    """Store a job for each deadline, come back so long after it, and count what ran."""
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # every job that is given up is told in a warning
    _ran.clear()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/jobs.db"
        deadline = now() + timedelta(seconds=2 + count / STORED_A_SECOND if outage < 60 else -outage)
        _store(url, deadline, count, grace)
        if outage < 60 and now() > deadline:
            raise SystemExit("存放任务超过了预留的时间，机器太忙，稍后再测")
        back = max(now(), deadline + timedelta(seconds=outage if outage < 60 else 0))
        sleep(max(0.0, (back - now()).total_seconds() - (0.5 if outage == 0 else 0.0)))
        _run_out(url, count)
        return Outcome(
            count, Counter(name for name, _at in _ran), [at - back.timestamp() for _name, at in _ran]
        )


def _store(url: str, deadline: datetime, count: int, grace: int | None) -> None:
    """Store the jobs as a scheduler does that has ended since: none may start to act on those that are due already."""
    gone = BackgroundScheduler(timezone="UTC")
    store = SQLAlchemyJobStore(url=url)
    store.start(gone, "default")
    for number in range(count):
        job = Job(
            gone, id=str(number), name="ring", func=ring, args=(str(number),), kwargs={}, executor="default",
            trigger=DateTrigger(deadline), next_run_time=deadline, misfire_grace_time=grace, coalesce=True,
            max_instances=1,
        )  # fmt: skip
        store.add_job(job)
    store.shutdown()


def _scheduler(url: str) -> BackgroundScheduler:
    return BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url=url)}, timezone="UTC")


def _run_out(url: str, count: int) -> None:
    """Let the scheduler run until every job has run or was given up."""
    settled, over = [0], threading.Event()

    def note(_event: Any) -> None:
        settled[0] += 1
        if settled[0] >= count:
            over.set()

    running = _scheduler(url)
    running.add_listener(note, EVENT_JOB_EXECUTED | EVENT_JOB_MISSED)
    running.start()
    over.wait(PATIENCE)
    running.shutdown()
