"""Links in mails: looking changes nothing, a code to the same mailbox opens them, and they die with their facts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from casework.accounts.portallinks import portal_view_of, revoke_link
from casework.mail.outbox import resolve
from casework.paperwork.documents import void_document
from delivery.mailfilling import text_of
from delivery.smtp import Outcome
from models.account import PortalLink, WebSession
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Unit
from models.record import AuditEntry
from tests.console.portal.conftest import ADDRESS, HEAD, LIAISON, OTHER, Portal, portal_in, word

DEAD = "链接不存在或者已经失效"


def everything(portal: Portal) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with portal.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in SQLModel.metadata.sorted_tables
        }


# ---- in the mail -------------------------------------------------------------------------------------------------


def test_a_notice_carries_a_link_of_its_own_for_each_contact(notified: Portal) -> None:
    tokens = {address: notified.token(address) for address in (LIAISON, HEAD, OTHER)}

    assert len(set(tokens.values())) == 3
    assert f"{ADDRESS}/n/{tokens[LIAISON]}\r\n" in notified.text_to(LIAISON)
    assert "请勿转发链接" in notified.text_to(LIAISON)


def test_without_an_address_set_a_mail_carries_no_link(tmp_path: Path) -> None:
    with portal_in(tmp_path) as portal:
        portal.scene.notify(("D001", "E24", "major"), serve=False)
        portal.send()

        assert "/n/" not in portal.text_to(LIAISON)
        assert "http" not in portal.text_to(LIAISON)
        assert "致电" in portal.text_to(LIAISON)
        assert portal.scene.rows(select(PortalLink)) == []
        assert not portal.settings.key_file.exists()


def test_two_sendings_of_one_mail_are_the_same_bytes_with_the_same_link(portal: Portal) -> None:
    portal.scene.notify(("D001", "E24", "major"), serve=False)
    first = {claim.id: claim.parcel.mime for claim in portal.send(Outcome.UNKNOWN)}
    portal.now += timedelta(hours=3)
    with portal.desk("P90") as desk:
        for number in first:
            resolve(desk, number, "resend")
    again = {claim.id: claim.parcel.mime for claim in portal.send()}

    assert again == first
    assert len(portal.scene.rows(select(PortalLink))) == len(first)


def test_neither_the_token_nor_the_code_is_anywhere_in_the_database(notified: Portal) -> None:
    token = notified.token()
    notified.ask(notified.browser(), token)
    code = notified.code()

    said = repr({name: rows for name, rows in everything(notified).items() if name != "message_body"})
    assert token not in said
    assert f"'{code}'" not in said
    for body in notified.scene.rows(select(MessageBody)):
        assert token not in text_of(body.mime)
        assert code not in text_of(body.mime)


def test_another_installation_derives_other_links(notified: Portal, tmp_path: Path) -> None:
    token = notified.token()
    notified.settings.key_file.unlink()
    with notified.desk("P90") as desk:
        mail = desk.session.exec(select(Message).where(col(Message.recipient) == LIAISON)).one()
        mail.state = "unknown"
        desk.session.add(mail)
        desk.session.flush()
        resolve(desk, mail.id or 0, "resend")
    notified.send()

    assert notified.token() != token
    assert notified.browser().get(f"/n/{token}").status_code == 404  # the row follows what was sent last
    assert notified.browser().get(f"/n/{notified.token()}").status_code == 200


# ---- looking -----------------------------------------------------------------------------------------------------


def test_scanners_change_nothing_however_they_look(notified: Portal) -> None:
    token, before = notified.token(), everything(notified)
    browser = notified.browser()
    for address in (f"/n/{token}", f"/n/{token}/code", "/n/unknown", "/portal", "/portal/documents/1"):
        for verb in ("GET", "HEAD", "OPTIONS"):
            browser.request(verb, address)
    with_cookie = notified.browser()
    with_cookie.cookies.set("ducha", "stolen")
    with_cookie.get(f"/n/{token}")

    assert everything(notified) == before
    assert notified.scene.documents("feedback_notice")[0].served_on is None


def test_a_link_shows_what_it_is_about_and_nothing_of_it(notified: Portal) -> None:
    page = notified.browser().get(f"/n/{notified.token()}")
    notice = notified.scene.documents("feedback_notice")[0]

    assert page.status_code == 200
    assert notice.number in page.text
    assert "法治督察反馈意见暨整改通知书" in page.text
    assert "lia***@shilixian.example" in page.text
    assert LIAISON not in page.text
    assert "未按规定公示" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_every_dead_link_answers_alike(notified: Portal) -> None:
    token = notified.token()
    unknown = notified.browser().get("/n/AAAA").text
    notified.pass_days(200)
    late = notified.browser().get(f"/n/{token}")

    assert late.status_code == 404
    assert late.text == unknown
    assert notified.browser().post(f"/n/{token}/code").status_code == 404
    assert notified.browser().post(f"/n/{token}/open", data={"code": "123456"}).status_code == 404


# ---- the code ----------------------------------------------------------------------------------------------------


def test_a_code_goes_to_the_same_mailbox_and_lets_its_contact_in(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    answer = notified.ask(browser, token)
    sent = notified.mails[-1]

    assert answer.headers["location"] == f"/n/{token}/code"
    assert sent.parcel.recipient == LIAISON
    assert "六位" in browser.get(f"/n/{token}/code").text
    opened = browser.post(f"/n/{token}/open", data={"code": f" {notified.code()} "})
    notice = notified.scene.documents("feedback_notice")[0]
    assert opened.headers["location"] == f"/portal/documents/{notice.id}"
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert browser.get("/portal").status_code == 200
    assert notified.scene.documents("feedback_notice")[0].served_on is None  # coming in is no receipt
    row = notified.scene.rows(select(WebSession))[0]
    assert (row.account_id, row.portal_link_id is not None) == (None, True)


def test_a_code_serves_once(notified: Portal) -> None:
    token = notified.token()
    notified.ask(notified.browser(), token)
    code = notified.code()

    assert notified.browser().post(f"/n/{token}/open", data={"code": code}).status_code == 303
    assert notified.browser().post(f"/n/{token}/open", data={"code": code}).status_code == 403


def test_five_wrong_codes_end_the_right_one(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    notified.ask(browser, token)
    code = notified.code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert browser.post(f"/n/{token}/open", data={"code": wrong}).status_code == 403

    assert browser.post(f"/n/{token}/open", data={"code": code}).status_code == 403
    link = notified.scene.rows(select(PortalLink).where(col(PortalLink.recipient) == LIAISON))[0]
    assert (link.code_sha256, link.opened_at) == (None, None)
    notified.now += timedelta(minutes=2)
    notified.ask(browser, token)
    assert browser.post(f"/n/{token}/open", data={"code": notified.code()}).status_code == 303


def test_four_wrong_codes_and_the_right_one_open_the_link(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    notified.ask(browser, token)
    code = notified.code()
    for _ in range(4):
        browser.post(f"/n/{token}/open", data={"code": "12345"})

    assert browser.post(f"/n/{token}/open", data={"code": code}).status_code == 303


def test_a_code_lasts_ten_minutes_from_its_sending(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    browser.post(f"/n/{token}/code")
    notified.now += timedelta(minutes=9)  # it waited in the outbox: its time begins when it goes out
    notified.send()
    notified.now += timedelta(minutes=9)
    early = notified.browser()
    assert early.post(f"/n/{token}/open", data={"code": notified.code()}).status_code == 303
    notified.ask(browser, token)
    notified.now += timedelta(minutes=10)

    assert browser.post(f"/n/{token}/open", data={"code": notified.code()}).status_code == 403


def test_a_code_that_waited_too_long_or_was_followed_by_another_is_not_sent(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    browser.post(f"/n/{token}/code")
    notified.now += timedelta(minutes=2)
    browser.post(f"/n/{token}/code")
    assert len(notified.send()) == 1
    notified.now += timedelta(minutes=2)
    browser.post(f"/n/{token}/code")
    notified.now += timedelta(minutes=31)

    assert notified.send() == []
    states = [row.state for row in notified.scene.messages("portal_code")]
    assert states == ["cancelled", "accepted", "cancelled"]


def test_codes_are_asked_for_slowly(notified: Portal) -> None:
    browser, token = notified.browser(), notified.token()
    assert notified.ask(browser, token).status_code == 303
    assert notified.ask(browser, token).status_code == 409
    for _ in range(4):
        notified.now += timedelta(minutes=2)
        assert notified.ask(browser, token).status_code == 303
    notified.now += timedelta(minutes=2)
    assert "验证码请求过多" in notified.ask(browser, token).text
    notified.now += timedelta(hours=1)
    assert notified.ask(browser, token).status_code == 303


def test_one_address_cannot_try_codes_at_many_links(notified: Portal) -> None:
    browser = notified.browser()
    for address in (LIAISON, HEAD, OTHER, "leader.d001@shilixian.example"):
        for _ in range(5):
            browser.post(f"/n/{notified.token(address)}/open", data={"code": "12345"})
    notified.ask(browser, notified.token())

    assert browser.post(f"/n/{notified.token()}/open", data={"code": notified.code()}).status_code == 403
    assert "尝试次数过多" in browser.post(f"/n/{notified.token()}/open", data={"code": "1"}).text


# ---- the end of a link -------------------------------------------------------------------------------------------


def _void(portal: Portal) -> None:
    with portal.desk() as desk:  # a notice that counts cannot be voided; other papers can
        notice = desk.session.exec(select(Document).where(col(Document.kind) == "feedback_notice")).first()
        assert notice is not None
        notice.state, notice.void_reason = "void", "误发"
        desk.session.add(notice)


def _change_address(portal: Portal) -> None:
    with portal.desk() as desk:
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        unit.liaison_email = "new.d001@shilixian.example"
        desk.session.add(unit)


def _merge(portal: Portal) -> None:
    with portal.desk() as desk:
        units = {unit.code: unit for unit in desk.session.exec(select(Unit))}
        units["D001"].valid_until, units["D001"].successor_id = portal.today - timedelta(1), units["T001"].id
        desk.session.add(units["D001"])


def _revoke(portal: Portal) -> None:
    with portal.desk("P90") as desk:
        link = desk.session.exec(select(PortalLink).where(col(PortalLink.recipient) == LIAISON)).one()
        revoke_link(desk, link.id or 0)


@pytest.mark.parametrize("end", [_void, _change_address, _merge, _revoke])
def test_a_link_and_its_sessions_die_at_once_with_what_they_stand_on(notified: Portal, end: object) -> None:
    browser, token = notified.let_in(), notified.token()
    assert browser.get("/portal").status_code == 200
    end(notified)  # type: ignore[operator]  # one of the functions above

    assert browser.get("/portal").headers["location"].startswith("/sign-in")
    assert DEAD in notified.browser().get(f"/n/{token}").text


def test_a_draft_that_was_voided_has_no_mail_left_to_send(portal: Portal) -> None:
    portal.scene.notify(("D001", "E24", "major"), serve=False)
    with portal.desk("L-DIRECTOR") as desk:
        notice = desk.session.exec(select(Document).where(col(Document.kind) == "feedback_notice")).one()
        with pytest.raises(Exception, match="不能作废"):
            void_document(desk, notice.id or 0, "误发")


def test_a_session_of_a_link_ends_by_idling_by_hours_and_by_leaving(notified: Portal) -> None:
    browser = notified.let_in()
    notified.now += timedelta(minutes=31)
    assert browser.get("/portal").status_code == 303
    browser = notified.let_in()
    for _ in range(30):
        notified.now += timedelta(minutes=25)
        browser.get("/portal")
    assert browser.get("/portal").status_code == 303
    browser = notified.let_in()
    csrf = word(browser.get("/portal/documents/1"))
    left = browser.post("/portal/leave", data={"_csrf": csrf})
    assert left.headers["location"] == "/portal/left"
    assert left.headers["clear-site-data"] == '"storage"'  # as after a sign-out: the machine may be shared
    assert browser.get("/portal").status_code == 303
    assert "已退出" in browser.get("/portal/left").text


def test_whoever_came_by_a_link_sees_no_other_part_of_the_console(notified: Portal) -> None:
    browser = notified.let_in()

    for address in (
        "/ledger",
        "/account",
        "/account/password",
        "/documents",
        "/cases/x",
        "/search",
        "/units",
    ):
        assert browser.get(address).status_code in (403, 404), address
    assert browser.get("/").headers["location"] == "/portal"


def test_the_office_sees_when_a_link_was_confirmed(notified: Portal) -> None:
    number = notified.scene.documents("feedback_notice")[0].id or 0
    with notified.desk("P90") as desk:
        assert {line.opened_at for line in portal_view_of(desk, number)} == {None}
    notified.let_in()
    with notified.desk("P90") as desk:
        lines = {line.recipient: line for line in portal_view_of(desk, number)}

    assert lines[LIAISON].opened_at == lines[LIAISON].seen_at == notified.now
    assert lines[LIAISON].who == "联络员（联络员）"
    assert lines[HEAD].opened_at is None
    assert [line.dead for line in lines.values()] == ["", "", ""]
    acts = [row.act for row in notified.scene.rows(select(AuditEntry)) if row.act in ("link", "ask_code")]
    assert acts.count("link") == 6
    assert acts.count("ask_code") == 1
