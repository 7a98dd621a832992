"""What was decided once is decided the same way again: recorded histories give the same lights, numbers and acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.proof.replays import FOLDER, play_anew, read_history
from tests.proof.scripts import SCRIPTS

HISTORIES = sorted(FOLDER.glob("*.jsonl"))
AGAIN = "python -m tests.proof.replays records anew, where the change is meant"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", HISTORIES, ids=lambda one: one.stem)
def test_a_history_comes_to_the_same(path: Path, kind: str) -> None:
    acts, came_to = read_history(path)
    found = play_anew(acts, kind)
    different = [pair for pair in zip(came_to, found, strict=False) if pair[0] != pair[1]][:3]
    assert found == came_to, f"{different}; {AGAIN}"


def test_every_script_has_its_history_and_says_what_it_was_recorded_for() -> None:
    assert {path.stem for path in HISTORIES} == set(SCRIPTS)
    ends = {path.stem: read_history(path)[1] for path in HISTORIES}
    assert {"archived"} <= states(ends["calm_closure"], "case")
    lights = {
        word for one in ends["four_lights_and_referral"] for word in " ".join(one.get("rungs", ())).split()
    }
    assert {"blue", "yellow", "red", "black"} <= lights
    # One lead was transferred; that of the other case, which went black later, waits for its screening.
    assert states(ends["four_lights_and_referral"], "referral") == {"approved", "screening"}
    acts = {one.get("act") for one in ends["extension_return_reopening"]}
    assert {"request_extension", "decide_extension", "return", "close", "reopen"} <= acts
    assert {"bounced", "accepted"} <= states(ends["mails_refused_and_lost"], "mail")


def states(lines: list[dict[str, object]], of: str) -> set[object]:
    return {one["state"] for one in lines if one["is"] == of}
