"""规则日历: what is inspected, when things happen, which days count."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
