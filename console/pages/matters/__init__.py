"""诉讼复议: matters, hearings, rates."""

from __future__ import annotations

from console.pages.matters import hearings, matters
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (matters.router, hearings.router)
