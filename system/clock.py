"""The only door to the clock: the edges ask here and hand the answer down."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def civil_day(instant: datetime) -> date:
    """Return the civil day in Asia/Shanghai on which an aware instant falls."""
    return instant.astimezone(SHANGHAI).date()


def on_day(day: date, instant: datetime) -> datetime:
    """Return the instant that has the Shanghai wall time of `instant` on another civil day, in UTC."""
    wall: time = instant.astimezone(SHANGHAI).timetz().replace(tzinfo=None)
    return datetime.combine(day, wall, tzinfo=SHANGHAI).astimezone(UTC)
