"""The console: pages that ask who somebody is, open a desk for them, and show or do one thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from console import api, portal
from console.api.app import create_api
from console.guarding import HOSTS, MAX_BODY, BodyLimit, SameOrigin, SecurityHeaders
from console.holding import Holding
from console.jobs import Jobs
from console.oidc import Provider
from console.pages import (
    campaigns,
    cases,
    entry,
    figures,
    home,
    intake,
    linkage,
    matters,
    papers,
    registry,
    rulebook,
    system,
)
from console.refusals import add_refusals
from console.rehearsals import Rehearse
from console.rendering import STATIC_DIR
from console.routes import Pages
from console.sending import Send, Sender
from console.throttle import Throttle
from console.world import Clock, World
from system.clock import now as system_now
from system.settings import Settings

FAMILIES = (
    *(entry, home, campaigns, cases, papers, intake, linkage, matters, figures, registry, rulebook, system),
    *(portal, api),
)
ROUTERS: tuple[Pages, ...] = tuple(router for family in FAMILIES for router in family.ROUTERS)


def create_app(
    engine: sa.Engine,
    settings: Settings,
    clock: Clock = system_now,
    *,
    rehearse: Rehearse | None = None,
    send: Send | None = None,
) -> FastAPI:
    """Return the console on a database.

    clock      gives the present instant, aware, in UTC
    rehearse   plays a campaign on the days to come; without it the page of rehearsals says that there are none
    send       sends the mails that are ready; without it they wait for the clock
    """
    app = FastAPI(title="法治督察", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_living)
    app.state.world = World(engine, settings, clock)
    app.state.throttle = Throttle()
    app.state.provider = Provider(settings)
    app.state.jobs = Jobs(clock)
    app.state.rehearse = rehearse
    app.state.sender = Sender(send)
    app.state.holding = Holding(clock)
    app.add_middleware(BodyLimit, max_body_size=MAX_BODY)
    app.add_middleware(SameOrigin)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, *_own_host(settings)])
    app.add_middleware(SecurityHeaders, is_https=app.state.world.is_https)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    app.mount(api.PREFIX, create_api(app.state.world, app.state.throttle))
    for router in ROUTERS:
        app.include_router(router)
    add_refusals(app)
    return app


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """Let long work that is under way end before the process does."""
    yield
    await run_in_threadpool(app.state.jobs.close)
    await run_in_threadpool(app.state.sender.close)


def _own_host(settings: Settings) -> list[str]:
    """Return the host name by which browsers come, where it is not this machine's own."""
    name = urlsplit(settings.address).hostname
    return [name] if name else []
