"""The demo plays a whole year: everything the main line can bring has happened, and nothing is broken."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.demo.run import MARK, run_demo
from core.codes import DocumentContent, Light, Line
from core.errors import InvalidInput
from core.rulebook import load_rulebook
from delivery.mailreader import read_mime
from system.paths import RULES_DIR, read_texts

MAIN_LINE = {
    rule.code
    for rule in load_rulebook(read_texts(RULES_DIR, ".yaml")).documents.values()
    # No calendar of the story's year is changed.
    if rule.serves(Line.PARTY) and rule.content not in (DocumentContent.FREE, DocumentContent.CORRECTION)
}
BY_HAND = {"interview_notice", "lead_transfer_letter"}  # of what people write, the story needs these


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Play the demo once for all tests of this file."""
    out = tmp_path_factory.mktemp("demo") / "out"
    return out, run_demo(out, progress=False)


@pytest.mark.slow
def test_every_kind_of_paper_and_every_light_occurs(played: tuple[Path, dict[str, Any]]) -> None:
    _out, summary = played
    assert set(summary["documents"]) == MAIN_LINE | BY_HAND
    assert set(summary["lights"]) == {light.value for light in Light} - {Light.ORANGE.value}
    assert all(summary["lights"].values())


@pytest.mark.slow
def test_cases_end_in_every_way_and_no_invariant_is_broken(played: tuple[Path, dict[str, Any]]) -> None:
    _out, summary = played
    cases = summary["cases"]
    wanted = ("closed", "look_back", "archived", "withdrawn", "reopened", "extended", "returned", "open")
    assert {name for name in wanted if not cases.get(name)} == set()
    assert summary["referrals"]["closed"] == 1
    assert summary["referrals"]["declined"] >= 1
    assert summary["document_states"]["void"] >= 1
    assert summary["invariants"]["checked"] > 1000
    assert summary["invariants"]["broken"] == 0


@pytest.mark.slow
def test_requests_are_granted_and_refused(played: tuple[Path, dict[str, Any]]) -> None:
    out, _summary = played
    with closing(sqlite3.connect(out / "ducha.db")) as database:
        seen = set(database.execute("SELECT kind, state FROM side_request"))
    assert {
        ("extension", "granted"), ("extension", "refused"), ("objection", "granted"), ("objection", "refused"),
        ("suspension", "granted"),
    } <= seen  # fmt: skip


@pytest.mark.slow
def test_leads_matters_interviews_and_reports_come_to_their_end(played: tuple[Path, dict[str, Any]]) -> None:
    out, _summary = played
    with closing(sqlite3.connect(out / "ducha.db")) as database:
        assert database.execute("SELECT source, outcome, state FROM lead ORDER BY id").fetchall() == [
            ("hotline_12345", "transferred", "closed"), ("petition", "not_handled", "closed"),
        ]  # fmt: skip
        assert database.execute("SELECT state FROM incoming").fetchall() == [("closed",)]
        lights = dict(database.execute("SELECT highest_light, state FROM litigation_matter"))
        assert lights == {"black": "closed", "none": "closed", "blue": "closed", "yellow": "handling"}
        assert database.execute("SELECT state FROM interview").fetchall() == [("held",)]
        closed = database.execute("SELECT count(*) FROM stat_period WHERE state = 'closed'").fetchone()[0]
        kinds = [kind for (kind,) in database.execute("SELECT kind FROM report WHERE state = 'issued'")]
    assert closed > 12
    assert sorted(kinds) == ["bulletin", "campaign", "quarter"]
    assert len(list((out / "reports").glob("*.docx"))) == 3
    assert [path.suffix for path in (out / "archive").iterdir()] == [".zip"]


@pytest.mark.slow
def test_the_list_of_tasks_is_not_left_to_pile_up(played: tuple[Path, dict[str, Any]]) -> None:
    out, _summary = played
    with closing(sqlite3.connect(out / "ducha.db")) as database:
        open_, done = database.execute(
            "SELECT sum(state = 'open'), sum(state = 'done') FROM task WHERE due_on <= '2026-07-31'"
        ).fetchone()
    assert open_ < 5 < done


@pytest.mark.slow
def test_mails_that_were_refused_or_lost_are_settled_in_the_end(
    played: tuple[Path, dict[str, Any]],
) -> None:
    out, summary = played
    mails = summary["mails"]
    assert mails["accepted"] + mails.get("cancelled", 0) == mails["total"]
    assert mails["tried_again"] > 10
    with closing(sqlite3.connect(out / "ducha.db")) as database:
        lost = database.execute("SELECT count(*) FROM audit_entry WHERE to_state = 'unknown'").fetchone()[0]
        refused = database.execute("SELECT count(*) FROM audit_entry WHERE to_state = 'rejected'").fetchone()[
            0
        ]
        reasons = database.execute("SELECT smtp_reply FROM message WHERE state = 'cancelled'").fetchall()
    assert (lost, refused) == (2, 2)
    assert mails["resolved"] == 4
    # A reminder that was put off until the afternoon, when nobody was late any more.
    assert {text for (text,) in reasons} <= {"不再需要：迟报的均已收到"}


@pytest.mark.slow
def test_every_mail_parses_strictly_and_goes_to_one_recipient(played: tuple[Path, dict[str, Any]]) -> None:
    out, summary = played
    files = sorted((out / "mails").glob("*.eml"))
    assert len(files) == summary["mails"]["accepted"]
    for file in files:
        mail = read_mime(file.read_bytes())
        assert len(mail.recipients) == 1
        assert mail.headers["auto-submitted"] == "auto-generated"


@pytest.mark.slow
def test_no_letter_of_referral_is_mailed_or_shown_to_its_unit(played: tuple[Path, dict[str, Any]]) -> None:
    out, _summary = played
    letters = "SELECT id FROM document WHERE kind IN ('referral_letter', 'hand_over_letter')"
    with closing(sqlite3.connect(out / "ducha.db")) as database:
        mails = database.execute(f"SELECT count(*) FROM message WHERE document_id IN ({letters})").fetchone()
        served = database.execute(
            f"SELECT count(*) FROM service_record WHERE document_id IN ({letters})"
        ).fetchone()
    assert (mails[0], served[0]) == (0, 0)


@pytest.mark.slow
def test_the_folder_holds_every_paper_twice_and_the_books(played: tuple[Path, dict[str, Any]]) -> None:
    out, summary = played
    reminders = sum(summary["documents"].values()) - len(list((out / "documents").glob("*.pdf")))
    assert 0 < reminders < summary["documents"]["prompt"]  # the unnumbered reminder is a mail, no paper
    assert len(list((out / "documents").glob("*.docx"))) == len(list((out / "documents").glob("*.pdf")))
    assert (out / "ledger.xlsx").stat().st_size > 10_000
    assert len(list(out.glob("report-*.html"))) == 3
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == summary


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("keep me", encoding="utf-8")
    with pytest.raises(InvalidInput, match="不是演示文件夹"):
        run_demo(tmp_path, progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
    assert not (tmp_path / MARK).exists()
