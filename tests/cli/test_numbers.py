"""The commands for numbers, ranks, periods and reports, as a person types them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.cli.ducha import Ducha


@pytest.fixture
def settled(tmp_path: Path) -> Ducha:
    """Give an office with a database and nothing in it, on a day in April."""
    ducha = Ducha(tmp_path, date(2026, 4, 2))
    ducha.ok("init")
    return ducha


def test_a_number_is_listed_and_defined(settled: Ducha) -> None:
    found = settled.ok("stats", "--indicator", "findings.confirmed", "--list")
    assert (found["value"], found["rows"]) == (0, [])
    assert "撤销的不计" in found["definition"]
    codes = {row["code"] for row in settled.ok("stats", "--definitions")}
    assert {"findings.confirmed", "documents.*"} <= codes


def test_bad_words_are_refused_and_say_what_to_do(settled: Ducha) -> None:
    settled.refused("stats", "--indicator", "finding.confirmed", "--list")
    settled.refused("stats", "--unit", "D999")
    settled.refused("stats", "--kind", "weekly")
    settled.refused("stats", "--from", "2026-03-02", "--to", "2026-03-01")
    settled.refused("report", "2031-ZH-01", "--out", "report")
    settled.refused("period", "close", "--kind", "week", "--on", "2026-03-01", by="L-DIRECTOR")


def test_a_period_is_closed_and_reported(settled: Ducha) -> None:
    closed = settled.ok("period", "close", "--kind", "month", "--on", "2026-03-05", by="L-DIRECTOR")
    assert (closed["name"], closed["state"]) == ("2026年3月", "closed")
    assert [row["sha256"] for row in settled.ok("period", "list")] == [closed["sha256"]]
    shown = settled.ok("stats", "--from", "2026-03-01", "--to", "2026-03-31")
    assert "已于2026-04-02结账" in shown["note"]
    report = settled.ok(
        "report", "period", "--kind", "month", "--on", "2026-03-05", "--out", "report", "--keep", by="L-SECTION",
    )  # fmt: skip
    assert (settled.folder / report["file"]).read_bytes()[:2] == b"PK"
    assert settled.ok("report", "issue", str(report["id"]), by="L-DIRECTOR")["issue"] == 1
    assert settled.ok("rank") == []
