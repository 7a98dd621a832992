"""Uploads that wait: somebody is shown what a file would change, and says yes without sending it again.

A file is held in memory for whoever sent it, for half an hour, and only a few at a time.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from console.world import Caller
from core.errors import NotFound

HELD, MOST = timedelta(minutes=30), 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that outlives the request it came with."""

    name: str
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Sent:
        """Return a file of a form, whose own folder ends with the request."""
        return cls(path.name, path.read_bytes())


@dataclass(frozen=True, slots=True)
class Held(Sent):
    """A file that waits, whose it is, and until when."""

    owner: str
    until: datetime


@dataclass(slots=True)
class Holding:
    """The uploads that wait in this process; the oldest makes room for a new one."""

    clock: Callable[[], datetime]
    _held: dict[str, Held] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, visit: Caller, path: Path) -> str:
        """Hold a file and return the word by which its sender asks for it."""
        word = secrets.token_urlsafe(12)
        now = self.clock()
        with self._lock:
            for old in [one for one, held in self._held.items() if held.until <= now]:
                del self._held[old]
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[word] = Held(path.name, path.read_bytes(), visit.who.code, now + HELD)
        return word

    def find(self, visit: Caller, word: str) -> Held:
        """Return a file that the visitor sent; raise NotFound when it was not theirs or waited too long."""
        with self._lock:
            held = self._held.get(word)
        if held is None or held.owner != visit.who.code or held.until <= self.clock():
            raise NotFound(
                "所选文件已不在", found=word[:20] or "空", expected="半小时内上传、待确认的文件",
                remedy="重新选择文件，再看一遍预览",
            )  # fmt: skip
        return held


@contextmanager
def laid_out(sent: Sent) -> Iterator[Path]:
    """Give a file in a folder, under its own name, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="ducha-sent-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / sent.name
        path.write_bytes(sent.content)
        yield path


def _holding_of(request: Request) -> Holding:
    holding: Holding = request.app.state.holding
    return holding


HasHolding = Annotated[Holding, Depends(_holding_of)]
