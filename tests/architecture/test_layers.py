"""The tree is the layer diagram: every folder has a rank, and imports only run downwards."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.tree import (
    DATA,
    LAYERS,
    ROOT,
    SUPPORT,
    imported_modules,
    is_ours,
    parse,
    python_files,
    relative,
    walk,
)

CORE_MAY_USE = {"core", "highspy", "pydantic", "pydantic_core", "yaml"}
CORE_MAY_NOT_USE = {  # of the standard library: whatever touches the world
    "asyncio",
    "ctypes",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "shutil",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def layer_lines() -> list[str]:
    """Return the layers of the tree as import-linter writes them, highest first."""
    ranks = sorted(set(LAYERS.values()))
    return [" | ".join(name for name, rank in LAYERS.items() if rank == wanted) for wanted in ranks]


def test_every_top_level_folder_has_a_rank() -> None:
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and is_ours(p.name)} - {".ci"}

    assert folders <= LAYERS.keys() | DATA | SUPPORT
    assert folders >= LAYERS.keys() | DATA


def test_the_import_contract_and_the_package_list_name_exactly_the_layers() -> None:
    linter = PYPROJECT["tool"]["importlinter"]
    layers = next(c["layers"] for c in linter["contracts"] if c["type"] == "layers")

    assert layers == layer_lines()
    assert set(linter["root_packages"]) == LAYERS.keys()
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == LAYERS.keys()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_from_below(layer: str) -> None:
    upward = [
        f"{relative(path)}:{line}: {module}"
        for path in python_files(layer)
        for module, line in imported_modules(parse(path))
        if (top := module.split(".")[0]) in LAYERS and top != layer and LAYERS[top] <= LAYERS[layer]
    ]

    assert upward == []


def test_core_uses_nothing_that_touches_the_world() -> None:
    allowed = CORE_MAY_USE | (sys.stdlib_module_names - CORE_MAY_NOT_USE)
    foreign = [
        f"{relative(path)}:{line}: {module}"
        for path in python_files("core")
        for module, line in imported_modules(parse(path))
        if module.split(".")[0] not in allowed
    ]

    assert foreign == []


def test_a_folder_holds_code_or_data_never_both() -> None:
    code_in_data = [relative(p) for folder in DATA for p in walk(ROOT / folder) if p.suffix == ".py"]
    data_in_code = [
        relative(p)
        for folder in LAYERS
        for p in walk(ROOT / folder)
        if p.suffix != ".py" and p.name not in {"py.typed", "ruff.toml"}
    ]

    assert code_in_data == []
    assert data_in_code == []


def test_flows_stays_empty_so_that_the_clock_starts_without_prefect() -> None:
    assert (ROOT / "flows" / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("module", ["cli.app", "console.app", "flows.clock"])
def test_commands_console_and_clock_never_load_prefect(module: str) -> None:
    code = f"import sys, {module}; sys.exit('prefect' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr or f"{module} loads prefect"


def test_the_lock_holds_every_direct_dependency_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    groups = [PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"].values()]
    names = {requirement_name(text) for group in groups for text in group}

    missing = [name for name in sorted(names) if f"\n{name}==" not in lock.replace("[binary]", "")]

    assert missing == []
    assert "://" not in lock


def requirement_name(text: str) -> str:
    """Return the normalised name of a requirement such as `psycopg[binary]>=3.2,<4`."""
    return re.split(r"[\[<>=!~ ;]", text, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")
