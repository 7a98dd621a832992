"""Serving the console: one process, loopback only."""

from __future__ import annotations

import sqlalchemy as sa
import uvicorn

from casework.rulesets.library import current_rules
from console.app import create_app
from console.rehearsals import Rehearse
from console.rendering import environment
from console.sending import Send
from console.world import Clock
from system.clock import now as system_now
from system.settings import Settings

LOOPBACK = "127.0.0.1"


def make_server(
    engine: sa.Engine,
    settings: Settings,
    *,
    port: int,
    clock: Clock = system_now,
    rehearse: Rehearse | None = None,
    send: Send | None = None,
) -> uvicorn.Server:
    """Return a server that was not started; rules and templates are read before, so that the first page is quick."""
    current_rules(settings.rules)
    environment().get_template("home/today.html.j2")
    config = uvicorn.Config(
        create_app(engine, settings, clock, rehearse=rehearse, send=send),
        host=LOOPBACK,
        port=port,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=False,
        access_log=False,
    )
    return uvicorn.Server(config)


def serve(
    engine: sa.Engine,
    settings: Settings,
    *,
    port: int,
    clock: Clock = system_now,
    rehearse: Rehearse | None = None,
    send: Send | None = None,
) -> None:
    """Serve the console on 127.0.0.1 until the process is told to stop.

    raises   InvalidRuleFile before listening when the rules do not load
    """
    make_server(engine, settings, port=port, clock=clock, rehearse=rehearse, send=send).run()
