"""What the recurring jobs remember of their last run, and whether the clock can be believed."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from casework.desk import Desk
from models.record import Note, Tick

HOLD = "hold"
MAX_DRIFT_SECONDS = 24 * 3600


def hold_reason(desk: Desk) -> str | None:
    """Return why nothing may be claimed or swept, e.g. after a restore; None in ordinary service."""
    note = desk.session.get(Note, HOLD)
    return note.value if note else None


def check_clock(desk: Desk, job: str, *, boot: str, uptime: int, explicit: bool) -> str | None:
    """Return why the clock cannot be believed, or None.

    An outage is fine: the machine's uptime then ran on with the wall clock, or the machine was started anew. A wall
    clock that ran away from the uptime of the same boot by more than a day has been set; a person then names the day.
    boot, uptime   of this machine, see system/process.py
    explicit       a person named the day (`--today`)
    """
    tick = desk.session.get(Tick, (desk.office_id, job))
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
    """Note that a job has run."""
    tick = desk.session.get(Tick, (desk.office_id, job)) or _first_tick(desk, job)
    tick.on_day, tick.at = max(tick.on_day, desk.today), desk.now
    tick.boot, tick.uptime_seconds = boot, uptime
    desk.session.add(tick)


def _first_tick(desk: Desk, job: str) -> Tick:
    """Write the first tick of a job; when another process has just done so, take theirs."""
    try:
        with desk.session.begin_nested():
            desk.session.add(Tick(office_id=desk.office_id, job=job, on_day=desk.today, at=desk.now))
    except IntegrityError:
        pass
    return desk.session.get_one(Tick, (desk.office_id, job))
