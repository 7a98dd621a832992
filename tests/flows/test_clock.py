"""The single-box clock: once at the start, then by the timetable, whatever a job meets, and one a database."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler

from core.errors import DeliveryFailed, Refused
from core.rulebook import Job
from flows.clock import build_clock, run_clock, trigger_of
from flows.duties import Report
from flows.edge import Edge
from flows.guard import one_clock
from system.clock import SHANGHAI
from tests.flows.conftest import WORKDAY
from tests.flows.duecase import count_rungs, write_due_case

SWEEP = Job(name="deadlines", verb="sweep", title="到期巡检", days="workday", time="08:30")
OUTBOX = Job(name="outbox", verb="send_outbox", title="发送待发邮件", days="every", every_minutes=5)


class Diary:
    """A stand-in for the jobs that notes what was run, and does as it is told."""

    def __init__(self, *answers: Report | Exception) -> None:
        self.ran: list[str] = []
        self.answers = list(answers)
        self.gate = threading.Condition()

    def __call__(self, _edge: Edge, name: str) -> Report:
        with self.gate:
            self.ran.append(name)
            self.gate.notify_all()
            answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait_for(self, count: int) -> list[str]:
        with self.gate:
            assert self.gate.wait_for(lambda: len(self.ran) >= count, timeout=10), self.ran
            return list(self.ran)


@contextmanager
def running(clock: BackgroundScheduler) -> Iterator[None]:
    clock.start()
    try:
        yield
    finally:
        clock.shutdown(wait=True)


def test_every_job_runs_once_at_the_start_and_then_waits_for_its_time(edge: Edge) -> None:
    diary = Diary()
    clock = build_clock(lambda: edge, [SWEEP, OUTBOX], run=diary)

    with running(clock):
        assert sorted(diary.wait_for(2)) == ["deadlines", "outbox"]
        time.sleep(0.2)
        later = {job.id: job.next_run_time for job in clock.get_jobs()}

    assert sorted(diary.ran) == ["deadlines", "outbox"]
    assert later["deadlines"].astimezone(SHANGHAI).strftime("%H:%M") == "08:30"


def test_a_job_fires_when_its_time_comes(edge: Edge) -> None:
    diary = Diary()
    clock = build_clock(lambda: edge, [OUTBOX], run=diary)

    with running(clock):
        diary.wait_for(1)
        clock.reschedule_job("outbox", trigger="interval", seconds=0.2)
        diary.wait_for(3)


@pytest.mark.parametrize("error", [RuntimeError("坏了"), DeliveryFailed("连不上", retry=True), KeyError("x")])
def test_a_job_that_fails_is_logged_and_the_clock_goes_on(
    edge: Edge, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    diary = Diary(error)
    clock = build_clock(lambda: edge, [OUTBOX], run=diary)

    with caplog.at_level(logging.INFO, logger="flows.clock"), running(clock):
        diary.wait_for(1)
        clock.reschedule_job("outbox", trigger="interval", seconds=0.2)
        diary.wait_for(2)

    assert "发送待发邮件（outbox）" in caplog.text


def test_the_next_slice_of_the_outbox_follows_at_once(edge: Edge) -> None:
    diary = Diary({"accepted": 100, "left": 50}, {"accepted": 50, "left": 0})

    with running(build_clock(lambda: edge, [OUTBOX], run=diary)):
        assert diary.wait_for(2) == ["outbox", "outbox"]
        time.sleep(0.2)

    assert len(diary.ran) == 2


def test_what_has_not_begun_when_the_clock_is_stopped_is_left_for_the_next_start(edge: Edge) -> None:
    stop, diary = threading.Event(), Diary({"accepted": 100, "left": 50})
    stop.set()

    with running(build_clock(lambda: edge, [SWEEP, OUTBOX], stop, run=diary)):
        time.sleep(0.2)

    assert diary.ran == []


@pytest.mark.parametrize(
    "day", ["2026-11-23", "2026-11-28", "2027-02-28"]
)  # a Monday, a Saturday, a month's end
def test_a_daily_job_wakes_up_on_every_day_of_the_week_in_shanghai(day: str) -> None:
    evening = datetime.fromisoformat(f"{day}T20:00").replace(tzinfo=SHANGHAI)

    fires = trigger_of(SWEEP).get_next_fire_time(None, evening)

    assert (fires.date() - evening.date()).days == 1
    assert fires.strftime("%H:%M %z") == "08:30 +0800"


def test_the_clock_sweeps_at_its_start_and_ends_when_it_is_told_to(edge: Edge, engine: sa.Engine) -> None:
    write_due_case(edge, WORKDAY.replace(day=3))
    stop = threading.Event()
    thread = threading.Thread(target=run_clock, args=(edge, stop))

    thread.start()
    until = time.monotonic() + 20
    while count_rungs(engine) == 0 and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join(timeout=20)

    assert count_rungs(engine) == 1
    assert not thread.is_alive()


def test_a_second_clock_on_the_same_database_is_refused(edge: Edge) -> None:
    with one_clock(edge.engine), pytest.raises(Refused, match="已有一个定时器"):
        run_clock(edge)


def test_the_lock_of_a_clock_goes_with_it(edge: Edge) -> None:
    with one_clock(edge.engine):
        pass

    with one_clock(edge.engine):
        pass


CLOCK_PROCESS = """
from flows.clock import run_clock
from flows.edge import Edge, WallClock
from models.database import make_engine
from system.settings import load_settings

settings = load_settings()
run_clock(Edge(make_engine(settings.database_url), settings, WallClock()))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_clock_in_order(edge: Edge, tmp_path: Path, number: signal.Signals) -> None:
    env = os.environ | {"DUCHA_DATABASE_URL": str(edge.engine.url), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", CLOCK_PROCESS]
    with subprocess.Popen(
        command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        assert child.stderr is not None
        head = [child.stderr.readline() for _ in range(7)]
        child.send_signal(number)
        rest = child.communicate(timeout=20)[1]

    assert "定时：到期巡检（deadlines），工作日 08:30" in "".join(head)
    assert child.returncode == 0
    assert "定时器已停止" in rest
    assert "Traceback" not in rest
