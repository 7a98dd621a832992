"""The console: pages that ask who somebody is, open a desk for them, and show or do one thing."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from console.guarding import HOSTS, MAX_BODY, SameOrigin, SecurityHeaders
from console.pages import account, cases, documents, ledger, signin, today
from console.refusals import add_refusals
from console.rendering import STATIC_DIR
from console.routes import Pages
from console.throttle import Throttle
from console.world import Clock, World
from system.clock import now as system_now
from system.settings import Settings

ROUTERS: tuple[Pages, ...] = tuple(page.router for page in (signin, account, today, ledger, cases, documents))


def create_app(engine: sa.Engine, settings: Settings, clock: Clock = system_now) -> FastAPI:
    """Return the console on a database.

    clock   gives the present instant, aware, in UTC
    """
    app = FastAPI(title="法治督察", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.world = World(engine, settings, clock)
    app.state.throttle = Throttle()
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)
    app.add_middleware(SameOrigin)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, *_own_host(settings)])
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    for router in ROUTERS:
        app.include_router(router)
    add_refusals(app)
    return app


def _own_host(settings: Settings) -> list[str]:
    """Return the host name by which browsers come, where it is not this machine's own."""
    name = urlsplit(settings.address).hostname
    return [name] if name else []
