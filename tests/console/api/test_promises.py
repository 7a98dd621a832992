"""What callers rely on: paging, versions, keys of acts under retries and at the same time, problems that help."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import col, select

from models.base import key_of
from models.message import Message
from models.record import AuditEntry
from models.task import Task
from tests.console.api.conftest import Caller, Office
from tests.console.api.test_calls import closing, problem
from tests.console.conftest import CANARY

TYPE = "urn:ducha:problem:"


def walked(caller: Caller, path: str) -> list[str]:
    """Follow `Link` to the end of a list and return what was on it."""
    found: list[str] = []
    address = f"/api/v1{path}"
    for _ in range(50):
        answer = caller.client.get(address, headers=caller.headers)
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        found += [str(one.get("code") or one.get("id")) for one in shown["items"]]
        assert ("next" in answer.links) == bool(shown["next"])
        if not shown["next"]:
            return found
        address = answer.links["next"]["url"]
    raise AssertionError("the list does not end")


@pytest.mark.parametrize(
    "path", ["/findings", "/outbox", "/people", "/requests", "/look-backs", "/calendar/proposals", "/reports"]
)
def test_a_list_is_the_same_in_small_pages_as_in_large(office: Office, path: str) -> None:
    caller = office.caller("L-DIRECTOR")
    whole = [str(one.get("code") or one.get("id")) for one in caller.get(f"{path}?limit=100").json()["items"]]
    assert walked(caller, f"{path}?limit=1") == whole
    assert len(set(whole)) == len(whole) or path == "/look-backs"
    problem(caller.get(f"{path}?limit=101"), 422)


def test_the_next_page_keeps_what_was_asked_for(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    answer = caller.get("/findings?limit=2&campaign=2026-ZH-01")
    assert "campaign=2026-ZH-01" in answer.links["next"]["url"]


def test_a_mail_that_was_settled_meanwhile_is_not_settled_again(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    with office.desk() as desk:
        number = desk.session.exec(select(Message.id).where(col(Message.state) == "unknown")).one()
    seen = caller.get(f"/outbox/{number}").headers["etag"]
    done = caller.post(f"/outbox/{number}/resolve", {"verdict": "accepted"}, if_match=seen)
    assert (done.status_code, done.json()["state"]) == (200, "accepted"), done.text
    assert done.headers["etag"] == caller.get(f"/outbox/{number}").headers["etag"]
    late = caller.post(f"/outbox/{number}/resolve", {"verdict": "cancel"}, if_match=seen)
    assert problem(late, 412)["type"] == TYPE + "changed"


def test_an_act_without_a_version_refuses_one(office: Office) -> None:
    answer = office.caller("L-DIRECTOR").post("/findings/confirm", {"codes": ["x"]}, if_match='"0123"')
    assert problem(answer, 412)["type"] == TYPE + "changed"


def test_the_same_key_with_another_body_or_address_is_told_apart(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    code, act = closing(office)
    assert caller.post(f"/cases/{code}/acts", act, idempotency_key="one-key-1").status_code == 200
    for path, body in (
        (f"/cases/{code}/acts", act | {"note": "另一说明"}),
        ("/cases/2026-ZH-01-D001-01/acts", act),
    ):
        told = problem(caller.post(path, body, idempotency_key="one-key-1"), 422)
        assert told["type"] == TYPE + "key-reused"
        assert told["remedy"]


def test_the_same_key_of_another_account_is_another_call(office: Office) -> None:
    code, act = closing(office)
    first = office.caller("L-DIRECTOR").post(f"/cases/{code}/acts", act, idempotency_key="shared-key")
    assert first.status_code == 200
    other = office.caller("P62").post(f"/cases/{code}/acts", act, idempotency_key="shared-key")
    assert "idempotency-replayed" not in other.headers
    problem(other, 409 if other.status_code == 409 else 403)


def test_the_same_call_sent_by_several_at_once_is_done_once(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    code, act = closing(office)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda _n: caller.post(f"/cases/{code}/acts", act, idempotency_key="at-once-1"), range(6)
            )
        )
    assert {one.status_code for one in answers} <= {200, 409, 503}
    good = [one for one in answers if one.status_code == 200]
    assert len({one.text for one in good}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in good) == 1
    with office.desk() as desk:
        entries = desk.session.exec(select(AuditEntry).where(col(AuditEntry.act) == "close")).all()
    assert len(entries) == 1


def test_of_several_acts_on_one_version_at_once_one_is_done(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    code, act = closing(office)
    seen = caller.get(f"/cases/{code}").headers["etag"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda n: caller.post(
                    f"/cases/{code}/acts", act, if_match=seen, idempotency_key=f"version-{n}"
                ),
                range(6),
            )
        )
    assert [one.status_code for one in answers].count(200) == 1
    assert {one.status_code for one in answers} <= {200, 412, 503}


def test_what_is_made_tells_where_it_is_read_also_when_sent_again(office: Office) -> None:
    caller = office.caller("L-DIRECTOR")
    body = {"source": "hotline_12345", "title": "反映一件事", "text": "来电反映某窗口不出示证件"}
    first = caller.post("/leads", body, idempotency_key="a-new-lead-1")
    assert first.status_code == 201, first.text
    where = first.headers["location"]
    assert caller.client.get(where, headers=caller.headers).json()["id"] == first.json()["id"]
    again = caller.post("/leads", body, idempotency_key="a-new-lead-1")
    assert (again.status_code, again.headers["location"], again.text) == (201, where, first.text)


def test_an_import_is_looked_at_first_and_brought_in_by_who_looked(office: Office, tmp_path: Path) -> None:
    from tests.console.api.test_guide import UNITS

    path = tmp_path / "units.csv"
    path.write_text(
        UNITS + "D900,示例县示例局,政府部门,,联络员,d900@shilixian.example,负责人,,,\n", encoding="utf-8"
    )
    caller, other = office.caller("L-DIRECTOR"), office.caller("L-DEPUTY")
    seen = caller.upload("/imports/units/preview", "{}", path).json()
    assert [one["code"] for one in seen["added"]] == ["D900"]
    assert caller.get("/units/D900").status_code == 404
    problem(other.post("/imports/units", {"held": seen["held"]}), 404)
    assert caller.post("/imports/units", {"held": seen["held"]}).json()["counts"]["added"] == 1
    assert caller.get("/units/D900").status_code == 200


def test_a_file_that_is_not_what_it_says_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "units.xlsx"
    path.write_bytes(b"MZ" + bytes(200))
    told = problem(office.caller("L-DIRECTOR").upload("/imports/units/preview", "{}", path), 422)
    assert told["type"] == TYPE + "invalid-value"


def test_a_refused_act_says_which_acts_are_possible(office: Office) -> None:
    told = problem(office.caller("L-DIRECTOR").post("/cases/2026-ZH-01-D001-01/acts", {"act": "close"}), 409)
    assert told["type"] == TYPE + "illegal-move"
    assert "可执行的操作" in told["expected"]
    assert told["remedy"]


def test_mails_of_the_compartment_are_not_in_the_list_of_mails(office: Office) -> None:
    with office.desk() as desk:
        mail = desk.session.exec(select(Message)).first()
        assert mail is not None
        mail.document_id = 1  # the letter of a referral
        desk.session.add(mail)
    caller = office.caller("L-DIRECTOR", "outbox:read")
    assert mail.id not in {one["id"] for one in caller.get("/outbox").json()["items"]}
    problem(caller.get(f"/outbox/{mail.id}"), 404)


def test_a_key_that_is_not_for_the_compartment_learns_nothing_of_it_elsewhere(office: Office) -> None:
    with office.desk("L-DIRECTOR") as desk:
        task = Task(
            office_id=desk.office_id, key="t1", kind="linkage_item", title=f"办理{CANARY}", subject="referral",
            subject_id=1, owner="L-DIRECTOR", role="linkage", state="open", opened_on=desk.today,
            confidential=True,
        )  # fmt: skip
        desk.session.add(task)
        desk.session.flush()
        number = key_of(task)
    narrow = office.caller("L-DIRECTOR", "tasks:write", "statistics:read", "archive:read")
    whole = office.caller("L-DIRECTOR")
    assert CANARY in whole.get("/tasks").text
    assert CANARY not in narrow.get("/tasks").text
    problem(narrow.get(f"/tasks/{number}"), 404)
    problem(narrow.post(f"/tasks/{number}/acts", {"act": "done", "note": "x"}), 404)
    code = next(
        one["code"]
        for one in whole.get("/statistics/indicators").json()["indicators"]
        if one["code"].startswith("referral") and not one["code"].endswith("*")
    )
    assert whole.get(f"/statistics/indicators/{code}").status_code == 200
    problem(narrow.get(f"/statistics/indicators/{code}"), 403)
