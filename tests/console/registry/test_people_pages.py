"""The pool in the console: people, terms, training, recusal, delegation, draws; and who may not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.staff.people import find_actor
from casework.staff.pools import terms_of
from models.delegation import Delegation
from models.organisation import Person
from models.pool import Draw, RecusalDeclaration
from tests.console.acting import send
from tests.console.conftest import TODAY
from tests.console.registry.conftest import Browse, OpenDesk
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of

PAGES = ("/people", "/people?q=P01&role=inspector", "/people/P01", "/pools/fazhi", "/pools/fazhi?all=1", "/recusals",
         "/recusals?pending=1", "/delegations", "/delegations?all=1", "/draws", "/draws?kind=people")  # fmt: skip
ENTRY = {"pool": "fazhi", "recommended_by": "示例县甲局", "checked_on": "2026-05-01"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_pool_keeps_to_its_queries_and_bytes(
    browse: Browse, engine: sa.Engine, page: str
) -> None:
    browser = browse("L-DIRECTOR")
    browser.get(page)
    with queries_of(engine) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


def test_an_inspector_sees_declarations_but_no_pool_and_a_unit_neither(browse: Browse) -> None:
    inspector, unit = browse("P02"), browse("D001:liaison")

    assert inspector.get("/recusals").status_code == 200
    for page in ("/people", "/people/P01", "/pools/fazhi", "/delegations", "/draws"):
        assert inspector.get(page).status_code == 403
        assert unit.get(page).status_code == 403
    assert unit.get("/recusals").status_code == 403


def test_a_person_enters_is_renewed_trained_and_leaves(browse: Browse, desk_of: OpenDesk) -> None:
    browser = browse("P90")
    assert send(browser, "/people/P01", "/people/P01/enrol", {"pool": "fazhi"}).status_code == 400
    assert send(browser, "/people/P01", "/people/P01/enrol", ENTRY).status_code == 303
    assert send(browser, "/people/P01", "/people/P01/enrol", ENTRY).status_code == 409  # is in already
    renewal = {"renew_pool": "fazhi", "renew_checked_on": "2026-06-01"}
    assert send(browser, "/people/P01", "/people/P01/renew", renewal).status_code == 303
    training = {"topic": "行政处罚法", "hours": "8", "trained_on": "2026-05-20"}
    assert send(browser, "/people/P01", "/people/P01/train", training).status_code == 303
    assert (
        send(browser, "/pools/fazhi", "/pools/fazhi/train", training).status_code == 400
    )  # nobody was ticked
    many = {**training, "topic": "行政复议法", "person": ["P01"]}
    assert send(browser, "/pools/fazhi", "/pools/fazhi/train", many).status_code == 303
    assert "16学时" in browser.get("/people/P01").text
    with desk_of("P90") as desk:
        reason = desk.rules.pools["fazhi"].exit_reasons[0]
    wrong = {"exit_pool": "fazhi", "exit_reason": "没有的情形"}
    assert send(browser, "/people/P01", "/people/P01/exit", wrong).status_code == 400
    leave = {"exit_pool": "fazhi", "exit_reason": reason}
    assert send(browser, "/people/P01", "/people/P01/exit", leave).status_code == 303
    with desk_of("P90") as desk:
        person = desk.session.get_one(Person, 3)
        assert terms_of(desk, "fazhi", person)[-1].exited_on == TODAY
    assert browser.get("/pools/fazhi/members.xlsx").content.startswith(b"PK")


def test_recusal_is_declared_by_oneself_decided_by_the_head_and_seen_by_few(
    browse: Browse, desk_of: OpenDesk
) -> None:
    inspector, other, head = browse("P01"), browse("P02"), browse("L-DIRECTOR")
    given = {"relation": "kin", "unit": "D001", "content": "配偶在该单位工作"}
    assert send(inspector, "/recusals", "/recusals", {"relation": "kin"}).status_code == 400
    assert send(inspector, "/recusals", "/recusals", given).status_code == 303
    assert "配偶在该单位工作" in inspector.get("/recusals").text
    assert "配偶在该单位工作" not in other.get("/recusals").text

    assert send(inspector, "/recusals", "/recusals/1/decide", {"verdict": "accept"}).status_code == 403
    assert send(other, "/recusals", "/recusals/1/withdraw", {"note": "不"}).status_code == 404
    assert send(head, "/recusals", "/recusals/1/decide", {"verdict": ""}).status_code == 400
    assert (
        send(head, "/recusals", "/recusals/1/decide", {"verdict": "accept", "note": "应回避"}).status_code
        == 303
    )
    assert "决定回避" in head.get("/people/P01").text
    with desk_of("L-DIRECTOR") as desk:
        assert desk.session.get_one(RecusalDeclaration, 1).state == "accepted"


def test_the_office_files_for_somebody_and_an_undecided_one_is_taken_back(browse: Browse) -> None:
    browser = browse("P90")
    given = {
        "relation": "interest",
        "unit": "D002",
        "content": "有业务往来",
        "person": "P02",
        "origin": "complainant",
    }
    assert send(browser, "/recusals", "/recusals", given).status_code == 303
    assert "投诉人申请" in browser.get("/recusals?pending=1").text
    assert send(browser, "/recusals", "/recusals/1/withdraw", {"note": "误报"}).status_code == 303
    assert "没有待决定的申报" in browser.get("/recusals?pending=1").text


def test_a_delegation_is_registered_by_who_lends_or_with_its_paper(
    browse: Browse, desk_of: OpenDesk, tmp_path: Path
) -> None:
    director, officer = browse("L-DIRECTOR"), browse("P90")
    given = {
        "principal": "L-DIRECTOR", "delegate": "L-DEPUTY", "document": ["urging"], "act": ["close"],
        "from_on": "2026-07-01", "until_on": "2026-07-10", "reason": "外出学习",
    }  # fmt: skip
    assert send(officer, "/delegations", "/delegations", given).status_code == 400  # no paper
    paper = {"file": ("授权书.pdf", b"%PDF-1.7\n%%EOF\n")}
    assert send(officer, "/delegations", "/delegations", given, files=paper).status_code == 303
    assert (
        send(director, "/delegations", "/delegations", {**given, "act": [], "document": ["x"]}).status_code
        == 400
    )
    page = director.get("/delegations?all=1").text
    assert "外出学习" in page
    assert "催办单" in page
    assert (
        "L-DEPUTY" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    )  # people are called by name
    assert send(director, "/delegations", "/delegations/1/revoke", {"revoke_reason": ""}).status_code == 400
    assert (
        send(director, "/delegations", "/delegations/1/revoke", {"revoke_reason": "提前返回"}).status_code
        == 303
    )
    with desk_of("L-DIRECTOR") as desk:
        assert desk.session.get_one(Delegation, 1).state == "revoked"
        assert find_actor(desk, "L-DEPUTY")


def test_a_draw_is_kept_with_its_seed_and_told_when_it_was_changed(browse: Browse, desk_of: OpenDesk) -> None:
    browser = browse("P90")
    given = {"kind": "units", "size": "2", "purpose": "随机抽查", "seed": "20260630", "leave_out": "D003"}
    assert send(browser, "/draws", "/draws", {**given, "size": "9"}).status_code == 400
    assert send(browser, "/draws", "/draws", {**given, "purpose": ""}).status_code == 400
    answer = send(browser, "/draws", "/draws", given)
    assert answer.headers["location"] == "/draws/1"
    page = browser.get("/draws/1").text
    assert "结果一致" in page
    assert "D001" in page
    assert "20260630" in page
    with desk_of("P90") as desk:
        row = desk.session.get_one(Draw, 1)
        row.picked = "D003\nD001"
        desk.session.add(row)
    assert "与记录不符" in browser.get("/draws/1").text
    assert browser.get("/draws/9").status_code == 404
