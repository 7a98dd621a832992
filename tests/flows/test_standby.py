"""The stand-in: idle while others do the work, and on time for every deadline when they are away for a week."""

from __future__ import annotations

import logging
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from casework.upkeep.overdue import done_at
from core.calendar.timetable import last_due
from core.errors import DatabaseFailed
from core.rulebook import Job
from delivery.sink import MailSink
from flows.duties import DUTIES, run_duty
from flows.edge import Edge
from flows.standby import GRACE, stand_in
from models.base import table_of
from models.message import Message
from models.rectification import Rung
from system.clock import SHANGHAI
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.databases import open_database

MONDAY = date(2026, 6, 22)
STEP, NIGHT, NOON = (
    timedelta(minutes=20),
    timedelta(hours=17, minutes=40),
    12,
)  # nothing is due in the afternoon
DAYS = 21
DOWN = range(7, 14)  # the days on which Prefect is away: a whole week of them
RUNG, MESSAGE = table_of(Rung), table_of(Message)


@dataclass(slots=True)
class Hands:
    """A clock that is set by hand."""

    at: datetime
    explicit: bool = False

    def today(self) -> date:
        return self.at.astimezone(SHANGHAI).date()

    def now(self) -> datetime:
        return self.at


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """Give an edge at midnight before a Monday, on a database with cases that fall due all through three weeks."""
    with open_database("sqlite", tmp_path) as engine, MailSink() as sink:
        yield filled(engine, tmp_path / "files", sink)


def filled(engine: sa.Engine, files: Path, sink: MailSink) -> Edge:
    settings = Settings(rules=RULES_DIR, files=files, smtp_url=SecretStr(sink.url))
    edge = Edge(engine, settings, Hands(local(MONDAY, 5, 40)))
    with edge.desk() as desk:
        campaign = make.make_campaign(desk)
        for number in range(DAYS + 7):
            unit = make.make_unit(desk, f"D{number:03}", liaison_email=f"d{number}@shilixian.example")
            due = MONDAY + timedelta(number)
            make.make_finding_and_case(desk, campaign, unit, f"E24-{number}", due_on=due, next_due_on=MONDAY)
    return edge


def live(edge: Edge, *, prefect: Container[int], standby: bool) -> list[str]:
    """Let three weeks pass; return what the stand-in did, as `day job`."""
    stood_in, clock = [], edge.clock
    assert isinstance(clock, Hands)
    with edge.desk(readonly=True) as desk:
        jobs = desk.rules.timetable
    end = local(MONDAY, 0) + timedelta(DAYS)
    while clock.at < end:
        day = (clock.today() - MONDAY).days
        for job in jobs if day in prefect else ():
            if _begins(job, clock.at):
                run_duty(edge, job.name)
        if standby:
            stood_in += [f"{day} {name}" for name in stand_in(edge)]
        clock.at += STEP if clock.at.astimezone(SHANGHAI).hour < NOON else NIGHT
    return stood_in


def at_a_time_of_day(edge: Edge) -> set[str]:
    """Return the jobs that run once a day; the others run every few minutes, sooner than a step of these tests."""
    with edge.desk(readonly=True) as desk:
        return {job.name for job in desk.rules.timetable if job.time is not None}


def _begins(job: Job, at: datetime) -> bool:
    """Tell whether a timetable starts a job in the step that ends now."""
    if job.time is None:
        return True
    due = datetime.combine(at.astimezone(SHANGHAI).date(), time.fromisoformat(job.time), SHANGHAI)
    return at - STEP < due <= at


