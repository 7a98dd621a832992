"""B2: ten thousand open cases in one Prefect flow that sweeps in batches, beside a Prefect task for each case.

A real Prefect server in a process of its own, with the environment of deploy/prefect.env; the flows run in another.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from benchmarks.frame import Section, Table, clocked, middle, told
from benchmarks.world import TODAY, build
from flows.deadlines import deadlines
from models.base import table_of
from models.tables import Rung
from tests.flows.prefectserver import Prefect, prefect_server

ITEMS, EACH, ROUNDS = 10_000, 1_000, 3
QUICK_ITEMS, QUICK_EACH = 200, 10
SHARES = (1.0, 0.1, 0.01)  # of the open cases that fall due on the day
THREADS = 4  # of the naive flow; with Prefect's own number its tasks wait for the one writer of SQLite until some fail
EVE = TODAY - timedelta(days=1)
NAMES = {
    "whole": "one flow, batches (ducha)",
    "submit": "a task each, submitted",
    "call": "a task each, called in turn",
    "nothing": "a task each, submitted, that does nothing",
}
NAIVE = ("submit", "call")


@task(cache_policy=NO_CACHE)
def sweep_one(today: date, case_id: int) -> None:
    """Sweep one case in a transaction of its own: what a flow of one task an item does."""
    from casework.lights.deadlines import sweep_batch
    from casework.lights.rungs import SweepReport
    from flows.running import open_edge

    edge = open_edge(today)
    with edge.desk() as desk:
        sweep_batch(desk, [case_id], SweepReport(today))


@task(cache_policy=NO_CACHE)
def do_nothing(_today: date, case_id: int) -> int:
    """Give the number back: what a task costs by itself."""
    return case_id


@flow(task_runner=ThreadPoolTaskRunner(max_workers=THREADS))
def submit_each(today: date, cases: Sequence[int]) -> None:
    """Submit a task for each case, as Prefect's guides do."""
    for one in [sweep_one.submit(today, case_id) for case_id in cases]:
        one.result()


@flow
def call_each(today: date, cases: Sequence[int]) -> None:
    """Call a task for each case, one after another; this is faster than to submit them."""
    for case_id in cases:
        sweep_one(today, case_id)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=THREADS))
def nothing_each(today: date, cases: Sequence[int]) -> None:
    """Submit a task for each case that does nothing."""
    for one in [do_nothing.submit(today, case_id) for case_id in cases]:
        one.result()


def run_flow(kind: str, count: int) -> float:
    """Run one flow in this process; return the seconds from its call to its end, its start included.

    The same flow goes before over the day before, on which nothing is due: what is imported when a flow runs for the
    first time belongs to the start of a process.
    """
    _run(kind, EVE, min(count, 1))
    return clocked(lambda: _run(kind, TODAY, count))[0]


def _run(kind: str, today: date, count: int) -> None:
    if kind == "whole":
        asyncio.run(deadlines(today))
        return
    {"submit": submit_each, "call": call_each, "nothing": nothing_each}[kind](
        today, list(range(1, count + 1))
    )


@dataclass(frozen=True, slots=True)
class Run:
    """A flow over a county: `share` of its open cases is due."""

    kind: str
    count: int
    share: float

    @property
    def due(self) -> int:
        return int(self.count * self.share)


