"""Leases between processes on PostgreSQL: critical sections never overlap, whoever is stopped, killed or late."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.leases import take_lease
from models.database import transaction
from models.organisation import Office
from system.paths import ROOT
from tests.casework.leaseworker import OFFICE, SECONDS
from tests.databases import KINDS, open_database

SERVERS = [kind for kind in KINDS if kind != "sqlite"]
HISTORY = "CREATE TABLE history (id serial PRIMARY KEY, fence int, began timestamptz, ended timestamptz)"
SECTIONS = "SELECT fence, min(began), max(ended) FROM history GROUP BY fence ORDER BY min(began)"


@pytest.fixture(params=SERVERS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a PostgreSQL database with an office and a table for what was committed."""
    with open_database(request.param, tmp_path) as opened:
        with transaction(opened) as session:
            session.add(Office(id=OFFICE, code="A", name="甲"))
            session.connection().exec_driver_sql(HISTORY)
        yield opened


@contextmanager
def worker(engine: sa.Engine, what: str, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process of leaseworker.py."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.casework.leaseworker", what, url, *more]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def sections(engine: sa.Engine) -> list[tuple[int, float, float]]:
    """Return (fence, began, ended) of every section of which something was committed."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(SECTIONS).all()
    return [(fence, began.timestamp(), ended.timestamp()) for fence, began, ended in rows]


def overlaps(found: list[tuple[int, float, float]]) -> list[tuple[int, int]]:
    """Return the fences of sections that began before one with a smaller number had ended."""
    return [
        (early[0], late[0])
        for early, late in itertools.pairwise(found)
        if late[1] < early[2] or late[0] <= early[0]
    ]


def test_the_history_checker_sees_an_overlap_and_a_fence_that_falls() -> None:
    assert overlaps([(1, 0.0, 2.0), (2, 1.0, 3.0)]) == [(1, 2)]
    assert overlaps([(2, 0.0, 1.0), (1, 2.0, 3.0)]) == [(2, 1)]
    assert overlaps([(1, 0.0, 1.0), (2, 1.0, 3.0)]) == []


@pytest.mark.slow
def test_sections_never_overlap_while_holders_are_stopped_and_killed(engine: sa.Engine) -> None:
    dice = random.Random(20261122)
    with (
        worker(engine, "race", "12") as one,
        worker(engine, "race", "12") as two,
        worker(engine, "race", "12") as three,
    ):
        racing = [one, two, three]
        with worker(engine, "race", "10000") as lost:
            for round_ in range(6):
                time.sleep(dice.uniform(0.1, 0.3))
                stalled = dice.choice([child for child in racing if child.poll() is None] or [lost])
                stalled.send_signal(signal.SIGSTOP)
                if round_ == 3:
                    lost.kill()
                time.sleep(dice.uniform(0.2, 2 * SECONDS))
                stalled.send_signal(signal.SIGCONT)
        assert [child.wait(timeout=120) for child in racing] == [0, 0, 0]

    found = sections(engine)
    assert len(found) >= 36
    assert overlaps(found) == []


@pytest.mark.parametrize(
    ("where", "fence", "ending"),
    [("between", 2, "LeaseLost"), ("inside", 2, "DatabaseFailed"), ("taking", 1, "DatabaseFailed")],
    ids=["between", "inside", "taking"],
)
def test_a_holder_that_wakes_up_after_its_lease_was_taken_writes_nothing(
    engine: sa.Engine, where: str, fence: int, ending: str
) -> None:
    with worker(engine, where) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "holding\n"
        child.send_signal(signal.SIGSTOP)
        assert take_when_free(engine) == fence
        child.stdin.write("go on\n")
        child.stdin.flush()
        child.send_signal(signal.SIGCONT)

        assert child.stdout.readline() == f"{ending}\n"

    assert sections(engine) == []


def take_when_free(engine: sa.Engine) -> int:
    """Take the lease as soon as it can be had, and return its fence."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with transaction(engine) as session:
            hold = take_lease(session, OFFICE, "sweep", 0, SECONDS)
        if hold is not None:
            return hold.fence
        time.sleep(0.05)
    raise AssertionError("nobody gave the lease back")


def test_the_lease_of_a_process_that_is_gone_is_free_at_once(engine: sa.Engine) -> None:
    with worker(engine, "between") as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

        with transaction(engine) as session:
            assert take_lease(session, OFFICE, "sweep", 0, SECONDS) is not None
