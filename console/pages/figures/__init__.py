"""统计报表: numbers with their rows, reports, archive."""

from __future__ import annotations

from console.pages.figures import archive, archiveacts, periods, ranking, reports, statistics
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (
    *(statistics.router, ranking.router, periods.router, reports.router),
    *(archive.router, archiveacts.router),
)
