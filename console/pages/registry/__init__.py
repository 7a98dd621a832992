"""基础数据: units and people."""

from __future__ import annotations

from console.pages.registry import (
    delegations,
    draws,
    filings,
    imports,
    people,
    pools,
    recusals,
    unitchanges,
    units,
)
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (
    *(units.router, unitchanges.router, imports.router, filings.router),
    *(people.router, pools.router, recusals.router, delegations.router, draws.router),
)
