"""What the recurring jobs remember of their last run, and whether the clock can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from casework.desk import Desk
from models.base import table_of
from models.record import Note, Tick

HOLD = "hold"
NOTE, TICK = table_of(Note), table_of(Tick)
# Asked by every run of every job, mostly for nothing: written once.
HELD = sa.select(NOTE.c.value).where(NOTE.c.name == HOLD)
OF_A_JOB = sa.and_(TICK.c.office_id == sa.bindparam("office"), TICK.c.job == sa.bindparam("which"))
LAST = sa.select(TICK.c.on_day, TICK.c.at, TICK.c.boot, TICK.c.uptime_seconds).where(OF_A_JOB)
AGAIN = sa.update(TICK).where(OF_A_JOB)
MAX_DRIFT_SECONDS = 24 * 3600


def hold_reason(desk: Desk) -> str | None:
    """Return why nothing may be claimed or swept, e.g. after a restore; None in ordinary service."""
    found: str | None = desk.session.connection().execute(HELD).scalar()
    return found


def check_clock(desk: Desk, job: str, *, boot: str, uptime: int, explicit: bool) -> str | None:
    """Return why the clock cannot be believed, or None.

    An outage is fine: the machine's uptime then ran on with the wall clock, or the machine was started anew. A wall
    clock that ran away from the uptime of the same boot by more than a day has been set; a person then names the day.
    boot, uptime   of this machine, see system/process.py
    explicit       a person named the day (`--today`)
    """
    tick = _last(desk, job)
    if tick is None:
        return None
    if desk.today < tick.on_day:
        return f"今天（{desk.today}）早于上次运行日（{tick.on_day}），时钟可能被回拨；核对时钟后再运行"
    if explicit or not boot or tick.boot != boot:
        return None
    by_wall = (desk.now - tick.at).total_seconds()
    drift = by_wall - (uptime - tick.uptime_seconds)
    if abs(drift) > MAX_DRIFT_SECONDS:
        hours = round(drift / 3600)
        return f"系统时钟与开机时长相差{hours}小时，可能被调过；核对后用 --today 指明日期运行一次"
    return None


def remember(desk: Desk, job: str, *, boot: str, uptime: int) -> None:
    """Note that a job has run; the day never goes back."""
    last = _last(desk, job)
    day = desk.today if last is None else max(last.on_day, desk.today)
    told = {"on_day": day, "at": desk.now, "boot": boot, "uptime_seconds": uptime}
    if last is None and _is_first(desk, job, told):
        return
    desk.session.connection().execute(AGAIN, {"office": desk.office_id, "which": job, **told})


def _last(desk: Desk, job: str) -> Any:
    return desk.session.connection().execute(LAST, {"office": desk.office_id, "which": job}).first()


def _is_first(desk: Desk, job: str, told: Mapping[str, object]) -> bool:
    """Write the first tick of a job; return False when another process has just done so."""
    try:
        with desk.session.begin_nested():
            desk.session.connection().execute(
                sa.insert(TICK), {"office_id": desk.office_id, "job": job, **told}
            )
    except IntegrityError:
        return False
    return True
