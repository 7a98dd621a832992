"""docs/zh/编写规则.md followed word for word: what it tells a person to write passes the check and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from system.paths import ROOT

TUTORIAL = (ROOT / "docs" / "zh" / "编写规则.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\w+ (文件|加在)=(\S+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = ("cli", "flows", "console", "casework", "delivery", "models", "core", "system", "migrations")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout in which the tutorial was followed."""
    root = tmp_path_factory.mktemp("office")
    for name in (*CODE, "rules", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for what, file, key, text in BLOCK.findall(TUTORIAL):
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.read_text(encoding="utf-8") if target.exists() else ""
        if what == "加在":
            assert f"\n{key}:\n" in before
            target.write_text(before.replace(f"\n{key}:\n", f"\n{key}:\n{text}"), encoding="utf-8")
        else:
            target.write_text(before + text, encoding="utf-8")
    shutil.copy(root / "templates/documents/urging/sample.yaml", root / "templates/documents/warning_sheet/")
    return root


def ducha(office: Path, *arguments: str) -> str:
    env = os.environ | {"PYTHONPATH": str(office), "DUCHA_RULES": str(office / "rules")}
    command = [sys.executable, "-c", "from cli.app import main; main()", "rules", *arguments]
    done = subprocess.run(command, cwd=office, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tutorial_has_a_block_for_each_step() -> None:
    files = [file for _, file, _, _ in BLOCK.findall(TUTORIAL)]
    assert files.count("rules/overlays/benxian.yaml") == 6
    assert "rules/offices/shilixian.yaml" in files


def test_what_the_tutorial_writes_passes_the_check(office: Path) -> None:
    said = ducha(office, "check")
    assert "规则和模板检查通过" in said
    assert "benxian" not in said


def test_the_new_item_class_rung_and_document_are_in_the_resolved_set(office: Path) -> None:
    said = ducha(office, "resolve", "--office", "shilixian")
    for word in ('"E90"', '"L01"', '"warning_sheet"', '"orange"', "办结后10个工作日内"):
        assert word in said, word


def test_the_commands_of_the_tutorial_run(office: Path) -> None:
    assert "网格线索移交执法" in ducha(office, "show", "L01")
    assert "E24" in ducha(office, "diff", "base", "overlay:benxian")
    assert "新编号" in ducha(office, "publish")
    assert "规则和模板检查通过" in ducha(office, "check")
