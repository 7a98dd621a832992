"""Every operation of the interface under made-up calls: none breaks, none lets the wrong caller in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from console.api import PREFIX
from console.api.app import create_api
from console.throttle import Throttle
from console.world import World
from tests.console.api.conftest import BASE, Office, filled
from tests.console.conftest import NOW, settings_in

EXAMPLES = 4
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def description() -> dict[str, object]:
    """Return the description without a database: it is the same for everybody."""
    world = World(None, settings_in(Path("/nowhere")), lambda: NOW)  # type: ignore[arg-type]  # nothing is asked of it
    return create_api(world, Throttle()).openapi()


RUNNING: dict[str, ASGIApp] = {}


async def running(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a call to the application of the test: the description is needed before there is one."""
    await RUNNING["app"](scope, receive, send)


SCHEMA = schemathesis.openapi.from_dict(description())
SCHEMA.app = running


@pytest.fixture(scope="module")
def director(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    with filled(tmp_path_factory.mktemp("schemathesis")) as made:
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


def called(client: TestClient, method: str, path: str, **headers: str) -> int:
    address = path.replace("{number}", "1").replace("{code}", "2026-ZH-01")
    if path == "/calendar/due":
        address += "?start=2026-06-01&count=5"
    answer = client.request(
        method, f"{PREFIX}{address}", headers=headers, json={} if method == "POST" else None
    )
    return answer.status_code


@pytest.mark.parametrize(("method", "path"), operations())
def test_nobody_without_a_key_is_let_in(director: tuple[TestClient, str], method: str, path: str) -> None:
    client, _key = director
    client.cookies.clear()
    assert called(client, method, path) == 401
    refused = {401, 429}  # an address that goes on guessing waits
    assert called(client, method, path, Authorization="Bearer ducha_unknown") in refused
    assert called(client, method, path, Authorization="Basic YTpi") in refused


def test_a_key_without_the_scope_is_refused_everywhere_but_at_home(office: Office) -> None:
    caller = office.caller("L-DIRECTOR", "calendar:read")
    found = {
        (method, path): called(caller.client, method, path, Authorization=f"Bearer {caller.key}")
        for method, path in operations()
    }
    let_in = {path for (_method, path), status in found.items() if status != 403}
    assert let_in == {"/me", "/calendar/due", "/calendar/clocks"}
