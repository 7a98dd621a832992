"""Only system/clock.py reads the clock: below the edges `today` and `now` are arguments."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import (
    LAYERS,
    dotted,
    imported_modules,
    names_in_scope,
    parse,
    python_files,
    relative,
)

CLOCK_READS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.strftime",
}
DATABASE_CLOCK = re.compile(
    r"\bfunc\.(now|(clock|statement|transaction)_timestamp|current_(date|time|timestamp))\b"
    r"|\bCURRENT_(DATE|TIME|TIMESTAMP)\b|strftime\([^)]*'now'"
)
BELOW_THE_EDGES = ("casework", "delivery", "models", "core")


def clock_reads(tree: ast.AST) -> list[int]:
    """Return the lines on which a file reads the clock, or passes such a function on."""
    names = names_in_scope(tree)
    reads = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name))
    return sorted({node.lineno for node in reads if dotted(node, names) in CLOCK_READS})


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as d\nd.datetime.now(d.UTC)",
        "from datetime import date as day\nfield(default_factory=day.today)",
        "from time import time\ntime()",
    ],
)
def test_the_check_sees_every_way_to_read_the_clock(source: str) -> None:
    assert clock_reads(ast.parse(source)) == [2]


def test_no_file_but_the_clock_reads_the_clock() -> None:
    found = [
        f"{relative(path)}:{line}"
        for path in python_files(*LAYERS)
        if relative(path) != "system/clock.py"
        for line in clock_reads(parse(path))
    ]

    assert found == []


def test_nothing_below_the_edges_asks_for_the_clock_module() -> None:
    found = [
        f"{relative(path)}:{line}"
        for path in python_files(*BELOW_THE_EDGES)
        for module, line in imported_modules(parse(path))
        if module.startswith("system.clock")
    ]

    assert found == []


def test_the_clock_of_the_database_is_used_by_leases_only() -> None:
    found = [
        f"{relative(path)}:{number}"
        for path in python_files(*LAYERS)
        if relative(path) != "models/lease.py"  # machines that disagree about the time must agree there
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if DATABASE_CLOCK.search(line)
    ]

    assert found == []
