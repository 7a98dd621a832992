"""The Nth statement, commit, file call, SMTP answer or clock reading fails: five use cases in full, commits in all.

`make proof` plays every use case with every fault.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.inspection.campaigns import find_campaign, open_campaign
from models.record import Note
from tests.casework.scene import CODE, OPENED
from tests.databases import KINDS as DATABASES
from tests.proof.faults import KINDS
from tests.proof.stage import Stage, UseCase, play
from tests.proof.usecases import CAMPAIGN, OFFICER
from tests.proof.usecases_more import MORE, RED

CORE = ("open a campaign", "sign the notices", "apply for closure", f"sweep on {RED}", "send the mails")
ALL = {case.name: case for case in (*CAMPAIGN, *MORE)}
FILES_ONLY = "restore"  # commits nothing on the database that it replaces
FAR = 40
NARROW = ("sql", "commit", "told_wrong")


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("name", CORE)
def test_a_fault_leaves_nothing_half_done_and_doing_it_again_ends_as_if_it_had_never_been(
    tmp_path: Path, database: str, name: str
) -> None:
    # A database of PostgreSQL takes long to bring back to its beginning: the rest is in `make proof`.
    kinds, stride = (KINDS, 11) if database == "sqlite" else (NARROW, FAR)
    played = play(ALL[name], database, tmp_path, kinds, stride)

    assert played.wrong == []
    assert played.faults["sql"] > 2
    assert played.faults["told_wrong"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name not in (*CORE, FILES_ONLY)])
def test_a_commit_that_fails_leaves_nothing_half_done(tmp_path: Path, name: str) -> None:
    played = play(ALL[name], "sqlite", tmp_path, ("commit", "told_wrong"))

    assert played.wrong == []
    assert played.faults["commit"] == played.faults["told_wrong"] > 0


def test_there_are_use_cases_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(ALL) == len(CAMPAIGN) + len(MORE) >= 25


def in_two_halves(stage: Stage) -> None:
    """Open the campaign, and note in a second transaction that it was opened: two that call themselves one."""
    with stage.scene.open_desk(by=OFFICER, today=OPENED) as desk:
        if find_campaign(desk, CODE).state == "approved":
            open_campaign(desk, CODE)
    with stage.scene.open_desk(by=OFFICER, today=OPENED) as desk:
        if desk.session.get(Note, "opened") is None:
            desk.session.add(Note(name="opened", value=CODE))


@pytest.mark.parametrize("kind", ["commit", "sql"])
def test_a_use_case_that_leaves_half_of_itself_is_found_out(tmp_path: Path, kind: str) -> None:
    broken: UseCase = replace(ALL["open a campaign"], act=in_two_halves)

    assert any("half done" in one for one in play(broken, "sqlite", tmp_path, (kind,), 5).wrong)
