"""The programming interface /api/v1: the same verbs for other systems and for the pages' scripts."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
