"""Microseconds per due date: `Calendar.after` beside a day-by-day walk over `chinesecalendar`.

The same starts and counts in the same run, and the results must agree. Run with `python -m benchmarks.workdays`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import chinese_calendar
import yaml
from rich.console import Console
from rich.table import Table

from core.calendar.workdays import Calendar
from system.paths import RULES_DIR

A = TypeVar("A")
COUNTS = (1, 5, 10, 15, 30, 60, -1, -5, -30)
ROUNDS = 50  # the best round counts: the others were disturbed by the machine
STARTS = [date(2019, 1, 1) + timedelta(8 * i) for i in range(300)]  # every walk below stays inside 2018-2026


@dataclass(frozen=True, slots=True)
class Year:
    """One year file as it stands on disk."""

    year: int
    status: str
    off: tuple[date, ...]
    work: tuple[date, ...]


def main() -> None:
    """Print one row per count."""
    calendar = Calendar.of(load_years())
    table = Table(title="每次运算耗时（微秒）：工作日推算")
    for title in ("工作日数", "after", "between", "chinesecalendar 逐日推算", "倍数"):
        table.add_column(title, justify="right")
    for count in COUNTS:
        if any(calendar.after(day, count) != walk(day, count) for day in STARTS):
            raise SystemExit(f"after 与逐日推算结果不一致：{count}")
        after = measure(calendar.after, [(day, count) for day in STARTS])
        between = measure(calendar.between, [(day, calendar.after(day, count)) for day in STARTS])
        walked = measure(walk, [(day, count) for day in STARTS], rounds=1)
        table.add_row(str(count), f"{after:.3f}", f"{between:.3f}", f"{walked:.1f}", f"{walked / after:.0f}")
    Console().print(table)


def load_years() -> list[Year]:
    """Read the year files of the rule book."""
    years = []
    for path in sorted((RULES_DIR / "calendars").glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        years.append(Year(raw["year"], raw["status"], tuple(raw["off"]), tuple(raw["work"])))
    return years


def walk(start: date, count: int) -> date:
    """Find the `count`-th working day after (before) `start` by asking chinesecalendar day by day."""
    step = timedelta(1 if count > 0 else -1)
    day, left = start, abs(count)
    while left:
        day += step
        left -= chinese_calendar.is_workday(day)
    return day


def measure(
    work: Callable[[date, A], object], calls: Sequence[tuple[date, A]], rounds: int = ROUNDS
) -> float:
    """Return microseconds per call in the best of the rounds, the loop included."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for first, second in calls:
            work(first, second)
        best = min(best, time.perf_counter() - begun)
    return best / len(calls) * 1e6


if __name__ == "__main__":
    main()
