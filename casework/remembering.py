"""What was worked out over a whole office, kept as long as its history did not grow.

Every change of what is counted appends an entry to the history in the same transaction, so the number of its entries
tells whether anything changed. What changes without one (the state of a mail) must not be remembered.

While sweeps and senders of other processes write all the time, a count is worked out anew at most every few seconds:
it may leave out what they did in the last `LONGEST` seconds, and nothing that was done in this process before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic as steady
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from casework.desk import Desk
from core.rulebook import Rulebook
from models.base import table_of
from models.record import AuditHead

HEAD = table_of(AuditHead)
MOST = 128
SHORTEST, LONGEST = 2.0, 20.0  # seconds
SHARE = 20  # a count takes at most a twentieth of a processor
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class _Result:
    """What was worked out, from which state of the office, when and for how long; times of the steady clock."""

    value: Any
    length: int
    commits: int
    rules: Rulebook
    at: float
    took: float

    def suits(self, desk: Desk, length: int, *, waiting: bool) -> bool:
        """Tell whether a reader may have it: nothing was added, or only by others and just now."""
        if self.rules is not desk.rules:
            return False
        longest = LONGEST if waiting else min(LONGEST / 2, max(SHORTEST, SHARE * self.took))
        return self.length >= length or (self.commits >= desk.seen_commits and steady() - self.at < longest)


@dataclass(slots=True, eq=False)
class _Slot:
    """One result; its lock lets one reader work it out while the others have the last one or wait."""

    lock: Lock = field(default_factory=Lock)
    result: _Result | None = None

    def give(self, desk: Desk, length: int, work: Callable[[], Any]) -> Any:
        """Return the result if it suits the reader, else work it out; who waits takes one a little older."""
        if not self.lock.acquire(blocking=False):
            if self.result is not None and self.result.suits(desk, length, waiting=True):
                return self.result.value
            self.lock.acquire()
        try:
            if self.result is None or not self.result.suits(desk, length, waiting=False):
                began = steady()
                value = work()
                ended = steady()
                self.result = _Result(value, length, desk.seen_commits, desk.rules, ended, ended - began)
            return self.result.value
        finally:
            self.lock.release()


@dataclass(slots=True, eq=False)
class _Memory:
    """The results of one database, those used last at the end."""

    lock: Lock = field(default_factory=Lock)
    slots: OrderedDict[Hashable, _Slot] = field(default_factory=OrderedDict)

    def slot(self, key: Hashable) -> _Slot:
        with self.lock:
            slot = self.slots.setdefault(key, _Slot())
            self.slots.move_to_end(key)
            while len(self.slots) > MOST:
                self.slots.popitem(last=False)
            return slot


_memories: WeakKeyDictionary[sa.Pool, _Memory] = WeakKeyDictionary()
_opening = Lock()


def remembered(desk: Desk, key: tuple[Hashable, ...], work: Callable[[], ResultT]) -> ResultT:
    """Return the result of `work`, or the one it had for the same key, day and rules when the history was as long.

    key   everything the result depends on beside the records: what is counted, and for whose eyes
    A desk that writes works it out itself: what it did is not in the history yet.
    """
    bind = desk.session.get_bind()
    if not isinstance(bind, sa.Engine) or not bind.get_execution_options().get("readonly"):
        return work()
    with _opening:
        memory = _memories.setdefault(bind.pool, _Memory())
    slot = memory.slot((desk.office_id, desk.today, *key))
    found: ResultT = slot.give(desk, _length(desk), work)
    return found


def _length(desk: Desk) -> int:
    """Return how many entries the history of the office has."""
    query = sa.select(sa.func.coalesce(sa.func.sum(HEAD.c.length), 0)).where(
        HEAD.c.office_id == desk.office_id
    )
    return int(desk.session.connection().execute(query).scalar_one())
