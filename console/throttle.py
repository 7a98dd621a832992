"""How often one address may fail to sign in: kept in memory, for this process, and forgotten after a while."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

MOST, WITHIN = 20, timedelta(minutes=10)
ADDRESSES = 10_000  # more are not remembered; the one not seen for longest goes


class Throttle:
    """Counts failures by address; a lock of the account itself comes beside it."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def is_over(self, address: str, now: datetime) -> bool:
        """Tell whether an address has failed too often of late."""
        with self._lock:
            return len(self._recent(address, now)) >= MOST

    def note(self, address: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            self._recent(address, now).append(now)
            while len(self._failures) > ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, address: str, now: datetime) -> deque[datetime]:
        known = self._failures.setdefault(address, deque(maxlen=MOST))
        self._failures.move_to_end(address)
        while known and now - known[0] > WITHIN:
            known.popleft()
        return known
