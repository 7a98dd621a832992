"""B6: due dates in working days, how fast and how many wrong, beside chinesecalendar, workalendar and numpy.

The judge is benchmarks/notices.py: the notices as they are worded, asked day by day. Due dates after every day from
2018 on that has its due date before the last notice ends; a library that does not know a year is not asked about it.
"""

from __future__ import annotations

import json
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import chinese_calendar
import yaml

from benchmarks.frame import NONE, Section, Table, middle, told
from benchmarks.notices import FIRST, LAST, holidays, working_days
from benchmarks.peers import ask
from core.calendar.workdays import Calendar
from system.paths import RULES_DIR

COUNTS = (5, 15, 30, 60)
ROUNDS = 5
REPEATS = 50  # of the fast ones, so that a round is long enough to be timed
Due = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Year:
    """One year file as it stands on disk."""

    year: int
    status: str
    off: tuple[date, ...]
    work: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of counting gave: microseconds of each round, and its due date for each start."""

    micros: Sequence[float]
    answers: Mapping[date, date]


def load_years() -> list[Year]:
    """Read the year files of the rule book."""
    years = []
    for path in sorted((RULES_DIR / "calendars").glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        years.append(Year(raw["year"], raw["status"], tuple(raw["off"]), tuple(raw["work"])))
    return years


def walk(count: int, start: date) -> date:
    """Find the `count`-th working day after `start` by asking chinesecalendar day by day."""
    day, left = start, count
    while left:
        day += timedelta(1)
        left -= chinese_calendar.is_workday(day)
    return day


def truth(starts: Sequence[date], count: int) -> dict[date, date]:
    """Return the due date of each start by the notices; a start whose due date they do not reach is left out."""
    days = working_days()
    places = ((start, bisect_right(days, start) + count - 1) for start in starts)
    return {start: days[at] for start, at in places if at < len(days)}


def measure(quick: bool) -> Section:
    """Measure and judge every way of counting."""
    counts = COUNTS[1:2] if quick else COUNTS
    every = [FIRST + timedelta(number) for number in range(0, (LAST - FIRST).days, 30 if quick else 1)]
    calendar = Calendar.of(load_years())
    right = {count: truth(every, count) for count in counts}
    starts = list(right[counts[-1]])
    found: dict[tuple[str, int], Found] = {}
    for count in counts:
        found["ducha", count] = _time(
            lambda day, n=count: calendar.after(day, n), starts, 1 if quick else REPEATS
        )  # type: ignore[misc]  # a lambda with a default
        found["chinesecalendar, day by day", count] = _time(partial(walk, count), starts, 1)
    versions = _ask_peers(found, starts, counts)
    names = list(dict.fromkeys(name for name, _count in found))
    tables = (
        _table(
            "microseconds a due date", names, counts, lambda one, _count: told(one.micros, "{:.2f}"), found
        ),
        _table("wrong due dates", names, counts, lambda one, count: _wrong_share(one, right[count]), found),
    )
    mine = [_wrong(found["ducha", count], right[count]) for count in counts]
    return Section(
        "workdays",
        "B6: working days, beside chinesecalendar, workalendar and numpy",
        f"""`make bench BENCH_ARGS=workdays`. The due date n working days after each of {len(starts):,} days from
{FIRST} on, judged by the State Council's notices of 2018–2026 as they are worded, the prolonged Spring Festival of 2020
included (`benchmarks/notices.py`).""",
        tables,
        (
            f"""chinesecalendar is what ducha's year files were made from, so that it is as right; it has no question
for due dates, hence the walk. workalendar {versions[0]} ends with 2023 and is asked and judged up to there only. numpy
{versions[1]} counts Monday to Friday without the holidays of the notices: its calendar has no place for a weekend day
that is worked (调休上班). All figures but the last row ask one date at a time.""",
        ),
        versions=("chinesecalendar",),
        figures={"wrong": float(sum(mine)), "micros": middle(found["ducha", counts[-1]].micros)},
    )


def _time(due: Due, starts: Sequence[date], repeats: int) -> Found:
    micros = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _again in range(repeats):
            for day in starts:
                due(day)
        micros.append((time.perf_counter() - began) / len(starts) / repeats * 1e6)
    return Found(micros, {day: due(day) for day in starts})


def _ask_peers(
    found: dict[tuple[str, int], Found], starts: Sequence[date], counts: Sequence[int]
) -> tuple[str, str]:
    """Add what workalendar and numpy give; return their versions."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "questions.json"
        off = [str(day) for day in sorted(holidays())]
        file.write_text(
            json.dumps({"starts": [str(day) for day in starts], "counts": counts, "off": off}), "utf-8"
        )
        rounds = [one for one in (ask("due.py", file) for _ in range(ROUNDS)) if one is not None]
    if not rounds:
        return NONE, NONE
    for key in rounds[0]["seconds"]:
        who, _, count = key.rpartition("/")
        answers = rounds[0]["answers"].get(key, {})
        dates = {date.fromisoformat(day): date.fromisoformat(end) for day, end in answers.items()}
        found[who, int(count)] = Found([one["seconds"][key] * 1e6 for one in rounds], dates)
    return rounds[0]["workalendar"], rounds[0]["numpy"]


def _table(
    title: str,
    names: Sequence[str],
    counts: Sequence[int],
    cell: Callable[[Found, int], str],
    found: Mapping[tuple[str, int], Found],
) -> Table:
    rows = ((name, *(cell(found[name, count], count) for count in counts)) for name in names)
    return Table((title, *(f"n = {count}" for count in counts)), tuple(rows))


def _wrong(one: Found, right: Mapping[date, date]) -> int:
    return sum(answer != right[start] for start, answer in one.answers.items())


def _wrong_share(one: Found, right: Mapping[date, date]) -> str:
    if not one.answers:
        return NONE
    wrong = _wrong(one, right)
    return f"{wrong:,} of {len(one.answers):,} ({wrong / len(one.answers):.1%})"
