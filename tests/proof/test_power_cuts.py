"""Power cuts in the normal suite: torn logs, torn pages, torn files; and a disk that lies, which must be found out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.database import has_wal_reset_bug, sqlite_module
from tests.conftest import require
from tests.proof.campaign import Campaign, Tally
from tests.proof.nursery import open_nursery
from tests.proof.postoffice import STORMY, post_office

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

CUTS, LYING_CUTS, SMALL = 40, 25, 6


def fight(folder: Path, disk: str, cuts: int) -> Tally:
    version = tuple(sqlite_module().sqlite_version_info)
    require(not has_wal_reset_bug(version), "SQLite with a write-ahead log: pip install pysqlite3")
    with open_nursery() as nursery, post_office(folder / "office", STORMY) as office:
        tally = Campaign(nursery, office, folder, seed=20260616, units=SMALL, power=disk).run(cuts)
    sys.stderr.write(f"\n{disk}: {tally}\n")
    return tally


def test_what_was_accepted_is_still_there_after_a_power_cut_and_nothing_goes_out_twice(
    tmp_path: Path,
) -> None:
    tally = fight(tmp_path, "honest", CUTS)

    assert tally.faults == []
    assert (tally.verdict.faults, tally.excess) == (0, 0)
    assert tally.torn > CUTS // 4, "hardly anything was torn: the test shows nothing"


def test_a_disk_that_does_not_write_when_it_says_so_is_found_out(tmp_path: Path) -> None:
    tally = fight(tmp_path, "lying", LYING_CUTS)

    assert any("was accepted, and is not any more" in fault for fault in tally.faults) or tally.verdict.twice
