"""Lawsuits by the link of a mail: the unit's own, by the same link and code; secrets only to the office's mailboxes."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import col, select

from models.document import Document
from models.matter import LitigationMatter
from models.organisation import Unit
from tests.casework.court import NUMBER, Court
from tests.console.portal.conftest import ADDRESS, HEAD, OTHER, Portal, portal_in, word

ONE = "/matters/1"


def sued(portal: Portal, **changes: object) -> None:
    """Register a lawsuit against D001 beside the notices, and let the paper of D001 be about it."""
    portal.scene.notify(("D001", "E24", "major"), ("T001", "E24", "minor"), serve=False)
    Court(portal.scene).register(today=portal.today, **changes)
    with portal.desk() as desk:
        unit = select(Unit.id).where(col(Unit.code) == "D001").scalar_subquery()
        paper = desk.session.exec(select(Document).where(col(Document.unit_id) == unit)).one()
        paper.about, paper.about_id = "matter", 1
        desk.session.add(paper)
    portal.send()


def send(browser: TestClient, address: str, data: dict[str, str]) -> int:
    return browser.post(address, data={"_csrf": word(browser.get("/portal")), **data}).status_code


def test_the_link_of_a_paper_leads_to_the_lawsuit_and_lets_the_unit_answer(portal: Portal) -> None:
    sued(portal)
    browser = portal.let_in()
    paper = browser.get("/portal/documents/1").text
    assert f'href="{ONE}"' in paper
    assert NUMBER in browser.get(ONE).text
    assert NUMBER in browser.get("/matters").text
    assert browser.get("/hearings").status_code == 200
    assert "诉讼复议" in browser.get("/portal").text
    both = browser.get(ONE).text + browser.get(f"{ONE}/papers").text
    assert "progress" in {part.split('"')[0] for part in both.split('id="act-')[1:]}
    assert send(browser, f"{ONE}/acts/progress", {"progress-text": "已确定出庭负责人。"}) == 303
    assert "已确定出庭负责人" in browser.get(f"{ONE}/papers").text + browser.get(f"{ONE}/story").text


def test_another_unit_and_whoever_has_no_code_see_nothing_of_it(portal: Portal) -> None:
    sued(portal)
    bare = portal.browser()
    bare.get(f"/n/{portal.token()}")  # a scanner that follows the link
    assert bare.get(ONE).status_code == 303
    other = portal.let_in(OTHER)
    assert other.get(ONE).status_code == 404
    assert NUMBER not in other.get("/matters?state=all").text
    assert send(other, f"{ONE}/acts/progress", {"progress-text": "探知"}) == 404
    head = portal.let_in(HEAD)
    for address in ("/matters/new", "/matters/import"):
        assert head.get(address).status_code == 403  # what is of the office only


def test_a_link_that_is_out_of_use_ends_the_sight_of_the_lawsuit(portal: Portal) -> None:
    sued(portal)
    browser = portal.let_in()
    assert browser.get(ONE).status_code == 200
    with portal.desk() as desk:
        desk.session.connection().execute(
            sa.text("UPDATE portal_link SET revoked_at = made_at, revoked_by = 'P90'")
        )
    assert browser.get(ONE).status_code == 303


@pytest.mark.parametrize("outside", [True, False])
def test_a_secret_lawsuit_is_shown_to_the_offices_own_mailboxes_only(
    tmp_path: Path, *, outside: bool
) -> None:
    with portal_in(tmp_path, address=ADDRESS) as portal:
        sued(portal)
        address = "d001@mail.example" if outside else "liaison.d001@shilixian.example"
        with portal.desk() as desk:
            matter = desk.session.get_one(LitigationMatter, 1)
            matter.secrecy = "work_secret"
            unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
            unit.liaison_email = address
            desk.session.add(matter)
            desk.session.add(unit)
            change = sa.text("UPDATE portal_link SET recipient = :there WHERE recipient LIKE 'liaison.d001%'")
            desk.session.connection().execute(change, {"there": address})
            moved = sa.text("UPDATE message SET recipient = :there WHERE recipient LIKE 'liaison.d001%'")
            desk.session.connection().execute(moved, {"there": address})
        browser, token = portal.browser(), portal.token()
        assert portal.ask(browser, token).status_code == 303
        answer = browser.post(f"/n/{token}/open", data={"code": portal.code(address)})
        assert answer.status_code == 303, answer.text
        assert browser.get(ONE).status_code == (404 if outside else 200)
        assert (NUMBER in browser.get("/matters").text) is not outside
        assert (ONE in browser.get("/portal/documents/1").text) is not outside
        assert NUMBER.encode() not in browser.get("/matters/export").content or not outside


def test_a_long_history_is_read_page_by_page(notified: Portal) -> None:
    code = "2026-ZH-01-D001-01"
    notified.scene.act(code, "submit_plan", "D001:liaison", notified.today, measures="补齐")
    notified.scene.act(code, "approve_plan", "P07", notified.today)
    for number in range(120):
        notified.scene.act(
            code, "report_progress", "D001:liaison", notified.today, percent="40", text=f"第{number}次"
        )
    browser = notified.let_in()
    pages = [browser.get(f"/portal/history?page={number}").text for number in (1, 2, 3)]
    assert "第1页，共3页" in pages[0]
    told = "".join(pages)
    for number in range(120):
        assert f"第{number}次<" in told or f"第{number}次</" in told, number
    assert pages[0].index("第119次") < pages[0].index("第118次")
    assert browser.get("/portal/history?page=x").status_code == 400
