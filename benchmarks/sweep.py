"""B1, sweeps: how long one takes with more and more open cases, beside the bare floor and beside SpiffWorkflow.

Each sweep runs in a process of its own on a copy of the same database, so that its memory is its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.floor import write_bare, written_rows
from benchmarks.frame import NONE, Section, Table, clocked, middle, told
from benchmarks.peers import ask
from benchmarks.weight import weigh
from benchmarks.world import NOW, TODAY, build, let_fall_due
from flows.edge import Edge
from flows.jobs import run_sweep
from models.database import make_engine
from system.memory import leave_loaded_alone
from system.settings import Settings

IDLE = 20
# Open cases, how many of them fall due, and how often each is measured.
PLAN = (
    *((1_000, due, 5) for due in (10, 100, 1_000)),
    *((10_000, due, 5) for due in (100, 1_000, 10_000)),
    *((100_000, due, 3) for due in (1_000, 10_000, 100_000)),
    *((1_000_000, due, 1) for due in (10_000, 50_000, 100_000)),
)
QUICK = ((200, 20, 1),)
FLOOR, QUICK_FLOOR = (100_000, 5_000, 5), (200, 20, 1)
LOOKED_AT = 1_000  # instances of SpiffWorkflow


class FixedClock:
    """The day and instant of the benchmark."""

    explicit = True

    def today(self) -> date:
        return TODAY

    def now(self) -> datetime:
        return NOW


def sweep_once(database: str, files: str) -> dict[str, Any]:
    """Sweep a database in this process, then again with nothing due; return seconds, what was done, and MB."""
    settings = Settings(database_url=f"sqlite:///{database}", files=Path(files))
    engine = make_engine(settings.database_url)
    edge = Edge(engine, settings, FixedClock())
    with edge.desk():  # rules are read once in a running process
        pass
    leave_loaded_alone()
    seconds, report = clocked(lambda: run_sweep(edge))
    idle = [clocked(lambda: run_sweep(edge))[0] for _ in range(IDLE)]
    engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "idle": middle(idle),
        "memory": memory,
        "due": report["due"],
        "batch": settings.batch,
    }


class County:
    """A database with so many open cases, built once; each measurement gets a copy in which some are due."""

    def __init__(self, folder: Path, cases: int) -> None:
        self.folder, self.cases = folder, cases
        engine, self.settings = build(folder, cases=cases)
        engine.dispose()

    def copy(self, name: str, due: int) -> Path:
        path = self.folder / name
        for tail in ("", "-wal", "-shm"):
            Path(f"{path}{tail}").unlink(missing_ok=True)
        shutil.copy(self.folder / "bench.db", path)
        engine = make_engine(f"sqlite:///{path}")
        let_fall_due(engine, self.cases, due)
        engine.dispose()
        return path

    def sweep(self, path: Path, due: int) -> dict[str, Any]:
        """Sweep in a child; stop when it did not do all that was due."""
        command = [sys.executable, "-m", "benchmarks.sweep", str(path), str(self.settings.files)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout)
        if found["due"] != due:
            raise SystemExit(f"到期{due}件，巡检处理{found['due']}件")
        return found


def measure(quick: bool) -> Section:
    """Measure every size, then the floor, the peer and the weight of a case."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    plan = QUICK if quick else PLAN
    for cases in dict.fromkeys(one[0] for one in plan):
        with tempfile.TemporaryDirectory() as name:
            county = County(Path(name), cases)
            for _cases, due, rounds in (one for one in plan if one[0] == cases):
                found[cases, due] = [county.sweep(county.copy("ours.db", due), due) for _ in range(rounds)]
    ratios = _beside_floor(*(QUICK_FLOOR if quick else FLOOR))
    count = 20 if quick else LOOKED_AT
    with tempfile.TemporaryDirectory() as name:
        peer = ask("spiff.py", "sweeps", name, count, 500)
    weight = weigh(*((40, 4) if quick else (8_000, 400)))
    tables = (
        _sizes(found, peer, count),
        _floor_table(ratios, *(QUICK_FLOOR if quick else FLOOR)[:2]),
        _weights(weight),
    )
    return Section(
        "sweep",
        "B1: the sweep, from a thousand to a million open cases",
        LEAD,
        tuple(one for one in tables if one.rows),
        (NOTE,),
        versions=("SQLAlchemy",),
        figures=_figures(found, ratios, weight),
    )


