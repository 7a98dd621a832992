"""Many at once, on both databases: eight sweepers, eight senders, eight who take numbers; and a disk that is full."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.upkeep.doctor import examine
from core.errors import DatabaseFailed
from flows.edge import Edge
from flows.jobs import run_sweep
from models.base import table_of
from models.database import make_engine
from models.message import Message
from models.rectification import Rung
from tests.databases import KINDS, database
from tests.proof.books import OUTCOME, check_world, outcome
from tests.proof.county import PROBLEMS, World, fill, new_world
from tests.proof.nursery import Life, Nursery, open_nursery
from tests.proof.postoffice import PostOffice, post_office

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

EIGHT, UNITS = 8, 10
PATIENT = {"smtp_connections": 1}  # eight senders of one connection each


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give a process from which children cost a fork each."""
    with open_nursery() as opened:
        yield opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    """Give a mail server in a process of its own."""
    with post_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path, office: PostOffice) -> Iterator[World]:
    """Give a county on one of the databases."""
    office.mark()
    with database(request.param, tmp_path) as url:
        county = World(str(tmp_path), office.url, url=url, settings=PATIENT)
        fill(county, UNITS)
        yield county


def ask(world: World, query: sa.Select[tuple[int]] | sa.TextClause) -> list[tuple[object, ...]]:
    engine = make_engine(world.url)
    try:
        with engine.connect() as link:
            return [tuple(row) for row in link.execute(query)]
    finally:
        engine.dispose()


def broken(world: World) -> list[str]:
    edge = world.edge()
    try:
        with edge.desk(readonly=True) as desk:
            return [f"{one.id}: {one.examples}" for one in examine(desk).invariants if one.broken]
    finally:
        edge.engine.dispose()


def all_at_once(nursery: Nursery, world: World, job: str) -> list[dict[str, object]]:
    ends = nursery.live(world, [Life(job)] * EIGHT)
    assert [end.code for end in ends] == [0] * EIGHT, [end.said for end in ends if end.code]
    return [end.said for end in ends]


def test_eight_sweepers_light_each_case_once_and_eight_senders_send_each_mail_once(
    nursery: Nursery, office: PostOffice, world: World
) -> None:
    all_at_once(nursery, world, "sweep")
    rungs = ask(world, sa.select(sa.func.count()).select_from(table_of(Rung)))
    papers = ask(world, sa.text("SELECT kind FROM document"))

    assert rungs >= [(UNITS * len(PROBLEMS),)]
    assert Counter(papers) == {
        (kind,): UNITS for kind in ("prompt", "urging", "supervision", "rectification_order")
    }
    assert nursery.live(world, [Life("sweep")])[0].said["due"] == 0
    assert broken(world) == []

    all_at_once(nursery, world, "send")
    taken, mails = office.taken(), ask(world, sa.select(sa.func.count()).select_from(table_of(Message)))
    assert set(taken.values()) == {1}
    assert mails == [(len(taken),)]
    assert broken(world) == []


def test_eight_who_take_numbers_leave_no_gap_and_take_none_twice(nursery: Nursery, world: World) -> None:
    taken = [serial for said in all_at_once(nursery, world, "number") for serial in said["taken"]]  # type: ignore[attr-defined]  # JSON

    assert sorted(taken) == list(range(1, EIGHT * 20 + 1))


def test_a_mail_that_cannot_be_made_stops_no_other(
    nursery: Nursery, office: PostOffice, world: World
) -> None:
    nursery.live(world, [Life("sweep")])
    message = table_of(Message)
    engine = make_engine(world.url)
    with engine.begin() as link:
        first = link.execute(sa.select(sa.func.min(message.c.id))).scalar_one()
        link.execute(sa.update(message).where(message.c.id == first).values(recipient="不是地址"))
        total = link.execute(sa.select(sa.func.count()).select_from(message)).scalar_one()
    engine.dispose()

    said = nursery.live(world, [Life("send")])[0].said

    assert (said["accepted"], said["rejected"], said["left"]) == (total - 1, 1, 0)
    assert sum(office.taken().values()) == total - 1


def test_a_full_disk_stops_the_sweep_aloud_and_room_lets_it_end_as_if_nothing_had_been(
    tmp_path: Path,
) -> None:
    calm, full = new_world(tmp_path / "calm", UNITS), new_world(tmp_path / "full", UNITS)
    edge = calm.edge()
    run_sweep(edge)
    edge.engine.dispose()
    expected, refused = outcome(calm), 0
    for more in (1, 8, 20, 40, 80):
        shutil.rmtree(full.path)
        full = new_world(tmp_path / "full", UNITS)
        refused += _is_refused(_little_room(full, more))
        assert check_world(full) == []
        edge = full.edge()
        run_sweep(edge)
        edge.engine.dispose()
        assert {name: outcome(full)[name] for name in OUTCOME} == expected
    assert refused >= 3


def _is_refused(edge: Edge) -> bool:
    """Sweep, and tell whether the disk was full."""
    try:
        run_sweep(edge)
    except DatabaseFailed as error:
        return "full" in str(error)
    finally:
        edge.engine.dispose()
    return False


def _little_room(world: World, more: int) -> Edge:
    """Open an edge on a database that may grow by so many pages."""
    edge = world.edge()

    @sa.event.listens_for(edge.engine, "connect")
    def limit(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        pages = cursor.execute("pragma page_count").fetchone()[0]  # type: ignore[func-returns-value]  # SQLite's does
        cursor.execute(f"pragma max_page_count={pages + more}")

    return edge
