"""B9: twenty simulated years of a county with random behaviour, day after day, and the proof at their end."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.frame import Section, Table, middle
from cli.simulation.run import simulate
from cli.simulation.shape import Shape

LONG = Shape(years=20, units=60, campaigns=2, seed=20260105)
QUICK = Shape(years=1, units=40, campaigns=1, seed=20260105)
END = 5  # years at each end that are compared


def measure(quick: bool) -> Section:
    """Live the years and check them."""
    shape = QUICK if quick else LONG
    began: dict[int, list[float]] = defaultdict(list)

    def tell(day: date, _done: int, _total: int) -> None:
        began[day.year].append(time.perf_counter())

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "years.db"
        result = simulate(shape, f"sqlite:///{path}", tell)
        megabytes = path.stat().st_size / 1e6
    days = {year: [later - first for first, later in pairwise(at)] for year, at in began.items()}
    return _section(shape, result, days, megabytes)


def _section(shape: Shape, result: dict[str, Any], days: dict[int, list[float]], megabytes: float) -> Section:
    first, last = ([seconds for year in ends for seconds in days[year]] for ends in _ends(sorted(days)))
    broken, wrong = len(result["invariants"]["broken"]), len(result["numbers"]["unlisted"])
    unexplained = len(result["cases"]["unexplained"])
    return Section(
        "years",
        "B9: twenty simulated years",
        f"""`make bench BENCH_ARGS=years`. {shape.units} units, {shape.campaigns} campaigns a year, seed {shape.seed}:
plans, visits, findings, notices, answers, lists and half-month reports, extensions, objections, closures, look-backs,
referrals, closed books and new calendars by chance, every job of the timetable on every working day, every mail over a
real conversation. At the end every invariant is checked, every due date and light is derived again from the history
alone, and every figure of the statistics is counted again.""",
        (
            Table(
                ("what", "figure"),
                (
                    ("working days lived", f"{result['workdays']:,}"),
                    ("acts carried out", f"{sum(result['done'].values()):,}"),
                    ("acts refused as they should be", f"{sum(result['refused'].values()):,}"),
                    ("facts checked by the invariants", f"{sum(result['invariants']['checked'].values()):,}"),
                    ("invariants broken", f"{broken}"),
                    ("cases whose dates or lights cannot be derived again", f"{unexplained}"),
                    ("figures that their rows do not bear out", f"{wrong}"),
                    ("seconds for the years", f"{result['seconds_lived']:.0f}"),
                    (f"median day of the first {END} years, ms", f"{1000 * middle(first):.0f}"),
                    (f"median day of the last {END} years, ms", f"{1000 * middle(last):.0f}"),
                    ("database at the end, MB", f"{megabytes:.0f}"),
                    ("memory at its peak, MB", f"{result['peak_mb']}"),
                ),
            ),
        ),
        ("None of the peers has a run of this kind; the floor is zero: what must not be found.",),
        ("sqlmodel",),
        {"broken": float(broken + unexplained + wrong), "days": float(result["workdays"])},
    )


def _ends(years: list[int]) -> tuple[list[int], list[int]]:
    return years[:END], years[-END:]
