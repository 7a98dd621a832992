"""The command and the pages never carry Prefect; the command does not carry the pages either."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from system.paths import ROOT

CASES = [
    ("cli.app", ("prefect", "fastapi", "apscheduler", "sqlalchemy")),
    ("console.serve", ("prefect", "fastapi", "apscheduler", "sqlalchemy")),
    ("console.app", ("prefect", "apscheduler")),
    ("flows.clock", ("prefect", "fastapi")),
    ("flows.jobs", ("prefect", "fastapi", "apscheduler")),
]


def loaded_by(module: str) -> set[str]:
    """Return the top names in sys.modules of a new process that imported a module."""
    code = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(child.stdout.split())


@pytest.mark.parametrize(("module", "heavy"), CASES, ids=[name for name, _ in CASES])
def test_importing_it_leaves_heavy_libraries_out(module: str, heavy: tuple[str, ...]) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"there is no {module} yet")

    assert loaded_by(module).isdisjoint(heavy)
