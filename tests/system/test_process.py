"""Who a process is, and whether one that left work behind is still there; the civil day of an instant."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from system import process
from system.clock import civil_day, now, on_day
from system.process import boot_id, is_dead, make_token, uptime_seconds
from tests.conftest import require


def test_a_living_process_is_not_dead_and_its_tokens_differ() -> None:
    first, second = make_token(), make_token()
    assert first != second
    assert not is_dead(first)


def test_a_process_that_ended_is_dead() -> None:
    require(Path("/proc").exists(), "/proc of Linux tells when a process started")
    code = "from system.process import make_token; print(make_token())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_dead(done.stdout.strip())


def test_a_token_of_an_earlier_boot_or_a_reused_number_is_dead_but_of_another_machine_unknown() -> None:
    host, boot, pid, start, rest = make_token().split("|")
    assert is_dead(f"{host}|earlier|{pid}|{start}|{rest}")
    assert is_dead("|".join((host, boot, pid, start + "9", rest)))
    assert not is_dead(f"elsewhere|{boot}|{pid}|{start}|{rest}")
    assert not is_dead("no token")
    assert not is_dead(f"{host}|{boot}|x|{start}|{rest}")


def test_a_machine_that_tells_nothing_calls_no_process_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "BOOT_ID", tmp_path / "none")
    monkeypatch.setattr(process, "UPTIME", tmp_path / "none")
    assert (boot_id(), uptime_seconds()) == ("", 0)


def test_the_uptime_runs_on_by_itself() -> None:
    assert uptime_seconds() >= 0
    assert uptime_seconds() <= uptime_seconds()


def test_the_civil_day_is_that_of_shanghai() -> None:
    late = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    assert civil_day(late) == date(2026, 6, 1)
    assert civil_day(datetime(2026, 5, 31, 15, 59, tzinfo=UTC)) == date(2026, 5, 31)
    assert on_day(date(2026, 1, 2), late) == datetime(2026, 1, 1, 16, 30, tzinfo=UTC)
    assert now().tzinfo is UTC
