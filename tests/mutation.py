"""`make mutants`: mutation testing of the parts that must not be wrong, group by group; figures go to docs/proof.md.

mutmut changes one thing in one function at a time and runs the tests that reach it. A group is a few source files and
the tests that must notice (pyproject.toml, [tool.ducha.mutants]); it is run in a copy, mutants/<group>. What no test
reaches counts as not caught, and so does what ends in an unclear way.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from system.clock import civil_day, now
from system.paths import ROOT
from tests.proof.__main__ import DOCUMENT, write

WORK = ROOT / "mutants"
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder in memory: the databases of the tests need no disk
CODE = ("cli", "flows", "console", "casework", "delivery", "models", "core", "system")
TREES = (*CODE, "rules", "templates", "migrations", "tests")
HEAD = (
    "| 组 | 文件 | 变异 | 抓住 | 其中超时 | 漏过 | 比例 | 用时和机器 |",
    "|---|---|---:|---:|---:|---:|---:|---|",
)
CAUGHT = frozenset({"killed", "timeout"})
# Examples that fail are not made smaller, nothing is remembered, and each run draws the same ones.
PYTEST = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:unraisableexception",
    "--hypothesis-profile=mutants",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Source files and the tests that must notice every change of them.

    select   the pytest expression for the tests that count; the database of all others is SQLite
    """

    name: str
    label: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    select: str = "not postgres and not restricted"


@dataclass(frozen=True, slots=True)
class Score:
    """How the mutants of a group ended.

    missed    the names of those that were not caught
    minutes   how long it took, laying out included
    """

    group: Group
    total: int
    caught: int
    timeouts: int
    missed: tuple[str, ...]
    minutes: float

    @property
    def percent(self) -> float:
        return 100 * self.caught / self.total if self.total else 0.0


@cache
def settings() -> dict[str, Any]:
    """Return [tool.ducha.mutants] of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["tool"]["ducha"]["mutants"]
    return found


def groups() -> dict[str, Group]:
    """Return the groups by their names, in the order of the file."""
    return {
        name: Group(name, one["label"], tuple(one["files"]), tuple(one["tests"]))
        for name, one in settings()["groups"].items()
    }


def lay_out(group: Group) -> Path:
    """Make the folder of a group: links to the trees, and a pyproject.toml that tells mutmut what to change."""
    folder = WORK / group.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for tree in TREES:
        (folder / tree).symlink_to(ROOT / tree)
    mutmut = {
        "source_paths": list(group.files),
        "also_copy": list(TREES),
        "pytest_add_cli_args": [*PYTEST, "-k", group.select],
        "pytest_add_cli_args_test_selection": list(group.tests),
        "timeout_multiplier": settings()["timeout_multiplier"],
        "timeout_constant": settings()["timeout_constant"],
        "track_dependencies": False,
        "use_git_change_detection": False,
    }
    # A list, a number, a text and a truth value are written in TOML as in JSON.
    lines = [f"{key} = {json.dumps(value)}" for key, value in mutmut.items()]
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]), encoding="utf-8")
    return folder


def surroundings() -> dict[str, str]:
    """Return the environment of mutmut: no other server, no other tree, databases in memory."""
    kept = {key: value for key, value in os.environ.items() if key not in {"TEST_POSTGRES_URL", "PYTHONPATH"}}
    return kept | {"TMPDIR": str(MEMORY)} if MEMORY.is_dir() else kept


def run(group: Group) -> Score:
    """Run the mutants of a group one by one; raises CalledProcessError when its tests fail as they are.

    Two children of one process would share the database that its tests use again (tests/databases.py), and disturb
    each other: a mutant would look caught that is not. So several groups may run at once, but of each one mutant.
    """
    began = time.monotonic()
    folder = lay_out(group)
    mutmut = Path(sys.executable).with_name("mutmut")
    with (folder / "mutmut.log").open("wb") as log:
        subprocess.run(
            [mutmut, "run", "--max-children", "1"],
            cwd=folder, env=surroundings(), stdout=log, stderr=subprocess.STDOUT, check=True,
        )  # fmt: skip
    told = subprocess.run(
        [mutmut, "results", "--all", "true"],
        cwd=folder, env=surroundings(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    ends = dict(_read(told.stdout))
    missed = tuple(name for name, status in ends.items() if status not in CAUGHT)
    timeouts = sum(status == "timeout" for status in ends.values())
    return Score(group, len(ends), len(ends) - len(missed), timeouts, missed, (time.monotonic() - began) / 60)


def _read(lines: str) -> Iterator[tuple[str, str]]:
    """Yield (mutant, status) from what `mutmut results` prints."""
    for line in lines.splitlines():
        name, colon, status = line.strip().partition(": ")
        if colon and "__mutmut_" in name:
            yield name, status


def row(score: Score) -> str:
    """Return the line of a group for docs/proof.md, with its day and machine: groups may be run one by one."""
    files = "、".join(f"`{file}`" for file in score.group.files)
    cells = (
        f"{score.group.label}（{score.group.name}）", files, score.total, score.caught, score.timeouts,
        score.total - score.caught, f"{score.percent:.1f}%",
        f"{score.minutes:.1f} 分钟，{civil_day(now())}，{os.cpu_count()} 核（负载 {os.getloadavg()[0]:.1f}）",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def table(rows: Mapping[str, str], floor: float) -> str:
    """Return the figures for docs/proof.md from {group: its line}, in the order of the groups."""
    lines = [rows[name] for name in groups() if name in rows]
    return "\n".join([*HEAD, *lines, "", f"每组须抓住 {floor:g}% 以上。{_versions()}。"])


def rows_kept(text: str) -> dict[str, str]:
    """Return {group: its line} of a page that was written before."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return {name: line for name in groups() for line in lines if f"（{name}） |" in line}


def _versions() -> str:
    return f"Python {platform.python_version()}，" + "，".join(
        f"{name} {version(name)}" for name in ("mutmut", "pytest", "hypothesis")
    )


def main() -> int:
    """Run the groups that were asked for; 1 when one of them is below the floor."""
    known = groups()
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("groups", nargs="*", default=list(known), choices=[*known, []], metavar="group")
    parser.add_argument("--workers", type=int, default=max(1, os.cpu_count() or 1), help="groups at once")
    options = parser.parse_args()
    floor = float(settings()["at_least_percent"])
    held = True
    with ThreadPoolExecutor(options.workers) as pool:
        runs = [pool.submit(run, known[name]) for name in options.groups or known]
        for ended in as_completed(runs):
            score = ended.result()
            held = held and score.percent >= floor
            tell(score, floor)
            rows = rows_kept(DOCUMENT.read_text(encoding="utf-8"))
            write("mutation", table(rows | {score.group.name: row(score)}, floor))
    return 0 if held else 1


def tell(score: Score, floor: float) -> None:
    """Print how a group came out, with the names of what was missed."""
    lines = [f"  missed {mutant}" for mutant in score.missed]
    lines.append(
        f"{'ok    ' if score.percent >= floor else 'FAILED'} {score.group.name}: {score.caught} of {score.total} "
        f"caught, {score.timeouts} by the time limit, {score.percent:.1f} %, {score.minutes:.1f} min"
    )
    sys.stderr.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    raise SystemExit(main())
