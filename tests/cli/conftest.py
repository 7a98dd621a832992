"""The tiny county at each stage of its inspection; every test gets a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.ducha import Ducha
from tests.cli.stages import STAGES
from tests.cli.world import copy_database

At = Callable[[str], Ducha]


class Shelf:
    """Worlds that are built once, each out of the one before it, and copied for whoever asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[str, Ducha] = {}

    def copy(self, stage: str, folder: Path) -> Ducha:
        """Give a world of its own at a stage."""
        return _copy(self._at(stage), folder)

    def _at(self, stage: str) -> Ducha:
        if stage not in self._built:
            before, build = STAGES[stage]
            folder = self._folder / stage
            ducha = _copy(self._at(before), folder) if before else Ducha(_made(folder))
            build(ducha)
            self._built[stage] = ducha
        return self._built[stage]


def _copy(source: Ducha, folder: Path) -> Ducha:
    shutil.copytree(source.folder, folder, ignore=shutil.ignore_patterns("*.db*"), dirs_exist_ok=True)
    ducha = Ducha(folder, source.day, dict(source.settings))
    if source.database.exists():
        copy_database(source.database, ducha.database)
    return ducha


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give the shelf of this process."""
    return Shelf(tmp_path_factory.mktemp("stages"))


@pytest.fixture
def at(shelf: Shelf, tmp_path: Path) -> At:
    """Give a function that copies the county at a stage into the folder of the test: `at("served")`."""

    def copied(stage: str) -> Ducha:
        return shelf.copy(stage, tmp_path)

    return copied
