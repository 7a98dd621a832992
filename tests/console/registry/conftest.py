"""A county of its own for every test of the register: units, people, one notified case, and browsers for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.desk import Desk, at_desk
from system.settings import Settings
from tests.console.conftest import NOW, TODAY, browser_of, settings_in
from tests.databases import USUAL, open_database
from tests.make import make_campaign, make_finding_and_case, make_person, make_unit, make_visit

Browse = Callable[[str], TestClient]
OpenDesk = Callable[[str], AbstractContextManager[Desk]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a migrated database with a small county."""
    with open_database(USUAL, tmp_path) as opened:
        with at_desk(opened, settings_in(tmp_path), by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            settle(desk)
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a files folder of the test."""
    return settings_in(tmp_path)


@pytest.fixture
def browse(engine: sa.Engine, settings: Settings) -> Iterator[Browse]:
    """Give a function that returns a browser in which somebody is signed in."""
    with ExitStack() as stack:
        yield lambda holder: stack.enter_context(browser_of(engine, settings, holder))


@pytest.fixture
def desk_of(engine: sa.Engine, settings: Settings) -> OpenDesk:
    """Give a function that opens a desk, to look at what was written."""
    return lambda by: at_desk(engine, settings, by=by, today=TODAY, now=NOW)


def settle(desk: Desk) -> None:
    """Write three units, the people of the office and the pool, and one case."""
    mail = {"liaison_email": "lian@shilixian.example"}
    one = make_unit(desk, "D001", name="示例县甲局", **mail)
    make_unit(desk, "D002", name="示例县乙局", parent_code="D001", **mail)
    make_unit(desk, "D003", name="示例县<b>丙</b>局", **mail)
    make_person(desk, "P90", name="经办人", roles="officer", unit_code="D003")
    make_person(desk, "P91", name="经办人二", roles="officer", unit_code="D003")
    member = make_person(desk, "P01", name="督察员甲", roles="inspector、leader", unit_code="D002")
    make_person(desk, "P02", name="督察员乙", roles="inspector", unit_code="D002")
    campaign = make_campaign(desk)
    make_visit(desk, campaign, one, member)
    make_finding_and_case(desk, campaign, one, "2026-ZH-01-D001-01")
