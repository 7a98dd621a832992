"""Every operation of the interface under made-up calls: none breaks, none lets the wrong caller in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from console.api import PREFIX
from console.api.app import create_api
from console.api.later import Beside
from console.holding import Holding
from console.jobs import Jobs
from console.throttle import Throttle
from console.world import World
from tests.console.api.conftest import BASE, Office, filled
from tests.console.conftest import NOW, settings_in
from tests.databases import KINDS

EXAMPLES = 5
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def description() -> dict[str, object]:
    """Return the description without a database: it is the same for everybody."""
    world = World(None, settings_in(Path("/nowhere")), lambda: NOW)  # type: ignore[arg-type]  # nothing is asked of it
    return create_api(world, Beside(Throttle(), Jobs(world.clock), Holding(world.clock))).openapi()


RUNNING: dict[str, ASGIApp] = {}


async def running(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a call to the application of the test: the description is needed before there is one."""
    await RUNNING["app"](scope, receive, send)


# Made-up calls are enough here: listing every boundary of two hundred operations takes minutes.
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
SCHEMA = schemathesis.openapi.from_dict(description(), config=CONFIG)
SCHEMA.app = running


@pytest.fixture(scope="module", params=KINDS[:2])
def director(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, str]]:
    with filled(tmp_path_factory.mktemp("schemathesis"), request.param) as made:
        made.settings = made.settings.model_copy(update={"api_per_minute": 100_000})
        made.__post_init__()
        with TestClient(made.app, base_url=BASE, raise_server_exceptions=False) as client:
            RUNNING["app"] = made.app
            yield client, made.key("L-DIRECTOR")


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_no_made_up_call_breaks_the_interface_and_answers_are_as_described(
    case: schemathesis.Case, director: tuple[TestClient, str]
) -> None:
    _client, key = director
    case.call_and_validate(headers={"Authorization": f"Bearer {key}", "Host": "127.0.0.1"}, checks=CHECKS)


def operations() -> list[tuple[str, str]]:
    paths = description()["paths"]
    assert isinstance(paths, dict)
    return [(method.upper(), path) for path, found in paths.items() for method in found]


PLACES = {
    "{number}": "1",
    "{file}": "1",
    "{code}": "2026-ZH-01",
    "{job}": "a.b",
    "{year}": "2026",
    "{what}": "units",
}
NEEDED = {
    "/calendar/due": "?start=2026-06-01&count=5", "/series": "?year=2026", "/filings": "?year=2026",
    "/periods/numbers": "?kind=month&on=2026-05-01", "/rules/compare": "?a=x&b=y", "/rules/impact": "?a=x&b=y",
}  # fmt: skip


def called(client: TestClient, method: str, path: str, **headers: str) -> int:
    address = path
    for name, value in PLACES.items():
        address = address.replace(name, value)
    given = {"idempotency-key": "every-operation"} | headers
    body = {} if method == "POST" else None
    query = NEEDED.get(path, "") if method == "GET" else ""
    return client.request(method, f"{PREFIX}{address}{query}", headers=given, json=body).status_code


def test_nobody_without_a_key_is_let_in_anywhere(director: tuple[TestClient, str]) -> None:
    client, _key = director
    client.cookies.clear()
    refused = {401, 429}  # an address that goes on guessing waits
    for method, path in operations():
        assert called(client, method, path) == 401, path
        assert called(client, method, path, Authorization="Bearer ducha_unknown") in refused, path
    assert called(client, "GET", "/me", Authorization="Basic YTpi") in refused


def test_a_key_without_the_scope_is_refused_everywhere_but_at_home(office: Office) -> None:
    caller = office.caller("L-DIRECTOR", "calendar:read")
    found = {
        (method, path): called(caller.client, method, path, Authorization=f"Bearer {caller.key}")
        for method, path in operations()
    }
    let_in = {(method, path) for (method, path), status in found.items() if status != 403}
    reading = {path for method, path in operations() if path.startswith("/calendar/") and method == "GET"}
    assert let_in == {("GET", path) for path in reading | {"/me"}}
