"""The application behind /api/v1."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from console.api import PREFIX
from console.api.areas import (
    archive,
    calendar,
    campaignfiles,
    campaignlists,
    campaigns,
    campaignwork,
    cases,
    casesaside,
    documentdeeds,
    documents,
    figures,
    filings,
    findings,
    health,
    imports,
    inbox,
    incoming,
    interviews,
    jobs,
    leads,
    mails,
    matters,
    me,
    meetings,
    people,
    plans,
    portal,
    recusals,
    referrals,
    reports,
    rules,
    searching,
    sheets,
    tasks,
    units,
    visits,
)
from console.api.calls import Call, current_call
from console.api.describing import describe
from console.api.doors import Door, Pace
from console.api.later import Beside
from console.api.problems import add_problems
from console.api.routing import Routes
from console.world import World
from core.access.permissions import Permission

# In the order in which the description lists them: those of one area stand together.
ROUTERS: tuple[Routes, ...] = (
    me.router, jobs.router, campaigns.router, campaignwork.router, campaignlists.router, campaignfiles.router,
    plans.router, visits.router, sheets.router, findings.router, cases.router, casesaside.router, documents.router,
    documentdeeds.router, interviews.router, mails.router, inbox.router, leads.router, matters.router,
    incoming.router,
    referrals.router, documentdeeds.letters, meetings.router, units.router, filings.router, people.router,
    recusals.recusals, recusals.delegations, tasks.router, figures.statistics, reports.router, archive.router,
    rules.router, calendar.router, imports.router, portal.router, searching.router, health.router,
)  # fmt: skip
TITLE = "法治督察接口 / inspection engine"
OPENAPI = "/openapi.json"


class Interface(FastAPI):
    """An application that describes itself with the bodies its readers take."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = describe(
                super().openapi(), [r for r in self.routes if isinstance(r, APIRoute)]
            )
        return self.openapi_schema


def create_api(world: World, beside: Beside) -> Interface:
    """Return the interface on a world; failures with keys count with those of the sign-in."""
    api = Interface(
        title=TITLE, version="1", openapi_url=None, docs_url=None, redoc_url=None, servers=[{"url": PREFIX}],
        root_path_in_servers=False, separate_input_output_schemas=False,
    )  # fmt: skip
    api.state.world, api.state.throttle = world, beside.throttle
    api.state.pace = Pace(world.settings.api_per_minute)
    api.state.jobs, api.state.holding, api.state.sender = beside.jobs, beside.holding, beside.sender
    door = Door((Permission.OWN_ACCOUNT,), None, write=False)

    @api.get(OPENAPI, include_in_schema=False, dependencies=[Depends(door)])
    def read_description(_call: Call = Depends(current_call)) -> Response:
        """Return the description, to whoever may call anything at all."""
        return JSONResponse(api.openapi())

    for router in ROUTERS:
        for route in router.routes:
            api.router.routes.append(route)
    add_problems(api)
    return api
