"""What a job remembers of its last run, and when it does not believe the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from casework.ticks import check_clock, remember
from models.record import Note, Tick
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import Scene

DAY = date(2026, 6, 1)
WEEK = 7 * 24 * 3600


def check(
    open_desk: OpenDesk, day: date, uptime: int, boot: str = "b1", *, explicit: bool = False
) -> str | None:
    with open_desk(today=day, readonly=True) as desk:
        return check_clock(desk, "sweep", boot=boot, uptime=uptime, explicit=explicit)


def test_a_first_run_believes_the_clock_and_a_run_is_remembered(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(today=DAY) as desk:
        assert check_clock(desk, "sweep", boot="b1", uptime=5, explicit=False) is None
        remember(desk, "sweep", boot="b1", uptime=5)
    with open_desk(today=DAY - timedelta(3)) as desk:
        remember(desk, "sweep", boot="b2", uptime=9)
    (tick,) = scene.rows(select(Tick))
    assert (tick.on_day, tick.boot, tick.uptime_seconds) == (DAY, "b2", 9)


def test_an_outage_is_no_jump_but_a_clock_that_ran_away_is(open_desk: OpenDesk) -> None:
    with open_desk(today=DAY) as desk:
        remember(desk, "sweep", boot="b1", uptime=1_000)
    week_later = DAY + timedelta(7)
    assert check(open_desk, week_later, 1_000 + WEEK) is None  # the machine stood idle for a week
    assert check(open_desk, week_later, 50, "b2") is None  # it was started anew
    assert check(open_desk, week_later, 50, "") is None  # it does not tell its boot
    assert "168小时" in (check(open_desk, week_later, 1_000) or "")
    assert check(open_desk, week_later, 1_000, explicit=True) is None  # a person named the day


def test_any_job_of_this_boot_that_checks_tells_that_the_clock_was_set(open_desk: OpenDesk) -> None:
    with open_desk(today=DAY) as desk:
        remember(desk, "sweep", boot="b2", uptime=70)  # another host was the last to sweep
        remember(desk, "watch", boot="b1", uptime=1_000)
        remember(desk, "outbox", boot="b1", uptime=2_000)  # sends with any clock, and proves none
    tomorrow = DAY + timedelta(1)
    assert "24小时" in (check(open_desk, tomorrow, 1_000) or "")
    assert check(open_desk, tomorrow, 1_000 + 24 * 3600) is None
    assert check(open_desk, tomorrow, 5, "b3") is None


@pytest.mark.parametrize(("hours", "believed"), [(8, True), (-8, True), (13, False), (-13, False)])
def test_a_clock_in_the_wrong_zone_is_believed_and_one_that_was_set_by_half_a_day_is_not(
    open_desk: OpenDesk, hours: int, believed: bool
) -> None:
    with open_desk(today=DAY) as desk:
        remember(desk, "sweep", boot="b1", uptime=100 * 3600)
    with open_desk(today=DAY, readonly=True) as desk:
        desk.now += timedelta(hours=hours)
        told = check_clock(desk, "sweep", boot="b1", uptime=100 * 3600, explicit=False)
    assert (told is None) is believed


def test_a_day_before_the_last_run_is_refused_even_to_a_person(open_desk: OpenDesk) -> None:
    with open_desk(today=DAY) as desk:
        remember(desk, "sweep", boot="b1", uptime=1_000)
    assert "回拨" in (check(open_desk, DAY - timedelta(1), 2_000, explicit=True) or "")


def test_a_note_of_hold_gives_its_reason(open_desk: OpenDesk) -> None:
    with open_desk(today=DAY) as desk:
        assert desk.on_hold is None
        make.store(desk, Note(name="hold", value="备份恢复"))
    with open_desk(today=DAY) as desk:
        assert desk.on_hold == "备份恢复"
