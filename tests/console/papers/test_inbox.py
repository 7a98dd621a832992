"""来信: what came in is shown as text to whoever may see it, and filed or put away by a person."""

from __future__ import annotations

import hashlib

import pytest
from sqlmodel import select

from casework.mail.intake import Arrival, take_in
from delivery.inbound.classifying import classify
from delivery.inbound.reading import read_letter
from models.base import key_of
from models.inbound import InboundMail
from models.message import Message
from tests.console.conftest import TODAY
from tests.console.papers.conftest import Office
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.delivery.inbound.mailmaking import OFFICE, block, mail, report

WORDS = "<script>alert(1)</script>请问附件第三列如何填写？"


@pytest.fixture
def sent(office: Office) -> int:
    """Issue a notice today; return its number."""
    (number,) = office.draft()
    office.issue(number)
    return number


def arrive(office: Office, mime: bytes) -> int:
    letter = read_letter(mime)
    digest = hashlib.sha256(mime).hexdigest()
    with office.scene.open_desk(today=TODAY) as desk:
        verdict = classify(letter, mime, frozenset({OFFICE}))
        return key_of(take_in(desk, Arrival("maildir:x", digest, len(mime), digest, mime, letter, verdict)))


def state_of(office: Office, number: int) -> str:
    row = office.scene.rows(select(InboundMail).where(InboundMail.id == number))[0]
    return str(row.state)


@pytest.fixture
def letter(office: Office, sent: int) -> int:
    """Let a letter come in that names no document."""
    assert sent
    return arrive(office, mail(sender="zhang@d001.example", subject="请教<b>", body=WORDS, charset="GBK"))


def test_a_letter_is_shown_as_text_and_filed_with_a_document(office: Office, sent: int, letter: int) -> None:
    shown = office.get("P90", "/inbox").text
    assert f'href="/inbox/{letter}"' in shown
    page = office.get("P90", f"/inbox/{letter}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page

    refused = office.post("P90", f"/inbox/{letter}/file", document="", case="", note="电话")
    assert refused.status_code >= 400
    assert "一份文书或者一件整改事项" in refused.text

    answer = office.post("P90", f"/inbox/{letter}/file", document=str(sent), case="", note="")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/inbox/{letter}")
    assert state_of(office, letter) == "filed"
    assert f'href="/inbox/{letter}"' in office.get("P90", f"/documents/{sent}").text
    assert office.get("P90", f"/inbox/{letter}/eml").headers["content-type"].startswith("message/rfc822")


def test_a_letter_is_put_away_with_a_reason(office: Office, letter: int) -> None:
    assert office.post("P90", f"/inbox/{letter}/dismiss", reason=" ").status_code >= 400
    assert state_of(office, letter) == "waiting"
    assert office.post("P90", f"/inbox/{letter}/dismiss", reason="推销").status_code == 303
    assert state_of(office, letter) == "dismissed"


def test_a_return_stands_on_its_document_its_mail_and_its_proof(office: Office, sent: int) -> None:
    first = office.scene.rows(select(Message).order_by(Message.id))[0]  # type: ignore[arg-type]  # a column
    with office.scene.open_desk(today=TODAY) as desk:
        row = desk.session.get_one(Message, first.id)
        row.state, row.smtp_reply, row.settled_at = "accepted", "250 ok", desk.now
    number = arrive(
        office, report(block("failed", "5.1.1", "550 5.1.1 User unknown"), message_id=first.message_id)
    )
    for page in (
        f"/documents/{sent}",
        f"/documents/{sent}/proof",
        f"/outbox/{first.id}",
        "/outbox?state=bounced",
    ):
        assert "被退回" in office.get("P90", page).text, page
    assert "550 5.1.1 User unknown" in office.get("P90", f"/documents/{sent}/proof").text
    assert f'href="/inbox/{number}"' in office.get("P90", f"/documents/{sent}").text
    assert "电话告知" in office.get("P90", "/tasks?whose=all").text


@pytest.mark.parametrize("page", ["/inbox", "/inbox?state=all", "/inbox/{letter}", "/documents/{sent}"])
def test_each_page_keeps_to_its_queries_and_bytes(office: Office, sent: int, letter: int, page: str) -> None:
    browser = office.browser("P90")
    with queries_of(office.engine) as queries:
        answer = browser.get(page.format(letter=letter, sent=sent))
    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


def test_the_page_is_closed_to_units_and_to_those_who_handle_no_mail(office: Office, letter: int) -> None:
    for who in ("D001:liaison", "P07"):
        assert office.get(who, "/inbox").status_code == 403
        assert office.get(who, f"/inbox/{letter}").status_code == 403
    assert (
        f'href="/inbox/{letter}"' not in office.get("P01", "/inbox").text
    )  # leads a team; the letter is loose
    assert office.get("P01", f"/inbox/{letter}").status_code == 404
