"""kill -9 in the normal suite: a few dozen of the kills of `make proof`, both broken senders, and every failpoint."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.campaign import Campaign, Tally, never_reached
from tests.proof.nursery import Nursery, open_nursery
from tests.proof.points import UPKEEP
from tests.proof.postoffice import SLOW, STORMY, post_office

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

KILLS, BROKEN_KILLS, MUTANT_UNITS = 60, 20, 20


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give a process from which children cost a fork each."""
    with open_nursery() as opened:
        yield opened


def tell(figures: object) -> None:
    """Write the figures of a campaign to the log of the run: `pytest -s`."""
    sys.stderr.write(f"\n{figures}\n")


@pytest.fixture(scope="module")
def campaign(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Give a campaign that has been fought, with a mail server that answers badly now and then."""
    folder = tmp_path_factory.mktemp("kills")
    with post_office(folder / "office", STORMY) as office:
        fought = Campaign(nursery, office, folder, seed=20260615)
        fought.run(KILLS, tell)
        tell(fought.tally)
        yield fought


def test_whoever_is_killed_loses_nothing_and_does_nothing_twice(campaign: Campaign) -> None:
    tally = campaign.tally

    assert tally.faults == []
    assert (tally.verdict.lost, tally.verdict.twice, tally.excess, tally.verdict.faults) == (0, 0, 0, 0)
    assert tally.kills >= KILLS
    assert tally.struck > KILLS // 3
    assert tally.senders > 0


def test_every_failpoint_of_the_days_work_is_reached(campaign: Campaign) -> None:
    assert never_reached(campaign) <= set(UPKEEP), "give a job of tests/proof/jobs.py a reason to go there"


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [("send_then_mark", "twice"), ("mark_then_send", "lost")],
    ids=["sends first", "marks first"],
)
def test_the_same_campaign_catches_a_sender_that_is_wrong(
    nursery: Nursery, tmp_path: Path, mutant: str, fault: str
) -> None:
    with post_office(tmp_path / "office", SLOW) as office:
        campaign = Campaign(nursery, office, tmp_path, seed=7, units=MUTANT_UNITS, mutant=mutant)
        tally: Tally = campaign.run(BROKEN_KILLS)
    tell(f"{mutant}: {tally.verdict}")

    assert getattr(tally.verdict, fault) > 0
    assert not tally.ok
