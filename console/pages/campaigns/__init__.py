"""督察批次: plans, teams, visits with their checklists."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
