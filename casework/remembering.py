"""What was worked out over a whole office, kept as long as its history did not grow.

Every change of what is counted appends an entry to the history in the same transaction, so the number of its entries
tells whether anything changed. What changes without one (the state of a mail) must not be remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from casework.desk import Desk
from core.rulebook import Rulebook
from models.base import table_of
from models.record import AuditHead

HEAD = table_of(AuditHead)
MOST = 128
ResultT = TypeVar("ResultT")


@dataclass(slots=True, eq=False)
class _Slot:
    """One result; its lock lets one reader work it out while the others wait."""

    lock: Lock = field(default_factory=Lock)
    length: int = -1
    rules: Rulebook | None = None
    value: Any = None


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
    with slot.lock:
        length = _length(desk)
        if slot.length != length or slot.rules is not desk.rules:
            slot.value = work()
            slot.length, slot.rules = length, desk.rules
        found: ResultT = slot.value
        return found


def _length(desk: Desk) -> int:
    """Return how many entries the history of the office has."""
    query = sa.select(sa.func.coalesce(sa.func.sum(HEAD.c.length), 0)).where(
        HEAD.c.office_id == desk.office_id
    )
    return int(desk.session.connection().execute(query).scalar_one())
