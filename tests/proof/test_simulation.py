"""The deterministic simulator in the normal suite: a few seeds of those of `make proof`, and its own teeth."""

from __future__ import annotations

import pytest

from flows import jobs
from tests.proof.simulator.__main__ import play
from tests.proof.simulator.office import Plan

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

DAYS = 10
# One with a restore, one with two machines, one with neither: see test_the_seeds_are_of_each_kind.
RESTORED, TWO_MACHINES, PLAIN = 2, 8, 3


def test_the_seeds_are_of_each_kind() -> None:
    plans = [Plan.draw(seed, DAYS) for seed in (RESTORED, TWO_MACHINES, PLAIN)]

    assert [plan.restored is not None for plan in plans] == [True, False, False]
    assert [plan.hosts for plan in plans] == [1, 2, 1]


@pytest.mark.parametrize("seed", [RESTORED, TWO_MACHINES, PLAIN])
def test_whatever_happens_to_whom_everything_holds_at_the_end_of_each_day(seed: int) -> None:
    ending = play(seed, DAYS)

    assert ending.faults == [], f"python -m tests.proof.simulator --seed {seed} --days {DAYS}"
    assert ending.days == DAYS
    assert ending.mails > 20
    assert ending.counts["dies"] + ending.counts["killed"] > 0


def test_the_same_seed_gives_the_same_history() -> None:
    once, again, other = play(PLAIN, 4), play(PLAIN, 4), play(TWO_MACHINES, 4)

    assert (once.digest, once.steps) == (again.digest, again.steps)
    assert once.digest != other.digest


@pytest.mark.parametrize(
    ("sender", "fault"),
    [("send_then_mark", "was taken 2 times"), ("mark_then_send", "the server took it 0 times")],
    ids=["sends first", "marks first"],
)
def test_a_sender_that_is_wrong_is_found_out(sender: str, fault: str) -> None:
    faults = play(1, 6, sender).faults

    assert any(fault in one for one in faults)


def test_a_sweep_that_leaves_a_case_out_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = jobs.due_cases
    monkeypatch.setattr(jobs, "due_cases", lambda *asked: list(whole(*asked))[1:])
    faults = play(1, 6).faults

    assert any("got no rung" in one for one in faults)
