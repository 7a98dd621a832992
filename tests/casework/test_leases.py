"""Leases: one holder, a fence that grows, an end, and a program that knows the schema of the database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa

from casework.desk import Desk, at_desk
from casework.leases import Hold, give_lease, prove_lease, take_lease
from core.errors import LeaseLost, Refused
from flows.edge import Edge
from flows.jobs import ELSEWHERE, run_doctor, run_reminders, run_sweep, run_watch
from flows.sending import run_outbox
from models.base import table_of
from models.database import transaction
from models.lease import Lease
from models.revision import REVISION
from models.schema import head_revision
from models.task import Task
from system.settings import Settings
from tests.casework.conftest import TODAY, OpenDesk
from tests.casework.test_deadlines import Day


@pytest.fixture
def edge(engine: sa.Engine, settings: Settings) -> Edge:
    """Give an edge on the database of the test."""
    return Edge(engine, settings, Day(TODAY))


def take(edge: Edge, name: str = "sweep", shard: int = 0, seconds: float = 60.0) -> Hold | None:
    with edge.desk() as desk:
        return take_lease(desk.session, desk.office_id, name, shard, seconds)


def prove(edge: Edge, hold: Hold | None) -> None:
    assert hold is not None
    with transaction(edge.engine) as session:
        prove_lease(session, hold)


def row_of(edge: Edge) -> Any:
    with edge.desk(readonly=True) as desk:
        return desk.session.connection().execute(sa.select(table_of(Lease))).one()


def test_a_lease_that_is_held_is_not_given_to_another(edge: Edge) -> None:
    hold = take(edge)
    assert hold is not None
    assert take(edge) is None
    prove(edge, hold)


def test_each_piece_of_work_has_a_lease_of_its_own(edge: Edge) -> None:
    assert all(take(edge, name, shard) for name, shard in (("sweep", 0), ("sweep", 1), ("watch", 0)))


def test_a_lease_that_was_given_back_is_free_and_its_fence_grows(edge: Edge) -> None:
    first = take(edge)
    assert first is not None
    with edge.desk() as desk:
        give_lease(desk.session, first)
    second = take(edge)
    assert second is not None
    assert second.fence == first.fence + 1


def test_a_lease_that_ran_out_is_taken_over_and_its_first_holder_writes_nothing(edge: Edge) -> None:
    late, next_ = take(edge, seconds=0.0), take(edge)
    prove(edge, next_)
    with pytest.raises(LeaseLost, match="另一台机器接手"):
        prove(edge, late)
    with pytest.raises(LeaseLost), desk_under(edge, late) as desk:
        desk.record("unit", 1, "import")


def desk_under(edge: Edge, hold: Hold | None) -> AbstractContextManager[Desk]:
    return at_desk(edge.engine, edge.settings, by=None, today=TODAY, now=edge.clock.now(), hold=hold)


def test_who_was_overtaken_does_not_give_away_what_another_holds(edge: Edge) -> None:
    late = take(edge, seconds=0.0)
    assert late is not None
    next_ = take(edge)
    with edge.desk() as desk:
        give_lease(desk.session, late)
    assert take(edge) is None
    prove(edge, next_)


def test_a_lease_that_ran_out_while_nobody_wanted_it_still_holds(edge: Edge) -> None:
    prove(edge, take(edge, seconds=0.0))


def test_long_work_renews_its_lease(edge: Edge) -> None:
    hold = take(edge)
    assert hold is not None
    until = row_of(edge).until
    prove(edge, hold)
    assert row_of(edge).until == until
    hold.renewed -= 30
    prove(edge, hold)
    assert row_of(edge).until > until
    assert row_of(edge).fence == hold.fence


def test_a_job_that_another_machine_does_is_left_to_it(edge: Edge, open_desk: OpenDesk) -> None:
    jobs = {"watch": run_watch, "reminders": run_reminders, "doctor": run_doctor}
    for name in jobs:
        assert take(edge, name)
    assert take(edge)

    assert {run(edge)["skipped"] for run in jobs.values()} == {ELSEWHERE}
    assert run_sweep(edge)["elsewhere"] == [0]
    with open_desk(readonly=True) as desk:
        assert desk.session.connection().execute(sa.select(table_of(Task).c.id)).all() == []


def test_a_job_gives_its_lease_back_however_it_ends(edge: Edge) -> None:
    def fail() -> None:
        with edge.alone("sweep"):
            assert take(edge) is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take(edge)


def test_a_job_that_was_overtaken_stops_at_its_next_transaction(edge: Edge) -> None:
    with edge.alone("sweep") as own:
        assert own is not None
        assert own.hold is not None
        with edge.desk() as desk:
            desk.session.connection().execute(sa.update(table_of(Lease)).values(fence=99))
        with pytest.raises(LeaseLost), own.desk():
            pass
    assert row_of(edge).fence == 99


def test_the_program_knows_the_newest_schema() -> None:
    assert head_revision() == REVISION


@pytest.mark.parametrize("job", [run_sweep, run_outbox, run_watch, run_reminders, run_doctor])
def test_a_program_of_another_release_claims_nothing(edge: Edge, job: object) -> None:
    with edge.desk() as desk:
        migrate(desk.session)
    with pytest.raises(Refused, match="程序版本与数据库结构不一致") as refused:
        job(edge)  # type: ignore[operator]  # one of the jobs above
    assert (refused.value.found, refused.value.expected) == ("9999", REVISION)
    with edge.desk(readonly=True) as desk:
        assert desk.session.connection().execute(sa.select(table_of(Lease).c.fence)).all() == []


def migrate(session: sa.orm.Session) -> None:
    session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def test_a_program_stops_when_the_schema_is_changed_under_it(edge: Edge) -> None:
    hold = take(edge)
    with transaction(edge.engine) as session:
        migrate(session)
    with pytest.raises(Refused, match="程序版本"):
        prove(edge, hold)