LEAD = """`make bench BENCH_ARGS=sweep`. A sweep looks at every case whose day has come: half of those due get a
reminder that is queued to two contacts, half an urging letter as a draft. Each is a process of its own on a copy of
the same database; commits every 500 cases. With nothing due it asks one index and notes that it ran."""
NOTE = """SpiffWorkflow has no index of timers: whoever keeps instances loads each to ask whether one is due, so that
its sweep grows with what is open. Not comparable: its timers light a colour and write no document, mail or history.
The floor is a program that knows beforehand what to write: the same rows, pragmas, driver and commits through
`executemany`."""


def _beside_floor(cases: int, due: int, rounds: int) -> list[tuple[float, float]]:
    """Return pairs of the seconds of the sweep and of the floor, one after the other on the same database."""
    pairs = []
    with tempfile.TemporaryDirectory() as name:
        county = County(Path(name), cases)
        for _ in range(rounds):
            before, ours = county.copy("floor.db", due), county.copy("ours.db", due)
            run = county.sweep(ours, due)
            rows = written_rows(ours, before, -(-due // run["batch"]))
            pairs.append((run["seconds"], clocked(lambda path=before, rows=rows: write_bare(path, rows))[0]))  # type: ignore[misc]  # a lambda with defaults
    return pairs


def _sizes(
    found: dict[tuple[int, int], list[dict[str, Any]]], peer: dict[str, Any] | None, count: int
) -> Table:
    rows = []
    for (cases, due), runs in found.items():
        seconds = [one["seconds"] for one in runs]
        rows.append(
            (
                f"ducha, {cases:,} open, {due:,} due ({due / cases:.0%})", told(seconds, "{:.2f}"),
                f"{due / middle(seconds):,.0f}", told([one["idle"] * 1000 for one in runs], "{:.1f}"),
                f"{max(one['memory'] for one in runs):.0f}",
            )
        )  # fmt: skip
    if peer is not None:
        rows.append(
            (
                f"SpiffWorkflow {peer['version']}, {count:,} open, all due", f"{peer['due']:.2f}",
                f"{count / peer['due']:,.0f}", f"{peer['idle'] * 1000:,.0f}", NONE,
            )
        )  # fmt: skip
    return Table(("", "seconds", "cases a second", "idle, ms", "peak MB"), tuple(rows))


def _floor_table(pairs: list[tuple[float, float]], cases: int, due: int) -> Table:
    ours, floor = [one for one, _other in pairs], [other for _one, other in pairs]
    share = [other / one for one, other in pairs]
    return Table(
        (f"{due:,} of {cases:,} due", "seconds", "cases a second", "share of the floor"),
        (
            ("ducha's sweep", told(ours), f"{due / middle(ours):,.0f}", told(share, "{:.0%}")),
            ("bare `sqlite3`, the same rows", told(floor), f"{due / middle(floor):,.0f}", "100%"),
        ),
    )


def _weights(weight: dict[str, float]) -> Table:
    rows = tuple((name, f"{value:,.0f}") for name, value in weight.items())
    return Table(("an open case on disk", "bytes"), rows)


def _figures(
    found: dict[tuple[int, int], list[dict[str, Any]]],
    pairs: list[tuple[float, float]],
    weight: dict[str, float],
) -> dict[str, float]:
    figures = {"floor": middle([other / one for one, other in pairs]), "bytes": weight.get("whole", 0.0)}
    for (cases, due), runs in found.items():
        figures[f"{cases}/{due}"] = middle([one["seconds"] for one in runs])
        figures[f"idle/{cases}"] = middle([one["idle"] for one in runs])
        figures[f"memory/{cases}/{due}"] = max(one["memory"] for one in runs)
    return figures


if __name__ == "__main__":
    print(json.dumps(sweep_once(*sys.argv[1:3])))
