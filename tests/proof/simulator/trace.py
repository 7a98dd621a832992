"""The trace of a simulation: what happened when, who did it and how it ended, and one hash over all of it."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

KEPT = 60  # of the last steps, for whoever looks at a failure


class Step(NamedTuple):
    """One step: the true instant, the actor, what it did, how that ended."""

    at: datetime
    actor: str
    what: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M:%S.%f} {self.actor:<12} {self.what}: {self.outcome}"


@dataclass(slots=True)
class Trace:
    """All steps as their hash, the last of them as they were, and how often each kind of step came."""

    last: deque[Step]
    length: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _hash: Any = field(default_factory=hashlib.sha256)

    def note(self, step: Step) -> None:
        """Add a step."""
        self.length += 1
        self.last.append(step)
        self.counts[step.what] += 1
        self._hash.update("\x1f".join((step.at.isoformat(), *step[1:])).encode("utf-8") + b"\n")

    def hexdigest(self) -> str:
        """Return the hash of the steps so far."""
        return str(self._hash.hexdigest())
