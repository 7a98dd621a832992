"""贯通联动: the compartment of referrals."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
