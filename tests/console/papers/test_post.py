"""未送达、邮件、文号: what went out, what came of it, and what a person does about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from models.message import Message
from models.organisation import Unit
from tests.console.conftest import NOW, TODAY
from tests.console.papers.conftest import MAJOR, Office
from tests.console.papers.test_paper import letter_of_referral
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.make import claim_next


@pytest.fixture
def sent(office: Office) -> int:
    """Issue a notice today; return its number."""
    (number,) = office.draft()
    office.issue(number)
    return number


def mails(office: Office) -> list[Message]:
    rows: list[Message] = office.scene.rows(select(Message).order_by(Message.id))  # type: ignore[arg-type]  # a column
    return rows


def set_state(office: Office, state: str, *ids: int) -> None:
    with office.scene.open_desk(today=TODAY) as desk:
        for row in desk.session.exec(select(Message)):
            if row.id in ids:
                row.state, row.smtp_reply, row.settled_at = state, "451 lost", NOW
                desk.session.add(row)


@pytest.mark.parametrize("page", ["/signing", "/unserved", "/outbox", "/outbox?state=ready", "/series", "/interviews",
                                  "/documents", "/documents/new", "/interviews/new"])  # fmt: skip
def test_each_page_keeps_to_its_queries_and_bytes(office: Office, sent: int, page: str) -> None:
    browser = office.browser("P90")
    with queries_of(office.engine) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert sent
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


def test_a_mail_of_unknown_fate_is_settled_by_a_person(office: Office, sent: int) -> None:
    first = mails(office)[0].id or 0
    set_state(office, "unknown", first)
    assert "先电话向收件人核实" in office.get("P90", f"/outbox/{first}").text

    answer = office.post("P90", "/outbox", one=str(first), verdict="accepted")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/outbox/{first}")
    assert (mails(office)[0].state, mails(office)[0].resolved_by, sent) == ("accepted", "P90", 1)


def test_sending_again_asks_first_whether_somebody_knows_that_it_may_arrive_twice(
    office: Office, sent: int
) -> None:
    ids = [one.id or 0 for one in mails(office)[:2]]
    set_state(office, "unknown", *ids)

    refused = office.post("P90", "/outbox", mail=[str(one) for one in ids], verdict="resend")
    assert refused.status_code == 400
    assert "重复送达" in refused.text
    assert {mails(office)[at].state for at in (0, 1)} == {"unknown"}

    office.post("P90", "/outbox", mail=[str(one) for one in ids], verdict="resend", sure="1", state="unknown")
    assert {mails(office)[at].state for at in (0, 1)} == {"ready"}
    assert sent


def test_of_many_mails_none_is_settled_when_one_cannot_be(office: Office, sent: int) -> None:
    first, second = (one.id or 0 for one in mails(office)[:2])
    set_state(office, "unknown", first)

    answer = office.post("P90", "/outbox", mail=[str(first), str(second)], verdict="accepted")

    assert (answer.status_code, mails(office)[0].state, sent) == (409, "unknown", 1)


def test_a_mail_that_waits_is_cancelled_and_never_sent(office: Office, sent: int) -> None:
    for one in mails(office):
        office.post("P90", "/outbox", one=str(one.id), verdict="cancel")

    assert {one.state for one in mails(office)} == {"cancelled"}
    with office.scene.open_desk(today=TODAY) as desk:
        assert claim_next(desk) is None
    assert sent


def test_a_mail_shows_its_words_once_it_was_made_and_is_saved_but_for_secrets(
    office: Office, sent: int
) -> None:
    first = mails(office)[0].id or 0
    assert "发送时生成" in office.get("P90", f"/outbox/{first}").text
    with office.scene.open_desk(today=TODAY) as desk:
        claim_next(desk)

    page = office.get("P90", f"/outbox/{first}").text
    assert "请查收" in page
    assert ".pdf" in page
    saved = office.get("P90", f"/outbox/{first}/eml")
    assert saved.headers["content-disposition"].startswith("attachment")
    office.change(sent, secrecy="work_secret")
    assert office.get("P90", f"/outbox/{first}/eml").status_code == 404


def test_the_outbox_is_closed_to_others_and_rows_follow_the_documents_in_sight(
    office: Office, sent: int
) -> None:
    first = mails(office)[0].id or 0
    assert office.get("P07", "/outbox").status_code == 403
    assert office.get("D001:liaison", "/outbox").status_code == 403
    assert office.get("P01", "/outbox").status_code == 200  # leads a team, on this visit
    assert f'href="/outbox/{first}"' in office.get("P01", "/outbox").text
    assert f'href="/outbox/{first}"' not in office.get("P03", "/outbox").text
    assert office.get("P03", f"/outbox/{first}").status_code == 404
    answer = office.post("P03", "/outbox", one=str(first), verdict="cancel")
    assert (answer.status_code, mails(office)[0].state, sent) == (404, "ready", 1)


def test_a_new_contact_gets_the_document_that_others_have_already(office: Office, sent: int) -> None:
    before = len(mails(office))
    none = office.post("P90", f"/documents/{sent}/mail")
    assert (none.status_code, len(mails(office))) == (409, before)
    with office.scene.open_desk(today=TODAY) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        unit.liaison_email = "neu@shilixian.example"
        desk.session.add(unit)

    assert office.post("P90", f"/documents/{sent}/mail").status_code == 303
    assert [one.recipient for one in mails(office)[before:]] == ["neu@shilixian.example"]
    assert office.post("P90", f"/documents/{sent}/mail").status_code == 409


def test_what_was_not_acknowledged_tells_how_long_and_what_to_do(office: Office, sent: int) -> None:
    def told() -> str:
        return office.get("P90", "/unserved").text

    assert "等待签收" in told()
    office.change(sent, issued_on=TODAY - timedelta(days=6), signed_on=TODAY - timedelta(days=6))
    assert "电话催签" in told()
    office.change(sent, issued_on=TODAY - timedelta(days=30))
    assert "留置送达" in told()
    set_state(office, "rejected", *(one.id or 0 for one in mails(office)))
    assert "邮件没有送到" in told()
    office.post("P90", f"/documents/{sent}/serve", serve_channel="hand", serve_on="2026-06-30")
    assert "都已送达" in told()
    assert office.get("P05", "/unserved").text.count("/documents/1") == 0


def test_the_series_tell_numbers_voids_and_gaps_but_nothing_of_the_compartment(office: Office) -> None:
    (first,) = office.draft(MAJOR)
    office.sign(first)
    page = office.get("P90", "/series").text
    assert "示法督反馈〔2026〕2号" in page
    assert "示法督移" not in page
    assert "示法督移" in office.get("L-DIRECTOR", "/series").text
    assert office.get("P01", "/series").status_code == 403
    assert office.get("P90", "/series?year=2025").status_code == 200


def test_a_letter_of_the_compartment_stands_on_no_page_of_the_post(office: Office) -> None:
    number = letter_of_referral(office)
    office.change(number, state="issued", content="{}", content_sha256="0" * 64, signed_by="L-DIRECTOR",
                  signed_on=TODAY, issued_on=TODAY)  # fmt: skip

    for page in ("/unserved", "/outbox", "/documents", "/documents?q=1"):
        assert f'href="/documents/{number}"' not in office.get("L-DIRECTOR", page).text
