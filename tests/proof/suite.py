"""The tests that bear the mark `proof`, run in a process of their own: real servers, real hosts, real disks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from system.paths import ROOT
from tests.databases import GIVEN_SERVER
from tests.pgserver import MISSING, own_server


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the tests: `reasons` of those that were skipped, with how many each."""

    passed: int
    failed: int
    reasons: Counter[str]

    @property
    def skipped(self) -> int:
        return self.reasons.total()


class Skipped(Exception):  # not an error: this machine cannot run the part
    """Why a part was not run."""


def run_marked(words: tuple[str, ...] = ()) -> Ran:
    """Run them on a PostgreSQL of their own, unless one is named; `words` narrow them down, as on a command line.

    raises   Skipped where the machine has no PostgreSQL
    """
    if GIVEN_SERVER:
        return _run(words, GIVEN_SERVER)
    with own_server(max_connections="200") as server:
        if server is None:
            raise Skipped(MISSING)
        return _run(words, server.address())


def _run(words: tuple[str, ...], server: str) -> Ran:
    with tempfile.TemporaryDirectory(prefix="ducha-marked-") as folder:
        told = Path(folder) / "told.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "proof", "-p", "no:cacheprovider", "-n", "0", f"--junitxml={told}",
             *(words or ("tests",))],
            cwd=ROOT, env={**os.environ, "TEST_POSTGRES_URL": server, "PYTHONPATH": str(ROOT)}, stdout=sys.stderr,
            check=False,
        )  # fmt: skip
        return read_report(told.read_text("utf-8"))


def read_report(text: str) -> Ran:
    """Read what pytest has told in the form of JUnit."""
    ended, reasons = Counter[str](), Counter[str]()
    for case in ET.fromstring(text).iter("testcase"):  # noqa: S314  # our own pytest has written it
        kinds = {child.tag for child in case}
        skipped = case.find("skipped")
        if kinds & {"failure", "error"}:
            ended["failed"] += 1
        elif skipped is not None:
            reasons[skipped.get("message") or "?"] += 1
        else:
            ended["passed"] += 1
    return Ran(ended["passed"], ended["failed"], reasons)
