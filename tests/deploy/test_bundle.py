"""The bundle: what each platform needs, by the lock; and an installation from it where there is no network."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from system.paths import ROOT
from tests.conftest import require


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    """Give deploy/bundle.py as a module."""
    spec = importlib.util.spec_from_file_location("ducha_bundle", ROOT / "deploy" / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ducha_bundle"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_both_platforms_get_the_same_but_for_the_one_that_has_no_wheel(
    bundle: ModuleType, python: str
) -> None:
    intel, arm = (set(bundle.closure(bundle.Target(arch, python))) for arch in ("x86_64", "aarch64"))
    assert intel - arm == {"pysqlite3"}
    assert arm <= intel


def test_everything_that_the_project_asks_for_is_in_it_and_no_tool_of_the_tests_is(
    bundle: ModuleType,
) -> None:
    needed = set(bundle.closure(bundle.Target("x86_64", "3.11")))
    wanted = {canonicalize_name(Requirement(text).name) for text in bundle.PROJECT["dependencies"]}
    assert wanted <= needed
    assert {"asyncpg", "sqlalchemy", "hatchling", "psycopg-binary"} <= needed
    assert needed.isdisjoint({"pytest", "ruff", "mypy", "playwright", "mutmut", "pywin32"})


def test_every_package_is_pinned_once_with_hashes(bundle: ModuleType, tmp_path: Path) -> None:
    target = bundle.Target("aarch64", "3.12")
    names = bundle.write_requirements(target, tmp_path)
    text = (tmp_path / "requirements-aarch64-py312.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(" ")]
    assert [canonicalize_name(Requirement(line.rstrip("\\ ")).name) for line in lines] == names
    assert all("==" in line and ";" not in line for line in lines)
    assert text.count("--hash=sha256:") >= len(names)


def test_a_package_that_the_lock_does_not_hold_is_named(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "closure", lambda _target: ["no-such-package"])
    with pytest.raises(SystemExit, match="no-such-package"):
        bundle.write_requirements(bundle.Target("x86_64", "3.11"), tmp_path)


@pytest.fixture(scope="module")
def made() -> Path:
    """Give a bundle for this machine; the folder is kept in build/, so that a second run fetches nothing."""
    folder = ROOT / "build" / "test-bundle" / "ducha"
    command = [sys.executable, "deploy/bundle.py", "--out", str(folder), "--arch", os.uname().machine]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    require(
        done.returncode == 0, f"the wheels of requirements.lock, from a package index: {done.stderr[-500:]}"
    )
    return folder


@pytest.mark.slow
def test_the_bill_of_materials_names_every_wheel_with_its_hash(made: Path) -> None:
    bill = json.loads((made / "sbom.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    wheels = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (made / "wheels").glob("*.whl")
    }
    assert {one["bom-ref"]: one["hashes"][0]["content"] for one in bill["components"]} == wheels
    for one in bill["components"]:
        name, version, *_ = parse_wheel_filename(one["bom-ref"])
        assert one["purl"].startswith(f"pkg:pypi/{name}@{version}")
        assert one["licenses"]


def without_network(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot reach anything: in a network namespace of its own, or else with a dead proxy."""
    alone = ["unshare", "--net"] if os.geteuid() == 0 and shutil.which("unshare") else []
    dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    base = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **dead, **env}
    return subprocess.run([*alone, *command], cwd="/", env=base, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_is_installed_and_started_where_there_is_no_network(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "opt"
    installed = without_network(
        "sh", str(made / "install.sh"), str(target), sys.executable, HOME=str(tmp_path)
    )
    assert installed.returncode == 0, installed.stderr

    ducha, settings = (
        str(target / ".venv" / "bin" / "ducha"),
        {
            "DUCHA_DATABASE_URL": f"sqlite:///{tmp_path}/ducha.db",
            "DUCHA_FILES": str(tmp_path / "files"),
        },
    )
    assert "法治督察" in without_network(ducha, "--help").stdout
    assert without_network(ducha, "init", **settings).returncode == 0
    assert without_network(ducha, "doctor", **settings).returncode == 0
    assert (
        "3."
        in without_network(str(target / ".venv" / "bin" / "prefect"), "--version", HOME=str(tmp_path)).stdout
    )


@pytest.mark.slow
def test_a_damaged_bundle_is_not_installed(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(made, copy, copy_function=os.link)
    (copy / "sbom.json").unlink()
    (copy / "sbom.json").write_text("{}", encoding="utf-8")
    refused = without_network("sh", str(copy / "install.sh"), str(tmp_path / "opt"), sys.executable)
    assert refused.returncode == 3
    assert "文件不完整" in refused.stderr
    assert not (tmp_path / "opt").exists()
