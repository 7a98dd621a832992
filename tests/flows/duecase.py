"""One case that is overdue, for tests that want to see a sweep do something."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from flows.edge import Edge
from models.base import table_of
from models.rectification import Rung
from tests.make import make_campaign, make_finding_and_case, make_unit


def write_due_case(edge: Edge, due_on: date) -> None:
    """Write one case of one unit whose last day was `due_on`."""
    with edge.desk() as desk:
        unit = make_unit(desk, liaison_email="liaison@example.com")
        make_finding_and_case(desk, make_campaign(desk), unit, "E24-001", due_on=due_on, next_due_on=due_on)


def count_rungs(engine: sa.Engine) -> int:
    """Return how many rungs were written."""
    with engine.execution_options(readonly=True).connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table_of(Rung))).scalar_one()
