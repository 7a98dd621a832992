"""What a long-running clock owes its machine: one clock a database, and a quiet end when it is asked to stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

import sqlalchemy as sa

from core.errors import Refused

if sys.platform != "win32":
    import fcntl


@contextmanager
def one_clock(engine: sa.Engine) -> Iterator[None]:
    """Hold the lock of the one clock of a SQLite database, on a file beside it; it goes with the process.

    Elsewhere two clocks are let be: every job may run twice, and the lock only spares logs and machines.
    raises   Refused when another clock holds it
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield
        return
    with Path(engine.url.database).with_suffix(".clock").open("a", encoding="ascii") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        return  # without flock the jobs themselves must do, and do
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Refused(
            "这个数据库已有一个定时器在运行",
            found=file.name,
            expected="一个数据库一个定时器",
            remedy="先停止另一个 ducha clock 或 ducha serve",
        ) from error


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let the first SIGTERM or SIGINT set `stop`, and a second one end the process; for the main thread only."""

    def ask(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        # Not from here: the main thread may hold the lock of the very event it waits for.
        threading.Thread(target=stop.set).start()

    with _handled(signal.SIGTERM, ask), _handled(signal.SIGINT, ask):
        yield


@contextmanager
def _handled(number: int, handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
