"""How many changes this process has committed: what it did itself is never told from an older count."""

from __future__ import annotations

from threading import Lock


class Commits:
    """Counts transactions that wrote history, whichever office and database they were for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0

    @property
    def count(self) -> int:
        return self._count

    def add(self) -> None:
        """Count one more; called after the commit, as a reader before it does not see what was written."""
        with self._lock:
            self._count += 1


COMMITS = Commits()
