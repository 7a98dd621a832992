"""Simulated time and who runs when: fibers that take turns in a seeded order, never two at once.

A fiber is a thread that runs only while it holds the baton. It gives the baton back when it pauses and gets it again
when its instant has come. So code that was written to wait needs no change, and one seed gives one order of everything.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

EPOCH = datetime(2026, 1, 4, 16, tzinfo=UTC)  # midnight in Shanghai: Monday the fifth of January begins
STUCK_SECONDS = 120.0  # of real time: a fiber that runs so long without a pause hangs
Work = Callable[[], None]


class Died(BaseException):  # not an Exception: what is dead is stopped by no handler of the product
    """The process of this fiber has died."""


@dataclass(slots=True, eq=False)
class Process:
    """One process of the office: `memory` is what the product keeps in it, and goes with it; `host` is its machine."""

    name: str
    host: str
    number: int
    alive: bool = True
    memory: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Fiber:
    """One line of work of a process."""

    name: str
    process: Process
    work: Work
    thread: threading.Thread | None = None
    error: BaseException | None = None
    done: bool = False
    waiter: Fiber | None = None
    baton: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


@dataclass(slots=True)
class Scheduler:
    """Whose turn it is; `now` is the true instant in seconds since EPOCH, whatever the clocks of the hosts show."""

    now: float = 0.0
    running: Fiber | None = None
    _order: Any = field(default_factory=count)
    _queue: list[tuple[float, int, Fiber | Work]] = field(default_factory=list)
    _back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def instant(self) -> datetime:
        """Return the true instant."""
        return EPOCH + timedelta(seconds=self.now)

    def at(self, instant: float, what: Work) -> None:
        """Let something happen at an instant, between the steps of all fibers."""
        self._put(instant, what)

    def start(self, name: str, process: Process, work: Work, after: float = 0.0) -> Fiber:
        """Let a fiber begin after some seconds."""
        fiber = Fiber(name, process, work)
        self._put(self.now + after, fiber)
        return fiber

    def run(self, until: float) -> None:
        """Let everybody work until an instant; raise what a fiber raised, unless it died."""
        while self._queue and self._queue[0][0] <= until:
            self.now, _order, one = heapq.heappop(self._queue)
            if isinstance(one, Fiber):
                self._step(one)
            else:
                one()
        self.now = max(self.now, until)

    def pause(self, seconds: float) -> None:
        """Let others work for so long; outside of a fiber this does nothing.

        raises   Died when the process has died meanwhile
        """
        fiber = self.running
        if fiber is None:
            return
        self._put(self.now + seconds, fiber)
        self._let_go(fiber)

    def join(self, fibers: Iterable[Fiber]) -> None:
        """Let the running fiber wait until others have ended; raise Died as `pause` does."""
        assert self.running is not None
        own = self.running
        for one in fibers:
            if not one.done:
                one.waiter = own
                self._let_go(own)

    def _let_go(self, fiber: Fiber) -> None:
        self._back.release()
        fiber.baton.acquire()
        self.check_alive()

    def check_alive(self) -> None:
        """Raise Died when the process of the running fiber is dead."""
        if self.running is not None and not self.running.process.alive:
            raise Died

    def die(self) -> None:
        """Let the process of the running fiber die here and now."""
        assert self.running is not None
        self.kill(self.running.process)
        raise Died

    def kill(self, process: Process) -> None:
        """Let a process die; each of its fibers ends when its turn comes."""
        process.alive = False
        process.memory.clear()

    def close(self) -> None:
        """End all fibers, so that no thread is left."""
        while self._queue:  # one that ends may wake another that has waited for it
            _at, _order, one = heapq.heappop(self._queue)
            if isinstance(one, Fiber) and one.thread is not None:
                one.process.alive = False
                self._step(one)

    def _put(self, instant: float, what: Fiber | Work) -> None:
        heapq.heappush(self._queue, (max(round(instant, 6), self.now), next(self._order), what))

    def _step(self, fiber: Fiber) -> None:
        """Give a fiber the baton until it pauses or ends."""
        self.running = fiber
        if fiber.thread is None:
            fiber.thread = threading.Thread(target=self._live, args=(fiber,), name=fiber.name, daemon=True)
            fiber.thread.start()
        else:
            fiber.baton.release()
        if not self._back.acquire(timeout=STUCK_SECONDS):
            raise AssertionError(f"{fiber.name} hangs")
        self.running = None
        if fiber.done and fiber.error is not None:
            raise fiber.error

    def _live(self, fiber: Fiber) -> None:
        try:
            self.check_alive()
            fiber.work()
        except Died:
            pass
        except BaseException as error:  # noqa: BLE001  raised again where everybody waits for the baton
            fiber.error = error
        finally:
            fiber.done = True
            if fiber.waiter is not None:
                self._put(self.now, fiber.waiter)
            self._back.release()
