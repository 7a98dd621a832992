"""A sweep in parts does what the whole sweep does, whatever the order, and no two parts touch one audit chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows.edge import Edge
from flows.jobs import run_sweep
from models.audit import SHARDS, verify_chains
from models.base import table_of
from models.document import Document
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Rectification, Rung
from system.settings import Settings
from tests import make
from tests.casework.test_deadlines import Day
from tests.databases import open_database

SWEPT = date(2026, 6, 18)
CASE, RUNG, DOCUMENT, ENTRY, UNIT = map(table_of, (Rectification, Rung, Document, AuditEntry, Unit))


def fill(engine: sa.Engine, settings: Settings) -> Edge:
    """Write twenty units with two cases each, due in the three weeks before the sweep."""
    edge = Edge(engine, settings, Day(SWEPT))
    with edge.desk() as desk:
        campaign = make.make_campaign(desk)
        for number in range(20):
            unit = make.make_unit(desk, f"D{number:03}")
            for which in (1, 2):
                due = SWEPT - timedelta(number + which - 2)
                code = f"E24-{number}-{which}"
                make.make_finding_and_case(desk, campaign, unit, code, due_on=due, next_due_on=SWEPT)
    return edge


@pytest.fixture
def edge(engine: sa.Engine, settings: Settings) -> Edge:
    """Give an edge on a filled database."""
    return fill(engine, settings)


@pytest.fixture
def whole(settings: Settings, tmp_path: Path) -> Iterator[Edge]:
    """Give an edge on another database with the same in it."""
    with open_database("sqlite", tmp_path) as engine:
        yield fill(engine, settings)


def outcome(edge: Edge) -> list[Any]:
    """Return what a sweep made of every case, and every draft, without the numbers that the database gave."""
    cases = sa.select(CASE.c.id, CASE.c.light, CASE.c.next_due_on, RUNG.c.code, RUNG.c.fired_on)
    drafts = sa.select(UNIT.c.code, DOCUMENT.c.kind, DOCUMENT.c.state).join(
        UNIT, UNIT.c.id == DOCUMENT.c.unit_id
    )
    with edge.desk(readonly=True) as desk:
        connection = desk.session.connection()
        rows = connection.execute(cases.join(RUNG, RUNG.c.case_id == CASE.c.id, isouter=True)).all()
        return [sorted(map(str, rows)), sorted(map(str, connection.execute(drafts).all()))]


def cut(edge: Edge, shards: int) -> Edge:
    return Edge(edge.engine, edge.settings.model_copy(update={"shards": shards}), edge.clock)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_all_parts_together_do_what_the_whole_sweep_does(
    edge: Edge, whole: Edge, order: tuple[int, ...]
) -> None:
    one = run_sweep(whole)

    parts = [run_sweep(cut(edge, 3), shard) for shard in order]

    assert outcome(edge) == outcome(whole)
    assert sum(int(str(part["due"])) for part in parts) == one["due"] == 40
    assert all(part["due"] for part in parts)


def test_a_sweep_without_a_part_does_all_of_them(edge: Edge, whole: Edge) -> None:
    assert run_sweep(cut(edge, 8))["due"] == run_sweep(whole)["due"]
    assert outcome(edge) == outcome(whole)


def test_two_parts_never_write_to_the_same_chain(edge: Edge) -> None:
    written: list[set[int]] = []
    for shard in range(3):
        before = chains(edge)
        run_sweep(cut(edge, 3), shard)
        written.append({chain for chain, length in chains(edge).items() if length != before.get(chain)})

    assert [chain % 3 for part in written for chain in part] == [
        shard for shard, part in enumerate(written) for _ in part
    ]
    assert sorted(chain for part in written for chain in part) == list(range(SHARDS))
    with edge.desk(readonly=True) as desk:
        assert verify_chains(desk.session, desk.office_id)[1] == []


def chains(edge: Edge) -> dict[int, int]:
    """Return the length of every chain."""
    query = (
        sa.select(ENTRY.c.shard, sa.func.count()).where(ENTRY.c.subject != "office").group_by(ENTRY.c.shard)
    )
    with edge.desk(readonly=True) as desk:
        return {row[0]: row[1] for row in desk.session.connection().execute(query)}


def test_a_sweep_whose_time_is_over_says_what_is_left_and_the_next_one_does_it(
    edge: Edge, whole: Edge
) -> None:
    hurried = Edge(edge.engine, edge.settings.model_copy(update={"batch": 10}), edge.clock)
    assert run_sweep(hurried, seconds=0)["left"] == 40
    assert "left" not in run_sweep(hurried, seconds=600)
    run_sweep(whole)
    assert outcome(edge) == outcome(whole)
