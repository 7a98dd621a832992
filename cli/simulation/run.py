"""`ducha simulate`: years of a county with random behaviour, and the proof at their end that nothing went wrong."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from cli.demo.clock import DemoClock
from cli.simulation import chores, county, events, fieldwork, linkage, lives, papers
from cli.simulation.checking import check
from cli.simulation.shape import Shape
from cli.simulation.world import World
from delivery.sink import MailSink
from flows.edge import Edge
from flows.jobs import run_linkage, run_reminders, run_reports, run_sweep, run_watch
from flows.sending import run_outbox
from models.database import make_engine
from models.schema import upgrade
from system.paths import RULES_DIR
from system.settings import Settings

Tell = Callable[[date, int, int], None]
JOBS = (("08:00", run_reminders), ("08:15", run_watch), ("08:30", run_sweep), ("09:00", run_linkage))
KB = 1024


def simulate(
    shape: Shape, database_url: str | None = None, tell: Tell = lambda _day, _done, _total: None
) -> dict[str, Any]:
    """Play the years of a county and return what was done, refused, counted and checked.

    database_url   where to play; by default a file that is thrown away
    tell           hears of each day: day, working days done, working days in all
    """
    began = time.perf_counter()
    with TemporaryDirectory(prefix="ducha-") as folder:
        settings = Settings.model_validate(
            {
                "database_url": database_url or f"sqlite:///{folder}/ducha.db",
                "files": Path(folder) / "files",
                "rules": RULES_DIR,
                "office": "shilixian",
            }
        )
        engine = make_engine(settings.database_url)
        try:
            upgrade(engine)
            clock = DemoClock(shape.first)
            with MailSink(clock=clock.now) as sink:
                reached = settings.model_copy(update={"smtp_url": SecretStr(sink.url)})
                return _play(Edge(engine, reached, clock), clock, shape, Path(folder), tell, began)
        finally:
            engine.dispose()


def _play(
    edge: Edge, clock: DemoClock, shape: Shape, folder: Path, tell: Tell, began: float
) -> dict[str, Any]:
    world = _begin(edge, clock, shape, folder)
    days = 0
    for day in _working_days(world):
        tell(day, days, shape.years * 250)
        _live(world, day)
        days += 1
    lived = time.perf_counter() - began
    verdict = check(world)
    return {
        "ok": verdict.ok,
        "seed": shape.seed,
        "workdays": days,
        "done": dict(world.agenda.done.most_common()),
        "refused": dict(world.agenda.refused.most_common()),
        "invariants": {"checked": verdict.invariants, "broken": verdict.broken},
        "cases": {"explained": verdict.explained, "unexplained": verdict.unexplained[:20]},
        "numbers": {"listed": verdict.numbers, "unlisted": verdict.unlisted[:20]},
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_lived": round(lived, 1),
        "peak_mb": _peak_mb(),
    }


def _begin(edge: Edge, clock: DemoClock, shape: Shape, folder: Path) -> World:
    with edge.desk(readonly=True) as desk:
        calendar = desk.calendar
        catalog = desk.rules.catalog(fieldwork.PARTY)
    county.settle(edge, shape, folder / "county", tuple(catalog.vocabularies.specialties))
    proof, sealed = folder / "佐证.pdf", folder / "用印.pdf"
    proof.write_bytes(b"%PDF-1.7\n% proof\n%%EOF\n")
    sealed.write_bytes(b"%PDF-1.7\n% sealed\n%%EOF\n")
    world = World(edge, clock, shape, folder, Random(shape.seed), calendar, proof, sealed)
    clock.set(shape.first, "08:00")
    events.first_tables(world)
    _look_at_calendar(world)
    return world


def _working_days(world: World) -> Iterator[date]:
    """Yield the working days of all years, by the calendar that is in force when each begins."""
    day = world.shape.first
    while day <= world.shape.last:
        yield day
        day = world.calendar.after(day, 1)


def _look_at_calendar(world: World) -> None:
    with world.desk(readonly=True) as desk:
        world.calendar = desk.calendar


def _live(world: World, day: date) -> None:
    """Live one working day: the machine's jobs, the papers, then everybody's diary."""
    world.clock.set(day, "08:00")
    _begin_year(world, day)
    for at, job in JOBS:
        world.clock.set(day, at)
        job(world.edge)
    world.clock.set(day, "09:30")
    run_reports(world.edge)
    papers.work(world)
    lives.follow(world)
    chores.follow(world)
    linkage.watch(world)
    run_outbox(world.edge)
    world.clock.set(day, "14:00")
    for by, entries in world.agenda.take(day).items():
        with world.desk(by=by) as desk:
            world.agenda.carry_out(desk, entries)
    chores.go_through(world)
    lives.press(world)
    _look_at_calendar(world)


def _begin_year(world: World, day: date) -> None:
    if f"year/{day.year}" in world.followed:
        return
    world.followed.add(f"year/{day.year}")
    with world.desk(readonly=True) as desk:
        rounds = fieldwork.programme(world, desk.rules, day.year)
    fieldwork.schedule(world, rounds)
    events.schedule(world, day.year)


def _peak_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (KB * KB if sys.platform == "darwin" else KB)
