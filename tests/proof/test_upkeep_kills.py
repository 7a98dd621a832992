"""A backup or a restore that dies at any of its steps: what is there is whole, and doing it again ends well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.upkeep.restoring import read_archive
from tests.proof.books import check_world
from tests.proof.county import World, new_world
from tests.proof.jobs import ARCHIVE
from tests.proof.nursery import Life, Nursery, open_nursery
from tests.proof.points import UPKEEP

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give a process from which children cost a fork each."""
    with open_nursery() as opened:
        yield opened


def held(world: World) -> str | None:
    edge = world.edge()
    try:
        with edge.desk(readonly=True) as desk:
            return desk.on_hold
    finally:
        edge.engine.dispose()


def live(nursery: Nursery, world: World, job: str) -> dict[str, object]:
    (end,) = nursery.live(world, [Life(job)])
    assert end.code == 0, end.said
    said: dict[str, object] = end.said
    return said


def strike(nursery: Nursery, world: World, job: str, point: str) -> None:
    (end,) = nursery.live(world, [Life(job, (point, 1))])
    assert end.killed, f"{job} has not reached {point}: {end.said}"


@pytest.mark.parametrize("point", [name for name in UPKEEP if name.startswith("backup.")])
def test_an_archive_is_whole_or_not_there(nursery: Nursery, tmp_path: Path, point: str) -> None:
    world = new_world(tmp_path / "world", 5)
    live(nursery, world, "sweep")
    strike(nursery, world, "backup", point)

    if (world.path / ARCHIVE).exists():
        assert read_archive(world.path / ARCHIVE, None).hashes
        (world.path / ARCHIVE).unlink()
    assert live(nursery, world, "backup")["counts"]
    assert check_world(world) == []


@pytest.mark.parametrize("point", [name for name in UPKEEP if name.startswith("restore.")])
def test_a_database_is_the_old_one_or_the_restored_one_on_hold(
    nursery: Nursery, tmp_path: Path, point: str
) -> None:
    world = new_world(tmp_path / "world", 5)
    live(nursery, world, "file")
    live(nursery, world, "backup")
    swept = live(nursery, world, "sweep")
    world = world.at(1)
    strike(nursery, world, "restore", point)

    assert check_world(world) == []
    if held(world) is None:
        assert live(nursery, world, "sweep")["due"] == 0, "the old one has been swept"
    live(nursery, world.at(2), "restore")
    assert check_world(world) == []
    assert live(nursery, world, "sweep")["held"]
    assert live(nursery, world, "send")["held"]
    assert swept["due"]
    assert list(world.path.glob("ducha.db.before-*")), "the old one is kept beside"
