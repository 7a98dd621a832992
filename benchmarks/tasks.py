"""B2: ten thousand open cases in one Prefect flow that sweeps in batches, beside a Prefect task for each case.

A real Prefect server in a process of its own, with the environment of deploy/prefect.env; the flows run in another.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from benchmarks.frame import Section, Table, clocked, middle, told
from benchmarks.world import TODAY, build
from flows.deadlines import deadlines
from models.base import table_of
from models.tables import Rung
from tests.flows.prefectserver import Prefect, prefect_server

ITEMS, EACH, ROUNDS = 10_000, 1_000, 3
QUICK_ITEMS, QUICK_EACH = 200, 10
SHARES = (1.0, 0.1, 0.01)  # of the open cases that fall due on the day


@task(cache_policy=NO_CACHE)
def sweep_one(case_id: int) -> None:
    """Sweep one case in a transaction of its own: what a flow of one task an item does."""
    from casework.lights.deadlines import sweep_batch
    from casework.lights.rungs import SweepReport
    from flows.running import open_edge

    edge = open_edge(TODAY)
    with edge.desk() as desk:
        sweep_batch(desk, [case_id], SweepReport(TODAY))


@task(cache_policy=NO_CACHE)
def do_nothing(case_id: int) -> int:
    """Give the number back: what a task costs by itself."""
    return case_id


@flow
def sweep_each(cases: Sequence[int]) -> None:
    """Sweep cases by a task each; handing the tasks to threads instead is slower."""
    for case_id in cases:
        sweep_one(case_id)


@flow
def nothing_each(cases: Sequence[int]) -> None:
    """Run a task for each case that does nothing."""
    for case_id in cases:
        do_nothing(case_id)


def run_flow(kind: str, count: int) -> float:
    """Run one flow in this process; return the seconds from its call to its end, its start included.

    An empty flow goes before: what Prefect imports when the first flow runs belongs to the start of a process.
    """
    nothing_each([])
    if kind == "whole":
        return clocked(lambda: deadlines(TODAY))[0]
    cases = list(range(1, count + 1))
    return clocked(lambda: {"each": sweep_each, "nothing": nothing_each}[kind](cases))[0]


def measure(quick: bool) -> Section:
    """Measure the flows in turn, with all cases due and with a few of them."""
    items, each, shares = (QUICK_ITEMS, QUICK_EACH, SHARES[:1]) if quick else (ITEMS, EACH, SHARES)
    runs = [
        *(Run("whole", items, share) for share in shares),
        *(Run("each", each, share) for share in shares),
        Run("nothing", each, 0.0),
        Run("nothing", 0, 0.0),
    ]
    found: dict[Run, list[float]] = {run: [] for run in runs}
    for _round in range(1 if quick else ROUNDS):
        for run, seconds in found.items():
            seconds.append(_measure_one(run))
    start = found.pop(Run("nothing", 0, 0.0))
    whole = {run: [_at(run, items, *times) for times in zip(found[run], start, strict=True)] for run in found}
    ratios = {
        share: [
            slow / fast
            for slow, fast in zip(
                whole[Run("each", each, share)], whole[Run("whole", items, share)], strict=True
            )
        ]
        for share in shares
    }
    return Section(
        "tasks",
        "B2: one sweep as a flow, beside a Prefect task for each case",
        f"""`make bench BENCH_ARGS=tasks`. {items:,} open cases, of which all, a tenth or a hundredth fall due on the
day. ducha's flow `deadlines` is one task that sweeps them 500 a commit; the naive flow calls a task for each open case,
one after another: with the sweep of that one case as its work, and with no work at all. It is measured on {each:,}
cases and on none, and told for {items:,}: its start once, and each case as often. From the call of the flow to its end,
its start included, in a process that has run an empty flow before; a real Prefect server on SQLite in a process of its
own, a new one for each run, the same environment for all.""",
        (_table(items, whole, ratios, start),),
        ("""What Prefect keeps of each task, ducha keeps of each case in its own history. The fewer cases are due,
the more a task that finds nothing to do weighs. An empty flow is what Prefect takes for itself: for making the run, for
its states, and up to a second until the thread of its heartbeat wakes up and stops. Handing the tasks to threads is
slower than calling them.""",),
        versions=("prefect",),
        figures={f"ratio_{share:g}": middle(ratio) for share, ratio in ratios.items()},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A flow over a county: `share` of its open cases is due."""

    kind: str
    count: int
    share: float

    @property
    def due(self) -> int:
        return int(self.count * self.share)


def _at(run: Run, items: int, seconds: float, start: float) -> float:
    """Return the seconds for so many cases of a flow that was measured on some and, for its start, on none."""
    return seconds if run.count == items else start + (seconds - start) * items / run.count


def _table(
    items: int, whole: Mapping[Run, list[float]], ratios: Mapping[float, list[float]], start: Sequence[float]
) -> Table:
    rows = [("an empty flow", "", told(start, "{:,.1f}"), "", "")]
    for run, seconds in whole.items():
        due = f"{run.share:.0%} due" if run.share else ""
        name = {"whole": "one flow, batches (ducha)", "each": "a task each, sweeping its case"}.get(run.kind)
        slower = {"whole": "1", "each": told(ratios.get(run.share, [1.0]), "{:,.0f}")}.get(run.kind, "")
        rows.append((
            name or "a task each, doing nothing", due, told(seconds, "{:,.1f}"),
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
