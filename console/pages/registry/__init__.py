"""基础数据: units and people."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
