"""Prefect and the single-box clock keep one timetable, and Prefect holds no truth."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from core.rulebook import Job, load_rulebook
from system.paths import RULES_DIR, read_texts
from tests.architecture.tree import LAYERS, ROOT, parse, python_files, relative

DOTTED = re.compile(r"flows\.[a-z_]+\.[a-z_]+")

# Waiting for a person inside a flow, or keeping jobs in a database, would be a second truth about what is due.
FORBIDDEN_WORDS = re.compile(r"wait_for_inp[u]t|pause_flow_ru[n]|suspend_flow_ru[n]|SQLAlchemyJobStor[e]")


@cache
def deployments() -> list[dict[str, Any]]:
    """Return the deployments of prefect.yaml."""
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["deployments"]
    return found


@cache
def jobs() -> tuple[Job, ...]:
    """Return the jobs of rules/timetable.yaml."""
    return load_rulebook(read_texts(RULES_DIR, ".yaml")).timetable


def schedule_of(job: Job) -> dict[str, Any]:
    """Return the schedule that a job has in prefect.yaml; the verb itself does nothing on other days."""
    if job.time:
        hour, minute = job.time.split(":")
        return {"cron": f"{int(minute)} {int(hour)} * * *"}
    return {"cron": f"*/{job.every_minutes} * * * *"}


def schedules() -> list[tuple[str, dict[str, Any]]]:
    """Return (deployment, schedule) of every schedule."""
    return [(d["name"], schedule) for d in deployments() for schedule in d.get("schedules", [])]


def flow_functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield (dotted entrypoint, function) of every @flow in flows/."""
    for path in python_files("flows"):
        for node in parse(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_flow(node):
                yield f"flows.{path.stem}.{node.name}", node


def is_flow(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return any(isinstance(d, ast.Name) and d.id == "flow" for d in decorators)


def test_every_job_of_the_timetable_has_one_deployment_and_every_scheduled_deployment_a_job() -> None:
    scheduled = Counter(name for name, _ in schedules())

    assert scheduled == Counter(job.name for job in jobs())


def test_every_job_runs_at_the_same_time_under_prefect() -> None:
    under_prefect = {name: {"cron": schedule.get("cron")} for name, schedule in schedules()}

    assert under_prefect == {job.name: schedule_of(job) for job in jobs()}


def test_every_schedule_has_its_own_slug_and_the_time_zone_of_the_office() -> None:
    slugs = [schedule.get("slug") for _, schedule in schedules()]

    assert all(slugs)
    assert len(set(slugs)) == len(slugs)
    assert {schedule.get("timezone") for _, schedule in schedules()} == {"Asia/Shanghai"}


def test_every_entrypoint_is_dotted_and_is_a_flow() -> None:
    entrypoints = [deployment["entrypoint"] for deployment in deployments()]

    assert [e for e in entrypoints if not DOTTED.fullmatch(e)] == []
    assert set(entrypoints) <= {name for name, _ in flow_functions()}


def test_every_deployment_runs_in_the_pool_that_make_prefect_creates() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    created = set(re.findall(r"work-pool create (\S+)", makefile))

    assert {deployment["work_pool"]["name"] for deployment in deployments()} == created


def test_every_flow_returns_its_futures_so_that_a_failed_task_fails_the_run() -> None:
    silent = [
        name
        for name, node in flow_functions()
        if not any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))
    ]

    assert silent == []


def test_nothing_waits_for_a_person_inside_a_flow_or_keeps_jobs_in_a_database() -> None:
    files = (*python_files(*LAYERS), ROOT / "prefect.yaml")

    assert [relative(p) for p in files if FORBIDDEN_WORDS.search(p.read_text(encoding="utf-8"))] == []
