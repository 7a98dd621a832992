"""督察规则: what is inspected and when things happen, and the working days."""

from __future__ import annotations

from console.pages.rulebook import calendar, calendaracts, comparing, migrating, rules, trying
from console.routes import Pages

# The narrow addresses stand before those that end in an address of a rule.
ROUTERS: tuple[Pages, ...] = (
    *(comparing.router, trying.router, migrating.router, rules.router),
    *(calendar.router, calendaracts.router),
)
