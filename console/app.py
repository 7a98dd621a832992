"""The console: pages that ask who somebody is, open a desk for them, and show or do one thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from console import portal
from console.api.later import Beside, interface_of
from console.guarding import MAX_BODY, BodyLimit, SameOrigin, SecurityHeaders, hosts_of
from console.holding import Holding
from console.jobs import Jobs
from console.pages import (
    account,
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
from console.routes import Pages
from console.sending import Send, Sender
from console.throttle import Throttle
from console.world import Clock, World
from console.writing import STATIC_DIR
from system.clock import now as system_now
from system.settings import Settings

FAMILIES = (
    entry, account, home, campaigns, cases, papers, intake, linkage, matters, figures, registry, rulebook, system,
    portal,
)  # fmt: skip
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
    world = World(engine, settings, clock)
    beside = Beside(Throttle(), Jobs(clock), Holding(clock), Sender(send))
    app = FastAPI(title="法治督察", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_living)
    app.state.world, app.state.rehearse = world, rehearse
    for one in fields(beside):
        setattr(app.state, one.name, getattr(beside, one.name))
    app.add_middleware(BodyLimit, max_body_size=MAX_BODY)
    app.add_middleware(SameOrigin)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts_of(settings))
    app.add_middleware(SecurityHeaders, is_https=settings.is_https)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    add_refusals(app)
    app.router.routes.append(interface_of(world, beside))
    for router in ROUTERS:
        # Not include_router: it would read the signatures of all the pages again.
        app.router.routes.extend(router.routes)
    return app


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """Let long work that is under way end before the process does."""
    yield
    await run_in_threadpool(app.state.jobs.close)
    await run_in_threadpool(app.state.sender.close)
