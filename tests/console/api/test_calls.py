"""Calls of programs: keys and scopes, sight, versions, keys of acts, limits, errors that are problems."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.accounts.register import disable_account, reset_password
from casework.accounts.tokens import make_key, revoke_key
from core.errors import InvalidInput, Refused
from models.account import Account, ApiToken
from models.apicall import ApiCall
from models.archive import ArchiveFile
from models.base import key_of
from models.document import Document
from models.record import AuditEntry
from tests.console.api.conftest import BASE, Office
from tests.console.conftest import CANARY, CODE, TODAY, sign_in
from tests.make import store

NOTE = {"act": "report_progress", "note": "", "values": {"percent": "30", "text": "已完成清理"}}
MEDIA = "application/problem+json"


def problem(answer: Response, status: int) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    told: dict[str, str] = answer.json()
    assert told["status"] == status
    assert told["title"]
    return told


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_speaks_for_its_account_and_no_further(office: Office) -> None:
    told = office.caller("L-DIRECTOR", "cases:read").get("/me").json()
    assert (told["code"], told["by_key"], told["scopes"]) == ("L-DIRECTOR", True, ["cases:read"])
    caller = office.caller("L-DEPUTY", "cases:read")
    assert caller.get("/cases").status_code == 200
    refused = caller.get("/documents")
    assert problem(refused, 403)["expected"] == "documents:read"
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert problem(caller.post(f"/cases/{CODE}/acts", NOTE), 403)["expected"] == "cases:write"


def test_a_key_ends_with_its_day_its_revocation_its_account_and_its_password(office: Office) -> None:
    caller = office.caller("P62")
    assert caller.get("/me").status_code == 200
    office.late = timedelta(days=31)
    answer = caller.get("/me")
    problem(answer, 401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    office.late = timedelta()
    with office.desk() as desk:
        row = desk.session.exec(select(ApiToken)).one()
        revoke_key(desk, row.account_id, key_of(row))
    problem(caller.get("/me"), 401)
    second, third = office.caller("P62"), office.caller("L-DEPUTY")
    with office.desk("L-DIRECTOR") as desk:
        desk.actor = type(desk.actor)("@sysadmin", "管理员", frozenset({"system_admin"}))
        reset_password(desk, "p62")
        disable_account(desk, "l-deputy", "调离")
    problem(second.get("/me"), 401)
    problem(third.get("/me"), 401)


def test_a_key_is_stored_as_its_hash_and_asks_for_a_name_scopes_and_a_day(office: Office) -> None:
    text = office.key("L-DIRECTOR")
    with office.desk("L-DIRECTOR") as desk:
        rows = desk.session.exec(select(ApiToken)).all()
        assert text not in {row.token_sha256 for row in rows}
        number = rows[0].account_id
        for name, scopes, days in (("", ["cases:read"], 5), ("a", [], 5), ("a", ["all"], 5), ("a", ["cases:read"], 0),
                                   ("a", ["cases:read"], 400)):  # fmt: skip
            with pytest.raises(InvalidInput):
                make_key(desk, number, name=name, scopes=scopes, until=TODAY + timedelta(days=days))
        admin = Account(office_id=desk.office_id, login="sec", name="安全", state="active", admin="security_admin",
                        opened_by="t", opened_on=TODAY)  # fmt: skip
        desk.session.add(admin)
        desk.session.flush()
        with pytest.raises(Refused, match="三员"):
            make_key(desk, key_of(admin), name="a", scopes=["cases:read"], until=TODAY + timedelta(days=5))


def test_guessing_keys_is_slowed_down(office: Office) -> None:
    client = TestClient(office.app, base_url=BASE)
    guess = {"Authorization": "Bearer ducha_guess"}
    assert [client.get("/api/v1/me", headers=guess).status_code for _ in range(20)] == [401] * 20
    answer = client.get("/api/v1/me", headers=guess)
    problem(answer, 429)
    assert answer.headers["retry-after"] == "600"


def test_a_right_key_is_heard_where_others_guess(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    for _ in range(21):
        caller.client.get("/api/v1/me", headers={"Authorization": "Bearer ducha_guess"})
    assert caller.get("/me").status_code == 200


def test_a_key_reads_no_work_that_a_page_began(office: Office) -> None:
    answer = office.caller("L-DIRECTOR").get("/jobs/abc")
    assert problem(answer, 403)["type"].endswith("person-needed")


def test_a_due_day_is_worked_out_from_days_or_from_a_statutory_period(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    assert caller.get("/calendar/due?start=2026-09-28&count=3").status_code == 200
    assert caller.get("/calendar/due?start=2026-09-28&clock=review_reply").status_code == 200
    for wrong in (
        "start=2026-09-28",
        "start=2026-09-28&count=3&clock=review_reply",
        "start=1900-01-01&count=3",
    ):
        problem(caller.get(f"/calendar/due?{wrong}"), 422)


def test_files_are_handed_to_the_archive_by_their_numbers(office: Office) -> None:
    values: dict[str, Any] = {
        "office_id": 1, "subject": "case", "state": "filed", "year": 2026, "title": "卷", "class_code": "ZG",
        "retention": "years_30", "transfer_due_on": TODAY, "members": 1, "size": 1, "sha256": "0" * 64,
        "packed_on": TODAY, "packed_by": "P90", "filed_on": TODAY,
    }  # fmt: skip
    with office.desk("L-DIRECTOR") as desk:
        files = [
            ArchiveFile(subject_id=place, code=f"C-{place}", piece=place, archive_no=f"A-{place}", **values)
            for place in (1, 2)
        ]
        numbers = [key_of(store(desk, one)) for one in files]
    caller = office.caller("L-DIRECTOR")
    answer = caller.post("/archive/transfer", {"files": numbers[:1], "note": "移交清单第1号"})
    assert (answer.status_code, answer.json()) == (200, {"files": numbers[:1]})
    states = [caller.get(f"/archive/{number}").json()["state"] for number in numbers]
    assert states == ["transferred", "filed"]


def test_what_is_refused_at_the_door_is_a_problem_too(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    large = caller.post("/archive/transfer", content_length=str(30 * 1024 * 1024))
    assert problem(large, 413)["type"].endswith("too-large")
    strange = caller.post("/archive/transfer", sec_fetch_site="cross-site")
    assert problem(strange, 403)["type"].endswith("not-allowed")
    page = caller.client.post("/sign-in", headers={"sec-fetch-site": "cross-site"})
    assert (page.status_code, page.headers["content-type"]) == (403, "text/plain; charset=utf-8")


def test_a_character_that_no_database_takes_is_refused(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    told = problem(caller.post("/archive/transfer", {"files": [1], "note": "移交\x00"}), 422)
    assert "不能使用的字符" in told["detail"]
    plain = caller.post("/archive/transfer", {"files": [1], "note": "写作 \\u0000 的文字"})
    assert plain.status_code != 422


def test_too_many_calls_a_minute_wait(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"api_per_minute": 10})
    office.__post_init__()
    caller = office.caller("L-DIRECTOR")
    assert {caller.get("/me").status_code for _ in range(10)} == {200}
    answer = caller.get("/me")
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) <= 60
    office.late = timedelta(minutes=1)
    assert caller.get("/me").status_code == 200


# ---- the session of a page's script ----------------------------------------------------------------------------------


def test_a_script_of_a_page_calls_with_its_session_and_writes_with_its_word(office: Office) -> None:
    client = TestClient(office.app, base_url=BASE, headers={"origin": BASE})
    client.cookies.set("ducha", sign_in(office.engine, office.settings, "L-DIRECTOR"))
    assert client.get("/api/v1/me").json()["by_key"] is False
    headers = {"idempotency-key": "script-0001"}
    body = {"act": "flag", "values": {"event": "E1"}}
    problem(client.post(f"/api/v1/cases/{CODE}/acts", json=body, headers=headers), 403)
    page = client.get("/account")
    word = re.search(r'name="_csrf" value="([0-9a-f]{64})"', page.text)
    assert word is not None
    answer = client.post(f"/api/v1/cases/{CODE}/acts", json=body, headers=headers | {"x-csrf-token": word[1]})
    assert answer.status_code in (200, 409, 422), answer.text  # let in: the verb decides


def test_signing_and_deciding_on_a_referral_are_never_done_with_a_key(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    told = problem(caller.post("/documents/2/acts", {"act": "sign"}), 403)
    assert "本人" in told["detail"]
    assert "本人" in problem(caller.post("/referrals/1/acts", {"act": "approve"}), 403)["detail"]


# ---- what one sees ---------------------------------------------------------------------------------------------------


def test_rows_out_of_sight_are_as_if_they_were_not_there(office: Office) -> None:
    inspector, verifier = office.caller("P61"), office.caller("P60")
    assert inspector.get("/cases").json()["items"] == []
    unseen = problem(inspector.get(f"/cases/{CODE}"), 404)
    never = problem(inspector.get("/cases/2026-ZH-99-D001-01"), 404)
    assert unseen["detail"] == never["detail"]
    problem(inspector.post(f"/cases/{CODE}/acts", NOTE), 404)
    seen = {row["code"] for row in verifier.get("/cases").json()["items"]}
    assert seen == {"2026-ZH-01-D001-03", "2026-ZH-01-D001-04"}
    for path in ("/campaigns", "/visits", "/findings", "/documents", "/requests"):
        assert inspector.get(path).json().get("items") == [], (path, inspector.get(path).text)
    problem(inspector.get("/statistics"), 403)
    problem(inspector.get("/findings/2026-ZH-01-D001-01"), 404)


def test_referrals_and_their_letters_are_for_those_who_may_know(office: Office) -> None:
    officer, director = office.caller("P62"), office.caller("L-DIRECTOR")
    assert CANARY in director.get("/referrals/1").text
    problem(officer.get("/referrals"), 403)
    problem(officer.get("/referrals/1"), 404)
    problem(officer.post("/referrals/1/acts", {"act": "screen", "note": "x", "receiver": "discipline"}), 404)
    for path in ("/documents", "/documents/1", "/tasks", f"/cases/{CODE}", "/findings"):
        assert CANARY not in officer.get(path).text, path
    problem(officer.get("/documents/1"), 404)
    with office.desk() as desk:
        looks = desk.session.exec(
            select(AuditEntry.actor).where(
                col(AuditEntry.subject) == "referral", col(AuditEntry.act) == "view"
            )
        ).all()
    assert looks == ["L-DIRECTOR"]


def test_a_unit_sees_its_own_and_nothing_of_the_office(office: Office) -> None:
    unit = office.caller("D001:liaison")
    rows = {row["code"] for row in unit.get("/cases").json()["items"]}
    assert rows
    for path in (
        "/campaigns",
        "/findings",
        "/units",
        "/people",
        "/outbox",
        "/leads",
        "/referrals",
        "/health",
    ):
        problem(unit.get(path), 403)
    shown = unit.get("/documents/3").json()
    assert (shown["drafted_by"], shown["files"], shown["services"]) == ("", [], [])


# ---- versions and keys of acts ---------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    first = caller.get(f"/cases/{CODE}")
    again = caller.get(f"/cases/{CODE}", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert caller.get(f"/cases/{CODE}", if_none_match='"other"').status_code == 200


def closing(office: Office) -> tuple[str, dict[str, object]]:
    """Return a case and an act that the director may do on it now."""
    return "2026-ZH-01-D001-04", {"act": "close", "note": "核查通过"}


def test_an_act_on_what_has_changed_since_is_refused(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    code, act = closing(office)
    before = caller.get(f"/cases/{code}")
    told = problem(caller.post(f"/cases/{code}/acts", act, if_match='"0123"'), 412)
    assert "变动" in told["detail"]
    done = caller.post(f"/cases/{code}/acts", act, if_match=before.headers["etag"])
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "closed"
    assert done.headers["etag"] == caller.get(f"/cases/{code}").headers["etag"]
    problem(caller.post(f"/cases/{code}/acts", act, if_match=before.headers["etag"]), 412)


def test_the_same_call_sent_again_is_answered_as_before_and_does_nothing_twice(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    code, act = closing(office)
    first = caller.post(f"/cases/{code}/acts", act, idempotency_key="closing-04")
    assert first.status_code == 200, first.text
    office.__post_init__()  # the process was started anew
    again = office.caller("L-DIRECTOR").post(f"/cases/{code}/acts", act, idempotency_key="closing-04")
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    other = caller.post(f"/cases/{code}/acts", act | {"note": "另一说明"}, idempotency_key="closing-04")
    problem(other, 422)
    with office.desk() as desk:
        entries = desk.session.exec(select(AuditEntry).where(col(AuditEntry.act) == "close")).all()
        kept = desk.session.exec(select(ApiCall)).all()
    assert len(entries) == 1
    assert len(kept) == 1


def test_a_refused_act_keeps_no_answer_and_may_be_tried_again(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    wrong = caller.post(f"/cases/{CODE}/acts", {"act": "close"}, idempotency_key="closing-01")
    problem(wrong, 409)
    with office.desk() as desk:
        assert desk.session.exec(select(ApiCall)).all() == []


def test_every_writing_call_names_its_key(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    problem(caller.post(f"/cases/{CODE}/acts", NOTE, idempotency_key=""), 400)
    problem(caller.post(f"/cases/{CODE}/acts", NOTE, idempotency_key="short"), 400)


# ---- bodies ----------------------------------------------------------------------------------------------------------


def test_a_body_that_is_no_json_too_large_or_has_unknown_names_is_refused(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    address, headers = f"/api/v1/cases/{CODE}/acts", caller.headers | {"idempotency-key": "bodies-0001"}
    plain = caller.client.post(address, content=b"x", headers=headers | {"content-type": "text/plain"})
    problem(plain, 415)
    json = headers | {"content-type": "application/json"}
    problem(caller.client.post(address, content=b"{", headers=json), 422)
    big = b'{"note": "' + b"x" * 1_100_000 + b'"}'
    problem(caller.client.post(address, content=big, headers=json), 413)
    told = caller.post(f"/cases/{CODE}/acts", NOTE | {"state": "closed"}).json()
    assert told["faults"][0]["where"] == "state"
    problem(caller.get("/cases?after=nonsense"), 422)
    problem(caller.get("/cases/%00"), 400)


def test_an_act_takes_its_evidence_in_the_same_call(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "整改照片.pdf"
    file.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n")
    caller = office.caller("L-DIRECTOR")
    code, _act = closing(office)
    body = '{"act": "close", "note": "核查通过"}'
    done = caller.upload(f"/cases/{code}/acts", body, file, idempotency_key="upload-0001")
    assert done.status_code == 200, done.text
    again = caller.upload(f"/cases/{code}/acts", body, file, idempotency_key="upload-0001")
    assert again.headers["idempotency-replayed"] == "true"
    file.write_bytes(b"%PDF-1.7\n2 0 obj<<>>endobj\n%%EOF\n")
    problem(caller.upload(f"/cases/{code}/acts", body, file, idempotency_key="upload-0001"), 422)
    problem(caller.upload("/tasks/1/acts", "{}", file), 415)


def test_lists_are_paged_by_a_place_and_no_row_comes_twice(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    found, after = [], ""
    while True:
        page = caller.get(f"/findings?limit=2&after={after}").json()
        found += [row["code"] for row in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert len(found) == len(set(found)) == 5


def test_answers_carry_the_headers_of_the_console_and_unknown_addresses_are_problems(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    answer = caller.get("/nowhere")
    problem(answer, 404)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    problem(caller.client.delete("/api/v1/cases", headers=caller.headers), 405)


def test_a_document_is_downloaded_as_an_attachment(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    with office.desk() as desk:
        number = desk.session.exec(select(Document.id).where(col(Document.kind) == "urging")).one()
    answer = caller.get(f"/documents/{number}/paper.docx")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_work_secret_is_not_downloaded_by_a_program(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    with office.desk() as desk:
        row = desk.session.exec(select(Document).where(col(Document.kind) == "urging")).one()
        row.secrecy = "work_secret"
        desk.session.add(row)
        number = row.id
    for paper in ("paper.docx", "paper.pdf"):
        problem(caller.get(f"/documents/{number}/{paper}"), 403)