def measure(quick: bool) -> Section:
    """Measure the flows in turn, with all cases due and with a few of them."""
    items, each, shares = (QUICK_ITEMS, QUICK_EACH, SHARES[:1]) if quick else (ITEMS, EACH, SHARES)
    nothing = Run("nothing", 0, 0.0)
    counts = {"whole": items, **dict.fromkeys(NAIVE, each)}
    runs = [Run(kind, count, share) for share in shares for kind, count in counts.items()]
    found: dict[Run, list[float]] = {run: [] for run in (*runs, Run("nothing", each, 0.0), nothing)}
    for _round in range(1 if quick else ROUNDS):
        for run, seconds in found.items():
            seconds.append(_measure_one(run))
    start = found.pop(nothing)
    whole = {run: [_at(run, items, *times) for times in zip(found[run], start, strict=True)] for run in found}
    return Section(
        "tasks",
        "B2: one sweep as a flow, beside a Prefect task for each case",
        f"""`make bench BENCH_ARGS=tasks`. {items:,} open cases, of which all, a tenth or a hundredth fall due on the
day. ducha's flow `deadlines` is one task that sweeps them 500 a commit. The naive flow has a task for each open case
with the sweep of that one case as its work: submitted to {THREADS} threads, or called one after another. It is
measured on {each:,} cases and on none, and told for {items:,}: its start once, and each case as often. From the call of
the flow to its end, its start included, in a process that has run the same flow over the day before; a real Prefect
server on SQLite in a process of its own, a new one for each run, the same environment for all.""",
        (_table(items, whole, start),),
        (f"""What Prefect keeps of each task, ducha keeps of each case in its own history. The fewer cases are due,
the more a task that finds nothing to do weighs. An empty flow is what Prefect takes for itself: for making the run, for
its states, and, as it is a synchronous flow, up to a second for the thread of its heartbeat. With more threads than
{THREADS} (Prefect's own number) some tasks waited for the one writer of SQLite until they failed.""",),
        versions=("prefect",),
        figures={
            f"{run.kind}_{run.share:g}": middle(_times_slower(run, whole)) for run in runs if run.kind in NAIVE
        },
    )  # fmt: skip


def _at(run: Run, items: int, seconds: float, start: float) -> float:
    """Return the seconds for so many cases of a flow that was measured on some and, for its start, on none."""
    return seconds if run.count == items else start + (seconds - start) * items / run.count


def _times_slower(run: Run, whole: Mapping[Run, list[float]]) -> list[float]:
    """Return how many times longer a flow took than ducha's with the same share due, round by round."""
    (own,) = [seconds for one, seconds in whole.items() if one.kind == "whole" and one.share == run.share]
    return [slow / fast for slow, fast in zip(whole[run], own, strict=True)]


def _table(items: int, whole: Mapping[Run, list[float]], start: Sequence[float]) -> Table:
    rows = [("an empty flow", "", told(start, "{:,.2f}"), "", "")]
    for run, seconds in whole.items():
        slower = told(_times_slower(run, whole), "{:,.0f}") if run.kind in NAIVE else ""
        rows.append((
            NAMES[run.kind], f"{run.share:.0%} due" if run.share else "", told(seconds, "{:,.2f}"),
            f"{items / middle(seconds):,.0f}", slower,
        ))  # fmt: skip
    return Table(("", "", f"seconds for {items:,}", "cases a second", "times slower"), tuple(rows))


def _folder(parent: str, name: str) -> Path:
    folder = Path(parent) / name
    folder.mkdir()
    return folder


def _measure_one(run: Run) -> float:
    """Run a flow in a child on a county and with a server of its own; stop where it did not do its work.

    What a server has to do after a flow of a thousand tasks would slow the next one down.
    """
    with tempfile.TemporaryDirectory() as name, prefect_server(_folder(name, "prefect"), {}) as prefect:
        folder = _folder(name, "county")
        engine, settings = build(folder, cases=max(run.count, 1), due=run.due, units=max(run.count // 20, 1))
        known = {"DUCHA_DATABASE_URL": settings.database_url, "DUCHA_FILES": str(settings.files)}
        seconds = _child(prefect, known, run)
        with engine.connect() as connection:
            lit = connection.execute(sa.select(sa.func.count()).select_from(table_of(Rung))).scalar_one()
        engine.dispose()
    if lit != run.due:
        raise SystemExit(f"{run.kind}：应处理{run.due}件，实际{lit}件")
    return seconds


def _child(prefect: Prefect, known: Mapping[str, str], run: Run) -> float:
    command = [sys.executable, "-m", "benchmarks.tasks", run.kind, str(run.count)]
    done = subprocess.run(
        command,
        cwd=prefect.checkout,
        env={**prefect.env, **known},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{run.kind}：{done.stderr[-4000:]}\n{prefect.logs()}")
    return float(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    print(json.dumps(run_flow(sys.argv[1], int(sys.argv[2]))))
