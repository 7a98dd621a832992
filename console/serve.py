"""Serving the console: one process, loopback only."""

from __future__ import annotations

from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from console.opening import Opening
from system.settings import Settings

LOOPBACK = "127.0.0.1"


def serve(settings: Settings, load: Callable[[], Starlette], *, port: int) -> None:
    """Serve the console on 127.0.0.1 until the process is told to stop.

    load     returns the console; the sign-in page is served before it has
    raises   what `load` raises, after the server has stopped
    """
    failures: list[Exception] = []

    def stop(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    server = uvicorn.Server(configure(Opening(settings, load, stop), port=port, proxy=settings.proxy))
    server.run()
    if failures:
        raise failures[0]


def configure(app: ASGIApp, *, port: int, proxy: str | None = None) -> uvicorn.Config:
    """Return how the console is served: without telling what it runs on.

    proxy   the address of the one proxy that is believed who calls (X-Forwarded-For); None believes nobody
    """
    return uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy or "",
        access_log=False,
    )
