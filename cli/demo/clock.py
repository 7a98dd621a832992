"""The clock of the demo: it shows the day and hour it was set to, and it can be asked like the machine's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from system.clock import SHANGHAI


class DemoClock:
    """A clock that only the story moves; the server thread of the mail sink reads it too."""

    def __init__(self, day: date) -> None:
        self._at = datetime.combine(day, time(8, 0), SHANGHAI)

    @property
    def explicit(self) -> bool:
        """Say that somebody named the day: a simulated day never runs with the machine's uptime."""
        return True

    def set(self, day: date, at: str) -> None:
        """Move to an hour of a day in Shanghai time, such as '08:30'."""
        self._at = datetime.combine(day, time.fromisoformat(at), SHANGHAI)

    def today(self) -> date:
        """Return the simulated civil day."""
        return self._at.date()

    def now(self) -> datetime:
        """Return the simulated instant in UTC."""
        return self._at.astimezone(UTC)
