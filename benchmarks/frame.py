"""What all benchmarks share: repetitions told as median and range, the machine, and their section of the page.

A benchmark is a module with `measure(quick) -> Section`. Its section of docs/benchmarks.md stands between two markers
of its name and is written anew by each full run; a quick run is for smoke tests and only prints.
"""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from models.database import sqlite_module
from system.clock import civil_day, now
from system.paths import ROOT

T = TypeVar("T")
PAGE = ROOT / "docs" / "benchmarks.md"
NONE = "—"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; the first column is text, the others are figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What a benchmark has found: what was done, its tables, and what must be known to read them.

    name       as on the command line, and in the markers of the page
    versions   packages whose versions matter here
    figures    the medians by name, for tests and for setting targets beside them
    """

    name: str
    title: str
    lead: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)


def middle(samples: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(samples)


def told(samples: Sequence[float], form: str = "{:.2f}") -> str:
    """Return the median with the range of the samples; a single one stands alone."""
    if not samples:
        return NONE
    if len(samples) == 1:
        return form.format(samples[0])
    return f"{form.format(middle(samples))} ({form.format(min(samples))}–{form.format(max(samples))})"


def clocked(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of wall time that the work took, and what it gave."""
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def seconds_of(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the seconds of each repetition."""
    return [clocked(work)[0] for _ in range(rounds)]


def run(measure: Callable[[bool], Section], *, quick: bool, page: Path | None) -> Section:
    """Run a benchmark, print its section, and write it into the page where one is given."""
    before = load()
    began = time.perf_counter()
    section = measure(quick)
    machine = f"{describe_machine(section.versions)}; load {before} before and {load()} after"
    text = render(section, f"{machine}; {time.perf_counter() - began:.0f} s")
    print(text)
    if page is not None:
        write_section(page, section.name, text)
    return section


def render(section: Section, machine: str) -> str:
    """Return a section as it stands in the page, without its markers."""
    parts = [f"## {section.title}", section.lead]
    parts += [(f"**{table.title}**\n\n" if table.title else "") + _table(table) for table in section.tables]
    parts += [*section.notes, f"*{machine}.*"]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    line = "|" + "---|" + "---:|" * (len(table.head) - 1)
    return "\n".join([_row(table.head), line, *(_row(row) for row in table.rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def write_section(page: Path, name: str, text: str) -> None:
    """Put a section between its markers, which come at the end of the page when it has none yet."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    known = page.read_text(encoding="utf-8")
    fresh = f"{begin}\n{text}{end}"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    is_there = found.search(known) is not None
    text = found.sub(lambda _match: fresh, known) if is_there else f"{known.rstrip()}\n\n{fresh}\n"
    page.write_text(text, encoding="utf-8")


def describe_machine(versions: Sequence[str] = ()) -> str:
    """Return day, machine and versions in one line."""
    packages = (f"{name} {metadata.version(name)}" for name in versions)
    return ", ".join(
        [
            f"{civil_day(now())}: {os.cpu_count()} × {_processor()}",
            f"{_memory_gigabytes():.0f} GB",
            platform.system(),
            f"Python {platform.python_version()}",
            f"SQLite {sqlite_module().sqlite_version}",
            *packages,
        ]
    )


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    named = re.search(r"model name\s*:\s*(.+)", text)
    return named[1].strip() if named else platform.machine()


def _memory_gigabytes() -> float:
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) / 2**30


def load() -> str:
    """Return how many processes wanted to run in the last minute; more than there are cores disturb each other."""
    return f"{os.getloadavg()[0]:.1f}"
