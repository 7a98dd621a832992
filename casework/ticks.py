"""What the recurring jobs remember of their last run, and whether the clock can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from casework.desk import Desk
from models.base import table_of
from models.record import Tick

TICK = table_of(Tick)
OF_A_JOB = sa.and_(TICK.c.office_id == sa.bindparam("office"), TICK.c.job == sa.bindparam("which"))
LAST = sa.select(TICK.c.on_day, TICK.c.at, TICK.c.boot, TICK.c.uptime_seconds).where(OF_A_JOB)
AGAIN = sa.update(TICK).where(OF_A_JOB)
# The newest run in this boot of any job that has checked the clock: uptime only grows.
CHECKED = ("sweep", "watch", "reminders")
SINCE_BOOT = (
    sa.select(TICK.c.at, TICK.c.uptime_seconds)
    .where(
        TICK.c.office_id == sa.bindparam("office"),
        TICK.c.boot == sa.bindparam("now"),
        TICK.c.job.in_(CHECKED),
    )
    .order_by(TICK.c.uptime_seconds.desc())
    .limit(1)
)
# A clock in the wrong zone is off by eight hours, one that was set by a day or more.
MAX_DRIFT_SECONDS = 12 * 3600


def check_clock(desk: Desk, job: str, *, boot: str, uptime: int, explicit: bool) -> str | None:
    """Return why the clock cannot be believed, or None.

    An outage is fine: the machine's uptime then ran on with the wall clock, or the machine was started anew. A wall
    clock that ran away from the uptime of the same boot by more than half a day has been set; a person then names the
    day for one of the jobs that check, and the others go by its run.
    boot, uptime   of this machine, see system/process.py
    explicit       a person named the day (`--today`)
    """
    tick = _last(desk, job)
    if tick is not None and desk.today < tick.on_day:
        return f"今天（{desk.today}）早于上次运行日（{tick.on_day}），时钟可能被回拨；核对时钟后再运行"
    if explicit or not boot:
        return None
    known = desk.session.connection().execute(SINCE_BOOT, {"office": desk.office_id, "now": boot}).first()
    if known is None:
        return None
    drift = (desk.now - known.at).total_seconds() - (uptime - known.uptime_seconds)
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
