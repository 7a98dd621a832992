"""A disk that is really full: a small file system in memory holds database, files and journal, and runs out of room.

Whatever did not fit is told with its remedy; once there is room again, doing it again gives a day like any other.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import DuchaError, WorldFailed
from flows.jobs import run_sweep
from flows.sending import run_outbox
from tests.conftest import require
from tests.proof.books import check_mails, check_world, outcome
from tests.proof.county import World, new_world
from tests.proof.jobs import file, seal, sign
from tests.proof.postoffice import PostOffice, post_office

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

UNITS = 5
ROOM = 8 << 20  # bytes beyond what the world takes at the beginning
LEFT = (
    0,
    16,
    64,
    160,
    400,
)  # kB that are left when the work begins; the last ones run full in the middle of it
NEEDS_ROOT = "a small file system of its own: needs root and mount"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small file system."""
    place = tmp_path / "disk"
    place.mkdir()
    size = new_world(tmp_path / "measured", UNITS).database.stat().st_size + ROOM
    mount = shutil.which("mount")
    able = sys.platform == "linux" and os.geteuid() == 0 and mount is not None
    done = able and subprocess.run(
        [str(mount), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False, capture_output=True
    ).returncode == 0  # fmt: skip
    require(done, NEEDS_ROOT)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """Give a mail server whose own journal lies elsewhere."""
    with post_office(tmp_path / "office") as opened:
        yield opened


class Ballast:
    """A file that takes up the room of a disk."""

    def __init__(self, disk: Path) -> None:
        self._file = disk / "ballast"

    def leave(self, kilobytes: int) -> None:
        """Fill the disk up to so much."""
        self._file.unlink(missing_ok=True)
        free = os.statvfs(self._file.parent)
        size = free.f_bavail * free.f_frsize - kilobytes * 1024
        with self._file.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(size, 1))

    def drop(self) -> None:
        """Make room again."""
        self._file.unlink(missing_ok=True)


Step = Callable[[World], object]


def _with_edge(work: Callable[..., object], *, world_too: bool = False) -> Step:
    def do(world: World) -> object:
        edge = world.edge()
        try:
            return work(edge, world) if world_too else work(edge)
        finally:
            edge.engine.dispose()

    return do


DAY: dict[str, Step] = {
    "sweep": _with_edge(run_sweep),
    "file": _with_edge(file, world_too=True),
    "sign": _with_edge(sign, world_too=True),
    "seal": _with_edge(seal, world_too=True),
    "send": _with_edge(run_outbox),
}


def calm_day(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what the day comes to where there is room."""
    with post_office(folder / "calm-office") as office:
        world = new_world(folder / "calm", UNITS, office.url)
        for step in DAY.values():
            step(world)
        return outcome(world)


def tell(error: DuchaError | OSError) -> str:
    """Return the words of an error; one of the system itself must say that the disk is full."""
    if isinstance(error, OSError):
        assert error.errno == errno.ENOSPC, error
        return f"{error.strerror}：磁盘空间"
    return str(error)


def test_what_did_not_fit_is_done_when_there_is_room_again(
    disk: Path, office: PostOffice, tmp_path: Path
) -> None:
    world = new_world(disk / "world", UNITS, office.url)
    ballast, said, calm = Ballast(disk), list[str](), calm_day(tmp_path)
    for name, step in DAY.items():
        for left in LEFT:
            ballast.leave(left)
            try:
                step(world)
            except (WorldFailed, OSError) as error:
                said.append(f"{name}: {tell(error)}")
            ballast.drop()
            assert check_world(world) == [], f"half of {name} was done with {left} kB"
        step(world)

    assert check_world(world, calm) == []
    verdict = check_mails(world.database, office.taken())
    assert (verdict.faults, verdict.unknown) == (0, 0)
    assert {line.partition(":")[0] for line in said} == set(DAY), "some step never met the end of the disk"
    assert [line for line in said if "磁盘空间" not in line] == []