def fired(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Return what every sweep wrote: case, rung, day."""
    query = sa.select(RUNG.c.case_id, RUNG.c.code, RUNG.c.fired_on).order_by(*RUNG.primary_key)
    with engine.execution_options(readonly=True).connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(query.order_by(None).order_by(RUNG.c.fired_on, RUNG.c.case_id))
        ]


def mailed(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Return every mail: what it is about, to whom, and how it ended."""
    query = sa.select(MESSAGE.c.key, MESSAGE.c.recipient, MESSAGE.c.state).order_by(MESSAGE.c.key)
    with engine.execution_options(readonly=True).connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.slow
def test_a_week_without_prefect_keeps_every_deadline_and_does_nothing_twice(
    edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A machine that has been up all the time: otherwise the sweep believes that somebody has set its clock.
    hands = [edge.clock]
    for module in ("jobs", "duties", "sending", "reading"):
        monkeypatch.setattr(f"flows.{module}.uptime_seconds", lambda: int(hands[-1].now().timestamp()))
    away = range(DAYS)
    working = [day for day in away if day not in DOWN]
    stood_in = live(edge, prefect=working, standby=True)
    with open_database("sqlite", tmp_path) as engine, MailSink() as sink:
        other = filled(engine, tmp_path / "others", sink)
        hands.append(other.clock)
        assert live(other, prefect=away, standby=False) == []
        wanted, wanted_mails = fired(engine), mailed(engine)

    assert len(wanted) > 15
    assert len(wanted_mails) > 15
    assert fired(edge.engine) == wanted
    assert mailed(edge.engine) == wanted_mails
    assert {int(line.split()[0]) for line in stood_in} >= {day for day in DOWN if day % 7 < 5}
    daily = [line for line in stood_in if line.split()[1] in at_a_time_of_day(edge)]
    assert {int(line.split()[0]) for line in daily} <= set(DOWN)
    assert len(set(daily)) == len(daily)


def test_nothing_is_late_while_somebody_does_the_work(edge: Edge) -> None:
    assert isinstance(edge.clock, Hands)
    edge.clock.at = local(MONDAY, 10)
    assert set(stand_in(edge)) == set(DUTIES) - {"reports"}  # half-monthly, and not today
    assert stand_in(edge) == []


def test_a_daily_job_gets_its_time_of_grace(edge: Edge) -> None:
    assert isinstance(edge.clock, Hands)
    edge.clock.at = local(MONDAY, 8, 30) - timedelta(days=1)
    stand_in(edge)
    edge.clock.at = local(MONDAY, 8, 30) + GRACE - timedelta(minutes=1)
    assert "deadlines" not in stand_in(edge)
    edge.clock.at += timedelta(minutes=1)
    assert "deadlines" in stand_in(edge)


@pytest.mark.parametrize("error", [DatabaseFailed("忙"), RuntimeError("坏了")])
def test_a_job_that_fails_does_not_keep_the_others_from_being_done(
    edge: Edge, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def run(_edge: Edge, name: str) -> dict[str, object]:
        if name == "deadlines":
            raise error
        done.append(name)
        return {}

    assert isinstance(edge.clock, Hands)
    edge.clock.at = local(MONDAY, 10)
    with caplog.at_level(logging.ERROR):
        stand_in(edge, run)
    assert "watch" in done
    assert "deadlines" in caplog.text


def test_a_database_that_is_away_is_asked_again_in_a_minute(
    edge: Edge, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = replace(edge, engine=sa.create_engine(f"sqlite:///{tmp_path}/none/none.db"))
    assert stand_in(nowhere) == []
    assert "下一分钟再查" in caplog.text


def test_a_sweep_in_shards_is_done_when_its_slowest_shard_is() -> None:
    early, late = local(MONDAY, 8), local(MONDAY, 9)
    assert done_at("deadlines", {"deadlines#0": early, "deadlines#1": late}, 2) == early
    assert done_at("deadlines", {"deadlines#0": early}, 2) is None
    assert done_at("deadlines", {"deadlines": late, "deadlines#0": early, "deadlines#1": early}, 2) == late
    assert done_at("deadlines", {}, 1) is None


def test_the_last_turn_of_a_job_lies_on_its_own_days(edge: Edge) -> None:
    with edge.desk(readonly=True) as desk:
        jobs, calendar = {job.name: job for job in desk.rules.timetable}, desk.calendar
    sunday = local(MONDAY - timedelta(1), 12)
    assert last_due(jobs["deadlines"], calendar, sunday) == local(
        date(2026, 6, 18), 8, 30
    )  # 端午 from Friday on
    assert last_due(jobs["doctor"], calendar, sunday) == local(date(2026, 6, 21), 6)
    assert last_due(jobs["reports"], calendar, sunday) == local(date(2026, 6, 16), 9, 30)
    assert last_due(jobs["outbox"], calendar, sunday) == sunday - timedelta(minutes=5)
