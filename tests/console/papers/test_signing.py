"""Signing: only what was looked at as it reads now, by whoever may, after the password was given again."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from sqlmodel import col, select

from casework.accounts.secondfactor import set_up
from casework.paperwork.reviewing import edit_document
from models.account import Account, WebSession
from models.document import DocumentView
from models.record import AuditEntry
from tests.console.conftest import NOW, TODAY
from tests.console.papers.conftest import PASSWORD, Office

TWO = (("D001", "E24", "major"), ("T001", "E24", "minor"))


def account_of(office: Office, holder: str) -> Account:
    row: Account = office.scene.rows(select(Account).where(col(Account.holder) == holder))[0]
    return row


def test_a_document_that_was_looked_at_is_signed_with_the_password_and_gets_its_number(
    office: Office,
) -> None:
    (number,) = office.draft()
    page = office.get("L-DIRECTOR", f"/documents/{number}").text
    assert 'action="/documents/1/sign"' in page
    assert "登录密码" in page

    answer = office.post("L-DIRECTOR", f"/documents/{number}/sign", proof=PASSWORD)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/signing/done?id={number}")
    row = office.row(number)
    assert (row.state, row.signed_by, row.number) == ("signed", "L-DIRECTOR", "示法督反馈〔2026〕1号")
    done = office.get("L-DIRECTOR", answer.headers["location"]).text
    assert "示法督反馈〔2026〕1号" in done
    assert "交经办人用印后发出" in done


def test_what_nobody_looked_at_is_not_signed(office: Office) -> None:
    (number,) = office.draft()

    answer = office.post("L-DIRECTOR", "/signing", document=str(number), proof=PASSWORD)

    assert answer.status_code == 409
    assert "没有查看" in answer.text
    assert office.row(number).state == "draft"


def test_a_look_by_somebody_else_does_not_count(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-COUNTY", f"/documents/{number}")

    answer = office.post("L-DIRECTOR", "/signing", document=str(number), proof=PASSWORD)

    assert (answer.status_code, office.row(number).state) == (409, "draft")


def test_a_draft_that_changed_after_the_look_has_to_be_looked_at_again(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")
    with office.scene.open_desk(by="P90", today=TODAY) as desk:
        edit_document(desk, number, {"overall": "总体情况另有不同。"})

    refused = office.post("L-DIRECTOR", "/signing", document=str(number), proof=PASSWORD)
    assert (refused.status_code, office.row(number).state) == (409, "draft")

    office.get("L-DIRECTOR", f"/documents/{number}")
    signed = office.post("L-DIRECTOR", "/signing", document=str(number))
    assert (signed.status_code, office.row(number).state) == (303, "signed")
    looks = office.scene.rows(select(DocumentView).where(col(DocumentView.document_id) == number))
    assert len({one.content_sha256 for one in looks}) == 2


def test_many_are_signed_in_one_act_with_one_password_and_get_numbers_in_turn(office: Office) -> None:
    numbers = office.draft(*TWO)
    for number in numbers:
        office.get("L-DIRECTOR", f"/documents/{number}")
    ticked = office.get("L-DIRECTOR", "/signing").text
    assert ticked.count('name="document"') == 2
    assert "disabled" not in ticked

    answer = office.post("L-DIRECTOR", "/signing", document=[str(one) for one in numbers], proof=PASSWORD)

    assert answer.status_code == 303
    assert [office.row(one).number for one in numbers] == ["示法督反馈〔2026〕1号", "示法督反馈〔2026〕2号"]


def test_of_many_none_is_signed_when_one_was_not_looked_at(office: Office) -> None:
    numbers = office.draft(*TWO)
    office.get("L-DIRECTOR", f"/documents/{numbers[0]}")
    listed = office.get("L-DIRECTOR", "/signing").text
    assert listed.count("disabled") == 1

    answer = office.post("L-DIRECTOR", "/signing", document=[str(one) for one in numbers], proof=PASSWORD)

    assert answer.status_code == 409
    assert {office.row(one).state for one in numbers} == {"draft"}


def test_more_than_a_handful_are_signed_as_long_work(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"sign_at_once": 1})
    numbers = office.draft(*TWO)
    for number in numbers:
        office.get("L-DIRECTOR", f"/documents/{number}")

    answer = office.post("L-DIRECTOR", "/signing", document=[str(one) for one in numbers], proof=PASSWORD)

    assert answer.headers["location"].startswith("/jobs/")
    office.browser("L-DIRECTOR").app.state.jobs.close()  # type: ignore[attr-defined]  # the application under test
    assert {office.row(one).state for one in numbers} == {"signed"}


def test_a_wrong_password_signs_nothing_and_is_counted(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")

    answer = office.post("L-DIRECTOR", f"/documents/{number}/sign", proof="falsch")

    assert answer.status_code == 403
    assert "登录密码不正确" in answer.text
    assert "falsch" not in answer.text
    assert (office.row(number).state, account_of(office, "L-DIRECTOR").failures) == ("draft", 1)


def test_no_password_is_asked_for_again_and_not_counted(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")

    answer = office.post("L-DIRECTOR", f"/documents/{number}/sign")

    assert answer.status_code == 400
    assert account_of(office, "L-DIRECTOR").failures == 0


def test_five_wrong_passwords_lock_the_account_and_end_its_sessions(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")
    for _ in range(5):
        office.post("L-DIRECTOR", f"/documents/{number}/sign", proof="falsch")

    assert account_of(office, "L-DIRECTOR").locked_until is not None
    assert office.get("L-DIRECTOR", "/signing").headers["location"].startswith("/sign-in")
    assert office.row(number).state == "draft"


def test_the_password_holds_for_some_minutes_and_is_noted(office: Office) -> None:
    numbers = office.draft(*TWO)
    for number in numbers:
        office.get("L-DIRECTOR", f"/documents/{number}")
    office.post("L-DIRECTOR", f"/documents/{numbers[0]}/sign", proof=PASSWORD)

    page = office.get("L-DIRECTOR", f"/documents/{numbers[1]}").text
    assert 'name="proof"' not in page
    assert office.post("L-DIRECTOR", f"/documents/{numbers[1]}/sign").status_code == 303
    entries = office.scene.rows(select(AuditEntry).where(col(AuditEntry.act) == "elevate"))
    assert len(entries) == 1
    until = [one.elevated_until for one in office.scene.rows(select(WebSession)) if one.elevated_until]
    assert (until[0] - NOW).seconds == office.settings.elevated_minutes * 60


def test_an_account_with_a_second_factor_signs_with_its_code_and_not_with_the_password(
    office: Office,
) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")
    seed = pyotp.random_base32()
    totp = pyotp.TOTP(seed)
    with office.scene.open_desk(today=TODAY) as desk:
        account = desk.session.exec(select(Account).where(col(Account.holder) == "L-DIRECTOR")).one()
        set_up(desk, account.id or 0, seed, totp.at(NOW - timedelta(seconds=30)))
        for session in desk.session.exec(select(WebSession)):
            session.second_factor = True
            desk.session.add(session)
    assert "动态验证码" in office.get("L-DIRECTOR", f"/documents/{number}").text

    assert office.post("L-DIRECTOR", f"/documents/{number}/sign", proof=PASSWORD).status_code == 403
    assert office.post("L-DIRECTOR", f"/documents/{number}/sign", proof=totp.at(NOW)).status_code == 303
    assert office.row(number).state == "signed"


def test_nobody_signs_what_they_drafted_or_edited(office: Office) -> None:
    (number,) = office.draft()
    with office.scene.open_desk(by="L-DIRECTOR", today=TODAY) as desk:
        edit_document(desk, number, {"overall": "主任自己改的。"})

    page = office.get("L-DIRECTOR", f"/documents/{number}").text
    assert f'action="/documents/{number}/sign"' not in page
    assert "不能签发本人拟写或者修改的文书" in page
    assert "没有等您" in office.get("L-DIRECTOR", "/signing").text
    answer = office.post("L-DIRECTOR", f"/documents/{number}/sign", proof=PASSWORD)
    assert (answer.status_code, office.row(number).state) == (409, "draft")


def test_a_post_below_the_level_is_neither_offered_nor_allowed_to_sign(office: Office) -> None:
    (number,) = office.draft()

    assert f'action="/documents/{number}/sign"' not in office.get("L-DEPUTY", f"/documents/{number}").text
    answer = office.post("L-DEPUTY", f"/documents/{number}/sign", proof=PASSWORD)

    assert (answer.status_code, office.row(number).state) == (409, "draft")


def test_an_officer_meets_an_empty_queue_and_a_unit_no_queue_at_all(office: Office) -> None:
    (number,) = office.draft()

    assert "没有等您审核、签发或者用印的文书" in office.get("P90", "/signing").text
    assert office.get("D001:liaison", "/signing").status_code == 403
    assert office.post("D001:liaison", "/signing", page="/account", document=str(number)).status_code == 403


def test_a_form_of_another_session_signs_nothing(office: Office) -> None:
    (number,) = office.draft()
    office.get("L-DIRECTOR", f"/documents/{number}")

    for address in (f"/documents/{number}/sign", "/signing"):
        answer = office.browser("L-DIRECTOR").post(
            address, data={"_csrf": "0" * 64, "document": str(number), "proof": PASSWORD}
        )
        assert answer.status_code == 403
    assert office.row(number).state == "draft"


def test_the_next_document_to_sign_is_offered_and_the_list_when_there_is_none(office: Office) -> None:
    first, second = office.draft(*TWO)

    assert (
        office.get("L-DIRECTOR", f"/signing/next?after={first}").headers["location"] == f"/documents/{second}"
    )
    office.sign(first)
    office.sign(second)
    assert office.get("L-DIRECTOR", "/signing/next").headers["location"] == "/signing"


def test_what_is_signed_waits_for_its_seal_with_those_who_seal(office: Office) -> None:
    (number,) = office.draft()
    office.sign(number)

    assert "登记用印" in office.get("P90", "/signing").text
    assert "登记用印" not in office.get("P07", "/signing").text
