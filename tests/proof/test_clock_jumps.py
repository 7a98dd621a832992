"""A clock that jumps sends no mail to everybody, and the zone of the host changes nothing (reliability.md T2, T4)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flows.edge import Edge
from flows.jobs import run_reminders, run_sweep, run_watch
from system.clock import civil_day
from system.paths import ROOT
from tests.proof.books import check_world, outcome
from tests.proof.county import World, new_world, read_rows

UNITS = 6
JUMPS = (
    timedelta(hours=1),
    timedelta(hours=-1),
    timedelta(days=-1),
    timedelta(hours=25),
    timedelta(days=365),
)


@dataclass(frozen=True, slots=True)
class Wall:
    """The clock of the machine, which somebody has set; nobody names the day."""

    instant: datetime
    explicit: bool = False

    def today(self) -> date:
        return civil_day(self.instant)

    def now(self) -> datetime:
        return self.instant


def jobs(world: World, jump: timedelta) -> None:
    """Run the jobs that time alone moves, in the order of the day."""
    edge = world.edge()
    shown = Edge(edge.engine, edge.settings, Wall(edge.clock.now() + jump))
    for job in (run_reminders, run_watch, run_sweep):
        job(shown)
    edge.engine.dispose()


def mails(world: World) -> int:
    return len(read_rows(world.database, "SELECT id FROM message"))


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_jumps_sends_no_mass_mail(tmp_path: Path, jump: timedelta) -> None:
    world = new_world(tmp_path / "world", UNITS)
    for minute in (0, 1):  # the second time, the drafts of the first are remembered to their signer
        jobs(world, timedelta(minutes=minute))
    before, drafts = mails(world), len(outcome(world)["documents"])
    assert before

    jobs(world, jump)

    assert (mails(world), len(outcome(world)["documents"])) == (before, drafts)
    jobs(world, timedelta(minutes=5) + max(jump, timedelta(0)) * (jump < timedelta(days=1)))
    assert mails(world) == before
    # INV-1 asks why nobody sends: there is no sender here.
    assert [said for said in check_world(world.at(120)) if not said.startswith("INV-1 ")] == []


def test_a_day_ahead_does_at_most_what_tomorrow_would(tmp_path: Path) -> None:
    jumped, waited = new_world(tmp_path / "jumped", UNITS), new_world(tmp_path / "waited", UNITS)
    for world in (jumped, waited):
        jobs(world, timedelta(0))
    jobs(jumped, timedelta(days=1))
    jobs(waited, timedelta(days=1))

    assert outcome(jumped)["mails"] == outcome(waited)["mails"]


SCRIPT = """
import sys
from pathlib import Path
from datetime import timedelta
from tests.proof.books import outcome
from tests.proof.county import World, new_world
from tests.proof.test_clock_jumps import jobs
world = new_world(Path(sys.argv[1]), 6)
for hour in (0, 13.9, 14.1):
    jobs(world, timedelta(hours=hour))
print(repr(sorted(outcome(world).items())))
"""


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_the_zone_of_the_host_changes_nothing(tmp_path: Path) -> None:
    said = {}
    for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles"):
        place = tmp_path / zone.replace("/", "-")
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(place)], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-2000:]
        said[zone] = run.stdout
    assert len(set(said.values())) == 1
    assert "rungs" in said["UTC"]
