"""线索来文: leads, matters that come in, meetings."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
