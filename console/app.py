"""The console: read-only pages on loopback; each request opens a desk, asks one view and shows it."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from console.guarding import HOSTS, SecurityHeaders
from console.pages import cases, documents, ledger, today
from console.refusals import add_refusals
from console.rendering import STATIC_DIR
from console.world import Clock, World
from system.clock import now as system_now
from system.settings import Settings


def create_app(engine: sa.Engine, settings: Settings, clock: Clock = system_now) -> FastAPI:
    """Return the console on a database; it writes nothing, and shows nothing of referrals.

    clock   gives the present instant, aware, in UTC
    """
    app = FastAPI(title="法治督察", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.world = World(engine, settings, clock)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    for page in (today, ledger, cases, documents):
        app.include_router(page.router)
    add_refusals(app)
    return app
