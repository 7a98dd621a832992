"""The part of `make proof` that runs marked tests counts what they did, and a skip is no success in CI."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.proof import __main__ as proof
from tests.proof.suite import Ran, Skipped, read_report

REPORT = """<testsuites><testsuite tests="4">
<testcase name="a"/><testcase name="b"><failure message="x"/></testcase>
<testcase name="c"><error message="y"/></testcase>
<testcase name="d"><skipped message="no root"/></testcase></testsuite></testsuites>"""


def test_what_pytest_tells_is_counted() -> None:
    ran = read_report(REPORT)
    assert (ran.passed, ran.failed, ran.skipped, dict(ran.reasons)) == (1, 2, 1, {"no root": 1})


def run(monkeypatch: pytest.MonkeyPatch, page: Path, ran: Ran | None, *, in_ci: bool) -> int:
    def run_marked() -> Ran:
        if ran is None:
            raise Skipped("no server")
        return ran

    page.write_text("<!-- proof:servers -->\nold\n<!-- /proof -->\n", encoding="utf-8")
    monkeypatch.setattr(proof, "run_marked", run_marked)
    monkeypatch.setattr(proof, "IN_CI", in_ci)
    monkeypatch.setattr(proof, "DOCUMENT", page)
    monkeypatch.setattr(sys, "argv", ["proof", "servers"])
    return proof.main()


@pytest.mark.parametrize("in_ci", [True, False])
def test_without_a_server_the_part_is_skipped_aloud_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_ci: bool
) -> None:
    assert run(monkeypatch, tmp_path / "proof.md", None, in_ci=in_ci) == int(in_ci)
    assert "skipped servers: no server" in capsys.readouterr().err
    assert "old" in (tmp_path / "proof.md").read_text("utf-8"), "what was measured once is not lost"


def test_what_ran_is_written_to_the_page_and_a_failure_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    well = read_report(REPORT.replace("failure", "system-out").replace("error", "system-out"))
    assert run(monkeypatch, tmp_path / "proof.md", well, in_ci=False) == 0
    assert "通过 3，未通过 0" in (tmp_path / "proof.md").read_text("utf-8")
    assert "1个：no root" in (tmp_path / "proof.md").read_text("utf-8")
    assert run(monkeypatch, tmp_path / "proof.md", well, in_ci=True) == 1, "skipped tests are no proof in CI"
    assert run(monkeypatch, tmp_path / "proof.md", read_report(REPORT), in_ci=False) == 1
    assert "old" in (tmp_path / "proof.md").read_text("utf-8")
