"""What a unit sees: its own, what it was told, and nothing of what the office does for itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import col, select

from casework.rectification.cases import act_on_case
from casework.rectification.notes import Said, add_note
from core.codes import Light, Secrecy
from models.campaign import Campaign, Visit
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification
from tests.casework.scene import CODE
from tests.console.conftest import browser_of, sign_in
from tests.console.portal.conftest import LIAISON, OTHER, Portal, portal_in
from tests.console.proof.leakworld import content_of
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.make import make_document, make_finding_and_case, make_referral, make_rung

MINE, THEIRS = f"{CODE}-D001-01", f"{CODE}-T001-02"
CANARY = "线索金丝雀"
INSIDE = ("移送", "线索", "筛查", "复核意见", "核稿", "拟稿", "内部", CANARY)


def pages_of(browser: TestClient) -> list[str]:
    """Return every address of the portal that its pages lead to."""
    found, waiting = set(), ["/portal", "/portal/cases", "/portal/documents", "/portal/history"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found.add(address)
        answer = browser.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            waiting += [
                one.replace("&amp;", "&") for one in re.findall(r'href="(/portal[^"#]*)"', answer.text)
            ]
    return sorted(found)


@pytest.fixture
def busy(notified: Portal) -> Portal:
    """Give a case about which the office did all it does for itself."""
    scene, today = notified.scene, notified.today
    scene.act(MINE, "submit_plan", "D001:liaison", today, measures="补建专栏")
    scene.act(MINE, "return_plan", "P90", today, note="责任人不明确")
    with notified.desk("P90") as desk:
        add_note(desk, "case", MINE, Said(kind="telephone", text=CANARY))
        act_on_case(desk, MINE, "flag", note=CANARY, values={"event": "E4"})
        case, campaign = scene.case(MINE), desk.session.exec(select(Campaign)).one()
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        make_referral(desk, case, opinion=CANARY)
        make_document(desk, campaign, unit, "referral_letter", case, title=CANARY)
        make_document(desk, campaign, unit, "urging", case, state="draft", title=CANARY)
        make_finding_and_case(
            desk, campaign, unit, f"{CODE}-D001-90", finding={"problem": CANARY}, served_on=None
        )
        desk.record("referral", 1, "open", unit_id=unit.id, note=CANARY)
    return notified


def test_nothing_of_the_inside_is_on_any_page_of_the_portal(busy: Portal) -> None:
    browser = busy.let_in()
    pages = pages_of(browser)

    assert len(pages) > 8
    for address in pages:
        text = browser.get(address).text.partition("</header>")[2]
        for word in (*INSIDE, "P90", "P01", "T001"):
            assert word not in text, (address, word)
    assert "整改方案已退回：</strong>责任人不明确" in browser.get(f"/portal/cases/{MINE}").text


def test_a_letter_for_an_unannounced_visit_is_not_there_before_the_team_is(busy: Portal) -> None:
    with busy.desk("P90") as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        notice = desk.session.exec(select(Document).where(col(Document.kind) == "feedback_notice")).first()
        assert notice is not None
        visit = desk.session.exec(
            select(Visit).where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == notice.unit_id)
        ).one()
        reader = LIAISON if busy.scene.case(MINE).unit_id == notice.unit_id else OTHER
        campaign.hidden, visit.from_on, number = True, busy.today + timedelta(days=1), notice.id
        visit.to_on = visit.from_on
    page = f"/portal/documents/{number}"
    assert busy.let_in(reader).get(page).status_code == 404
    busy.now += timedelta(days=1)
    assert busy.let_in(reader).get(page).status_code == 200


def test_another_unit_is_as_if_it_were_not_there(busy: Portal) -> None:
    browser = busy.let_in(OTHER)
    notices = busy.scene.documents("feedback_notice")
    theirs = next(one for one in notices if one.unit_id == busy.scene.case(MINE).unit_id)
    for address in (
        f"/portal/cases/{MINE}", f"/portal/cases/{MINE}/do/report_progress", f"/portal/documents/{theirs.id}",
        f"/portal/documents/{theirs.id}/pdf", f"/portal/documents/{theirs.id}/workbook",
    ):  # fmt: skip
        hidden, missing = (
            browser.get(address),
            browser.get(address.replace(MINE, "无").replace(f"/{theirs.id}", "/999")),
        )
        assert hidden.status_code == missing.status_code == 404, address
        assert hidden.text.replace(MINE, "无").replace(f">{theirs.id}<", ">999<") == missing.text
    given = {"percent": "90", "text": "x"}
    assert busy.post(browser, f"/portal/cases/{MINE}/do/report_progress", **given).status_code == 404
    assert busy.post(browser, f"/portal/documents/{theirs.id}/acknowledge").status_code == 404
    assert (
        busy.post(browser, f"/portal/documents/{theirs.id}/reply", **{"reply-note": "x"}).status_code == 404
    )
    assert busy.scene.case(MINE).percent == 0
    assert MINE not in "".join(browser.get(page).text for page in pages_of(browser))


def test_acts_of_the_office_are_not_for_units(busy: Portal) -> None:
    browser = busy.let_in()
    for act in ("approve_plan", "close", "flag", "refer", "verify", "decide_extension", "nothing"):
        assert busy.post(browser, f"/portal/cases/{MINE}/do/{act}").status_code == 404
        assert browser.get(f"/portal/cases/{MINE}/do/{act}").status_code == 404


def test_an_account_of_a_unit_uses_the_same_pages(busy: Portal) -> None:
    token = sign_in(busy.engine, busy.settings, "D001:leader")
    browser = busy.browser()
    browser.cookies.set("ducha", token)

    assert "分管领导" in browser.get("/portal").text
    assert browser.get(f"/portal/cases/{MINE}").status_code == 200
    assert browser.get("/account").status_code == 200


def test_the_office_has_no_part_in_the_portal(engine: sa.Engine, tmp_path: Path) -> None:
    from tests.console.conftest import settings_in

    with browser_of(engine, settings_in(tmp_path), "L-DIRECTOR") as office:
        assert office.get("/portal").status_code == 403
    with browser_of(engine, settings_in(tmp_path), None) as nobody:
        assert nobody.get("/portal").headers["location"].startswith("/sign-in")


def test_a_work_secret_is_not_shown_to_a_mailbox_outside(tmp_path: Path) -> None:
    with portal_in(tmp_path, address="http://127.0.0.1:8460") as portal:
        portal.scene.notify(("D001", "E24", "major"), serve=False)
        with portal.desk() as desk:  # the mailbox of the liaison is not one of the office's domains
            unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
            unit.liaison_email = "d001@mail.example"
            desk.session.add(unit)
            desk.session.connection().execute(
                sa.text(
                    "UPDATE message SET recipient = 'd001@mail.example' WHERE recipient LIKE 'liaison.d001%'"
                )
            )
        portal.send()
        with portal.desk() as desk:
            notice = desk.session.exec(select(Document).where(col(Document.kind) == "feedback_notice")).one()
            notice.secrecy = Secrecy.WORK_SECRET.value
            desk.session.add(notice)
        browser = portal.let_in("d001@mail.example")
        owed = browser.get("/portal").text
        assert "另有1份文书属于工作秘密" in owed
        assert MINE not in owed
        assert "请当面领取" in browser.get("/portal/documents").text
        for address in ("/portal/documents/1", "/portal/documents/1/pdf", f"/portal/cases/{MINE}"):
            assert browser.get(address).status_code == 404
        assert "未按规定公示" not in "".join(browser.get(page).text for page in pages_of(browser))
        with portal.desk() as desk:  # a letter of another kind about the same case tells no more of it
            campaign = desk.session.exec(select(Campaign)).one()
            unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
            case = desk.session.exec(select(Rectification)).one()
            letter = make_document(
                desk, campaign, unit, "urging", case, state="served", content=content_of("催办"), title="催办"
            )
        page = browser.get(f"/portal/documents/{letter.id}")
        assert page.status_code == 200
        assert MINE not in page.text
        assert "未按规定公示" not in page.text


def test_whoever_carries_on_for_a_unit_reads_and_signs_for_its_papers(notified: Portal) -> None:
    notice = notified.scene.documents("feedback_notice")[0]
    with notified.desk() as desk:
        units = {unit.code: unit for unit in desk.session.exec(select(Unit))}
        units["D001"].valid_until, units["D001"].successor_id = (
            notified.today - timedelta(1),
            units["T001"].id,
        )
        desk.session.add(units["D001"])
    heir = notified.let_in(OTHER)

    assert heir.get(f"/portal/documents/{notice.id}").status_code == 200
    assert heir.get(f"/portal/documents/{notice.id}/pdf").content.startswith(b"%PDF")


def test_every_page_keeps_to_its_queries_and_bytes_and_runs_nothing(busy: Portal) -> None:
    browser = busy.let_in()
    with busy.desk() as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        for number in range(100, 180):
            case = make_finding_and_case(desk, campaign, unit, f"{CODE}-D001-{number}")
            make_rung(desk, case, Light.YELLOW, busy.today)
    for address in (
        "/portal", "/portal/cases", "/portal/documents", "/portal/history", f"/portal/cases/{MINE}",
        f"/portal/cases/{MINE}/do/report_progress", "/portal/documents/1", f"/n/{busy.token()}",
    ):  # fmt: skip
        with queries_of(busy.engine) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200, address
        assert len(queries) <= MOST_QUERIES, (address, "\n".join(queries))
        assert len(answer.content) < MOST_BYTES, address
        tags = re.findall(r"<[a-z][^>]*>", answer.text)
        assert not [tag for tag in tags if re.search(r"\s(style|on[a-z]+)\s*=|javascript:", tag)]
        assert not [tag for tag in tags if tag.startswith("<style")]
        scripts = [tag for tag in tags if tag.startswith("<script")]
        assert not [tag for tag in scripts if not tag.startswith('<script src="/static/')]


def test_what_people_typed_stays_text(notified: Portal) -> None:
    awkward = "<script>alert('一')</script> {{ 7*7 }}"
    scene = notified.scene
    scene.act(MINE, "report_progress", "D001:liaison", notified.today, percent="10", text=awkward)
    browser = notified.let_in()
    for address in (f"/portal/cases/{MINE}", "/portal/history"):
        text = browser.get(address).text
        assert "&lt;script&gt;alert" in text
        assert "<script>alert" not in text
        assert "{{ 7*7 }}" in text
