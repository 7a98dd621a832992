"""系统管理: accounts, grants, the log, health; each of the three administrators has pages of their own."""

from __future__ import annotations

from console.pages.system import accounts, audit, grants, health
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (accounts.router, grants.router, audit.router, health.router)
