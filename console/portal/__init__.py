"""The portal: what an inspected unit reads, answers and owes."""

from __future__ import annotations

from console.portal import acts, cases, lists, opening, owed, papers
from console.routes import Pages

ROUTERS: tuple[Pages, ...] = (
    *(opening.router, owed.router, papers.router, lists.router, acts.router, cases.router),
)
