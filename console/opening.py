"""The first seconds of a console: the sign-in page is there at once, the others as soon as they are loaded."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from console.guarding import SIGN_IN, SecurityHeaders, cookie_name, hosts_of, sign_in_address
from console.writing import STATIC_DIR, inside, write_sign_in
from system.memory import leave_loaded_alone
from system.settings import Settings

READING = ("GET", "HEAD")
FIRST = 0.5  # seconds in which the first page has the machine for itself


@dataclass(slots=True)
class Opening:
    """The sign-in page until `load` has brought all pages, which begins when the server listens.

    Whoever asks for anything else waits for it. Nobody who is not signed in gets another page, and whoever brings a
    session is answered by what can tell whether it holds.

    load     returns the whole console; it is called once, in a thread
    failed   is told what kept it from loading; whoever waits for a page meets the same error
    """

    settings: Settings
    load: Callable[[], Starlette]
    failed: Callable[[Exception], None]
    _first: Starlette = field(init=False)
    _whole: Starlette | None = None
    _error: Exception | None = None
    _lock: Lock = field(default_factory=Lock)
    _shown: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._first = _first_pages(self.settings, self._living)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page that is asked for, or send who is not signed in to the first one."""
        if scope["type"] == "lifespan":
            await self._first(scope, receive, send)
            return
        app: ASGIApp | None = self._whole
        if app is None:
            app = self._first if self._can_be_first(Request(scope)) else await run_in_threadpool(self._load)
        await app(scope, receive, send)
        self._shown.set()

    def _can_be_first(self, request: Request) -> bool:
        """Tell whether something can be answered before all is loaded."""
        if request.method not in READING:
            return False
        path = request.url.path
        is_new = cookie_name(self.settings) not in request.cookies
        return path.startswith("/static/") or (is_new and path in ("/", SIGN_IN))

    def _load(self) -> Starlette:
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._whole is None:
                gc.disable()
                try:
                    self._whole = self.load()
                except Exception as error:  # kept, so that nobody loads it twice
                    self._error = error
                    raise
                finally:
                    leave_loaded_alone()
                    gc.enable()
            return self._whole

    def _begin(self) -> None:
        self._shown.wait(FIRST)
        try:
            self._load()
        except Exception as error:  # noqa: BLE001  # whatever it is, the thread that serves ends with it
            self.failed(error)

    @asynccontextmanager
    async def _living(self, _app: Starlette) -> AsyncIterator[None]:
        Thread(target=self._begin, name="pages", daemon=True).start()
        yield
        if self._whole is not None:
            async with self._whole.router.lifespan_context(self._whole):
                pass  # it has lived as long as this one: what remains is to end


def _first_pages(
    settings: Settings, living: Callable[[Starlette], AbstractAsyncContextManager[None]]
) -> Starlette:
    def move(_request: Request) -> RedirectResponse:
        return RedirectResponse(sign_in_address("/"), status_code=303)

    def show(request: Request) -> HTMLResponse:
        return HTMLResponse(write_sign_in(settings, goal=inside(request.query_params.get("next", "/"))))

    return Starlette(
        routes=[Route("/", move), Route(SIGN_IN, show), Mount("/static", StaticFiles(directory=STATIC_DIR))],
        middleware=[
            Middleware(SecurityHeaders, is_https=settings.is_https),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts_of(settings)),
        ],
        lifespan=living,
    )
