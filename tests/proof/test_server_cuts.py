"""The power of a PostgreSQL server is cut while mails go out: what was accepted stays so, and nothing goes out twice.

The server is one of its own with fsync on. All its processes die at once, by SIGKILL or by `immediate`, and the sender
with them; then it recovers from its log. Pages cannot be torn here: what the kernel was given, it keeps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import psycopg
import pytest

from casework.upkeep.doctor import examine
from delivery.sinkrules import Rule
from models.audit import verify_chains
from models.database import make_engine
from models.schema import upgrade
from tests.conftest import require
from tests.pgserver import MISSING, OwnServer, own_server
from tests.proof.campaign import connections
from tests.proof.county import World, fill
from tests.proof.nursery import Life, Nursery, open_nursery
from tests.proof.postoffice import PostOffice, post_office

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

UNITS, CUTS = 8, 3
SLOW = (Rule("settle", delay=0.02),)  # so that a sender is at work for a while
LIFE = 3.0  # seconds of a sender
STATES = "SELECT message_id, state FROM message"


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """Give a server whose commits reach the disk."""
    with own_server(fsync="on", synchronous_commit="on", full_page_writes="on") as opened:
        require(opened, MISSING)
        assert opened is not None
        yield opened


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give a process from which children cost a fork each."""
    with open_nursery() as opened:
        yield opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """Give a mail server that is a little slow, so that a sender is at work for a while."""
    with post_office(tmp_path / "office", SLOW) as opened:
        yield opened


def county(server: OwnServer, folder: Path, office: PostOffice, name: str) -> World:
    """Fill a database and sweep it, so that mails wait in the outbox."""
    server.run(f"CREATE DATABASE {name}")
    engine = make_engine(server.address(name))
    upgrade(engine)
    engine.dispose()
    folder.mkdir()
    world = World(str(folder), office.url, url=server.address(name))
    fill(world, UNITS)
    return world


def states(world: World) -> dict[str, str]:
    """Return the state of every mail."""
    with psycopg.connect(world.url.replace("+psycopg", "")) as link:
        return dict(link.execute(STATES).fetchall())


class Watcher(threading.Thread):
    """Asks again and again which mails are accepted, until the server is gone: what it was told must stay true."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self._world = world

    def run(self) -> None:
        with suppress(psycopg.Error), psycopg.connect(self._world.url.replace("+psycopg", "")) as link:
            while True:
                self.seen |= {name for name, state in link.execute(STATES) if state == "accepted"}
                link.commit()


def cut(server: OwnServer, nursery: Nursery, world: World, office: PostOffice, random: Random) -> set[str]:
    """Take the power away a moment after the first mail went out; return what was seen accepted before.

    The sender lives a little longer than its database, and is killed while it asks again.
    """
    watcher, before = Watcher(world), office.taken().total()
    watcher.start()
    sender = threading.Thread(target=lambda: nursery.live(world, [Life("send")], LIFE))
    sender.start()
    while sender.is_alive() and office.taken().total() == before:
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.1))
    if random.random() < 0.5:
        server.kill()
    else:
        server.stop("immediate")
    sender.join()
    watcher.join()
    server.start()
    return watcher.seen


def fight(server: OwnServer, nursery: Nursery, world: World, office: PostOffice, cuts: int) -> None:
    """Cut the power so many times, look after each cut, and drain the outbox in the end."""
    random = Random(20260617)
    for job in ("sweep", "sign", "seal"):
        assert nursery.live(world, [Life(job)])[0].code == 0
    mails, amid = len(states(world)), 0
    for number in range(cuts):
        seen = cut(server, nursery, world.at(number), office, random)
        now = states(world)
        amid += 0 < len(office.taken()) < mails
        assert [one for one in seen if now[one] != "accepted"] == [], "was accepted, and is not any more"
        assert [one for one, state in now.items() if state == "accepted" and not office.taken()[one]] == []
        assert [one for one in office.taken() if now[one] == "ready"] == [], "it would go out a second time"
    assert amid, "no cut struck in the middle of sending"
    (end,) = nursery.live(world.at(cuts), [Life("send")])
    assert end.code == 0, end.said
    now = states(world)
    unknown = [one for one, state in now.items() if state == "unknown"]
    assert set(now.values()) <= {"accepted", "unknown"}
    assert len(unknown) <= cuts * connections()
    assert (len(now), max(office.taken().values())) == (mails, 1)
    assert set(now) - set(unknown) <= set(office.taken())
    check(world.at(cuts + 1))


def check(world: World) -> None:
    """Look up every invariant but the one that tells of mails a person must settle, and the chains."""
    edge = world.edge()
    try:
        with edge.desk(readonly=True) as desk:
            assert verify_chains(desk.session, desk.office_id)[1] == []
            assert [f"{one.id}: {one.examples}" for one in examine(desk).invariants if one.broken] == []
    finally:
        edge.engine.dispose()


def test_what_was_accepted_is_there_after_the_server_lost_its_power(
    server: OwnServer, nursery: Nursery, office: PostOffice, tmp_path: Path
) -> None:
    fight(server, nursery, county(server, tmp_path / "world", office, "few"), office, CUTS)


@pytest.mark.proof
@pytest.mark.parametrize("number", range(5))
def test_the_same_with_many_cuts(
    server: OwnServer, nursery: Nursery, office: PostOffice, tmp_path: Path, number: int
) -> None:
    fight(server, nursery, county(server, tmp_path / "world", office, f"many{number}"), office, 3 * CUTS)
