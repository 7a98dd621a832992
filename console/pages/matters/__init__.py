"""诉讼复议: matters before courts and reviewers."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
