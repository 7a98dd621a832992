"""The portal: what an inspected unit reads, answers and owes."""

from __future__ import annotations

from console.routes import Pages

ROUTERS: tuple[Pages, ...] = ()
