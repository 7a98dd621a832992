"""督察: campaigns, their plans and visits, checklists filled in on the page."""

from console.pages.campaigns import (
    campaigns,
    checklist,
    lists,
    longwork,
    planning,
    plans,
    scope,
    teams,
    visits,
)

# The fixed addresses /campaigns/new and /campaigns/plans stand before /campaigns/{code}.
ROUTERS = (
    *(planning.router, plans.router, campaigns.router, teams.router, scope.router, lists.router),
    *(longwork.router, visits.router, checklist.router),
)
