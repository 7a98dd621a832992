"""统计报表: numbers with their rows, reports, archive."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
