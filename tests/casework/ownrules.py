"""A county with its own problem ladder: the shipped rules with some words of the file put in the place of others."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from casework.upkeep.doctor import examine
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene

LADDER = "ladders/problem.yaml"
LAWFUL = ("INV-5", "INV-6", "INV-7", "INV-8")
BY_HAND = ("campaign ", "finding ")  # the scene writes these rows without their history


def county_with(engine: sa.Engine, folder: Path, *changes: tuple[str, str], file: str = LADDER) -> Scene:
    """Return a scene on the shipped rules with changes of one file, each (what stands there, what shall)."""
    rules = folder / "rules"
    shutil.copytree(RULES_DIR, rules)
    path = rules / file
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, (before, text.count(before))
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return Scene(open_desks_on(engine, Settings(rules=rules, files=folder / "files")), folder)


def broken(scene: Scene, today: date) -> dict[str, tuple[str, ...]]:
    """Return what the doctor finds wrong with histories, due dates and the climb of the lights."""
    with scene.open_desk(today=today) as desk:
        found = examine(desk).invariants
    told = {one.id: one.examples for one in found if one.broken and one.id in LAWFUL}
    kept = {number: [said for said in all_ if not said.startswith(BY_HAND)] for number, all_ in told.items()}
    return {number: tuple(said) for number, said in kept.items() if said}
