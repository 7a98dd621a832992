"""The interface behind its address: put together when somebody first calls it, so that the console starts sooner."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from console.api import PREFIX
from console.holding import Holding
from console.jobs import Jobs
from console.sending import Sender
from console.throttle import Throttle
from console.world import World


@dataclass(frozen=True, slots=True)
class Beside:
    """What the interface shares with the pages: failures, long work, uploads that wait, and the sending of mails."""

    throttle: Throttle
    jobs: Jobs
    holding: Holding
    sender: Sender | None = None


@dataclass(slots=True)
class Later:
    """The interface on a world; its two hundred operations take a second to be read, and pages do without them."""

    world: World
    beside: Beside
    _made: ASGIApp | None = None
    _lock: Lock = field(default_factory=Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call, after putting the interface together where it is the first."""
        app = self._made
        if app is None:
            app = await run_in_threadpool(self._make)
        await app(scope, receive, send)

    def _make(self) -> ASGIApp:
        with self._lock:
            made = self._made
            if made is None:
                from console.api.app import create_api

                made = self._made = create_api(self.world, self.beside)
            return made


def interface_of(world: World, beside: Beside) -> Mount:
    """Return the interface at its address; whatever stands below it is answered by a problem and never by a page."""
    mount = Mount(PREFIX, app=Later(world, beside))
    mount.path_regex = re.compile(
        f"^{PREFIX}/(?P<path>.*)$", re.DOTALL
    )  # also where a name holds a line break
    return mount
