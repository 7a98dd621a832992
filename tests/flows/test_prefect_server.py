"""From a clean checkout to a scheduled sweep: a real server, a real worker, and a database that changes."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import yaml

from flows.edge import Edge
from tests.flows.conftest import WORKDAY
from tests.flows.duecase import count_rungs, write_due_case
from tests.flows.prefectserver import Prefect, prefect_server, wait_until

EVERY_SECONDS = 20


def hurry(file: Path, name: str, today: date) -> None:
    """Let one deployment fire every few seconds, for a named day: a day off must not spoil the test."""
    book = yaml.safe_load(file.read_text(encoding="utf-8"))
    one = next(deployment for deployment in book["deployments"] if deployment["name"] == name)
    one["schedules"] = [{"slug": name, "interval": EVERY_SECONDS, "timezone": "Asia/Shanghai"}]
    one["parameters"] = {"today": today.isoformat()}
    file.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")


def ask(prefect: Prefect, path: str, **body: Any) -> list[dict[str, Any]]:
    """Ask the server's API, with the token that its protection against foreign pages wants."""
    address = prefect.env["PREFECT_API_URL"]
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:  # a busy machine answers late
        token = client.get("/csrf-token", params={"client": "test"}).json()["token"]
        headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
        answer = client.post(path, json=body, headers=headers)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_scheduled_sweep_changes_the_database(tmp_path: Path, edge: Edge, engine: sa.Engine) -> None:
    write_due_case(edge, WORKDAY.replace(day=3))
    beside = os.path.relpath(str(engine.url.database), tmp_path / "prefect" / "checkout")
    more = {
        "DUCHA_DATABASE_URL": f"sqlite:///{beside}",  # found only by a run that has gone to the checkout
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }

    with prefect_server(tmp_path / "prefect", more) as prefect:
        hurry(prefect.checkout / "prefect.yaml", "deadlines", WORKDAY)
        prefect.run("work-pool", "create", "ducha", "--type", "process")
        prefect.run("--no-prompt", "deploy", "--all")
        with prefect.child("worker", "start", "--pool", "ducha", "--name", "w") as worker:
            wait_until(lambda: count_rungs(engine) == 1, 90, worker, prefect)
            wait_until(lambda: bool(completed(prefect)), 60, worker, prefect)

        done = completed(prefect)
        names = {row["name"] for row in ask(prefect, "deployments/filter")}

    assert done[0]["auto_scheduled"]
    assert names == {
        "deadlines",
        "outbox",
        "intake",
        "chat",
        "reminders",
        "linkage",
        "watch",
        "reports",
        "doctor",
        "notices",
    }
    assert prefect.calls == ""
    assert "Unable to connect" not in prefect.logs()
    assert not list((tmp_path / "prefect" / "home").glob("storage/*"))


def completed(prefect: Prefect) -> list[dict[str, Any]]:
    """Return the runs that were completed."""
    return ask(prefect, "flow_runs/filter", flow_runs={"state": {"type": {"any_": ["COMPLETED"]}}})


def tells_its_report(prefect: Prefect) -> bool:
    """Return whether the log of a run shows what the job reported."""
    return any(row["message"].startswith("deadlines：") for row in ask(prefect, "logs/filter"))
