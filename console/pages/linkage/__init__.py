"""贯通联动: transfers and meetings, the compartment."""

from __future__ import annotations

from console.pages.linkage import meetings, readers, referrals
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (readers.router, referrals.router, meetings.router)
