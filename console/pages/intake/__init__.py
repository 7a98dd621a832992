"""线索来文: leads, matters that other bodies hand over."""

from __future__ import annotations

from console.pages.intake import incoming, leads
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (leads.router, incoming.router)
