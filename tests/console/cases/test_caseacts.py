"""Acts on the page of a case: exactly the legal ones, what a refusal keeps, and who sees nothing at all."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlmodel import col, select

from core.life.rectification import CASE_ACT_LABELS, CaseAct
from models.organisation import Person
from tests.casework.scene import Scene
from tests.console.cases.conftest import Open

APPLIED, VERIFIED = date(2026, 4, 15), date(2026, 4, 16)


def offered(text: str) -> set[str]:
    """Return the acts for which a page has a form."""
    return set(re.findall(r'action="/cases/[^"]*/acts/([a-z_]+)"', text))


def rectifying(scene: Scene) -> str:
    """Bring one case to an approved plan."""
    code = scene.notify(("D001", "E24", "minor"))[0]
    scene.act(code, "submit_plan", "D001:liaison", date(2026, 4, 10), measures="修订制度")
    scene.act(code, "approve_plan", "P90", date(2026, 4, 13))
    return code


def applied(scene: Scene) -> str:
    """Bring one case to an application for closure."""
    code = rectifying(scene)
    scene.act(code, "apply_closure", "D001:liaison", APPLIED, note="已完成", files=(scene.file(),))
    return code


def test_someone_new_verifies_and_another_one_closes_through_the_page(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)
    address = f"/cases/{code}"

    with open_pages("P05", VERIFIED) as pages:
        text = pages.get(address)
        assert "第一步：核查验收" in text
        assert re.search(r'<details class="act act-main" id="act-verify" open>', text)
        assert pages.post(f"{address}/acts/verify", verdict="passed", manner="documents", note="属实") == (
            303,
            address,
        )
        assert "第二步：批准销号" in pages.get(address)
        assert "close" not in offered(pages.get(address))
    with open_pages("L-DIRECTOR", VERIFIED) as pages:
        text = pages.get(address)
        assert "已销号" in text
        assert "销号通知" in text
        assert pages.post(f"{address}/acts/close")[0] == 303
        assert "已办理：批准销号" in pages.get(address)
    assert scene.case(code).state == "closed"
    assert scene.documents("closure_notice")


def test_each_state_offers_exactly_the_acts_its_table_and_the_role_allow(
    scene: Scene, open_pages: Open
) -> None:
    code = rectifying(scene)
    day = date(2026, 4, 13)

    with open_pages("L-DIRECTOR", day) as pages:
        director = offered(pages.get(f"/cases/{code}"))
    with open_pages("P05", day) as pages:
        assert pages.status(f"/cases/{code}") == 404  # nothing waits for verification yet
    with open_pages("P01", day) as pages:
        inspector = offered(pages.get(f"/cases/{code}"))
    assert director == {"suspend", "flag", "withdraw"}
    assert inspector == {"flag"}


def test_who_applied_in_the_units_place_does_not_verify(scene: Scene, open_pages: Open) -> None:
    code = rectifying(scene)
    with scene.open_desk(today=APPLIED) as desk:
        person = desk.session.exec(select(Person).where(col(Person.code) == "P90")).one()
        person.roles = "officer、verifier"
        desk.session.add(person)
    scene.act(code, "apply_closure", "P90", APPLIED, note="代单位登记", files=(scene.file(),))

    with open_pages("P90", VERIFIED) as pages:
        text = pages.get(f"/cases/{code}")
        assert "verify" not in offered(text)
        assert "须由另一人核查" in text
        status, again = pages.post(f"/cases/{code}/acts/verify", verdict="passed", note="我自己核查")
        assert status == 403
        assert "核查人不能是申请销号的人" in again


def test_a_refused_act_shows_its_form_again_with_what_was_typed(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)

    with open_pages("P05", VERIFIED) as pages:
        status, text = pages.post(f"/cases/{code}/acts/verify", verdict="failed", manner="on_site", note="  ")
        assert status == 400
        assert 'value="on_site" checked' in text
        assert 'value="failed" checked' in text
        assert "须写明理由" in text
    assert scene.case(code).state == "closure_applied"


def test_a_case_out_of_sight_answers_like_a_number_never_given_to_every_verb(
    scene: Scene, open_pages: Open
) -> None:
    code = rectifying(scene)

    with open_pages("P06", APPLIED) as pages:
        for part in ("", "/refer", "/evidence/1"):
            hidden, missing = (
                pages.browser.get(f"/cases/{code}{part}"),
                pages.browser.get(f"/cases/没有{part}"),
            )
            assert (hidden.status_code, missing.status_code) == (404, 404) if part != "/evidence/1" else True
        assert pages.post(f"/cases/{code}/acts/flag", event="E4", note="x")[0] == 404
        assert pages.post(f"/cases/{code}/notes", text="x", kind="talk")[0] == 404
    assert scene.case(code).light == "none"


def test_units_and_administrators_have_no_case_pages(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)

    with open_pages("D001:liaison", VERIFIED) as pages:
        for address in (
            f"/cases/{code}",
            "/ledger",
            "/requests",
            "/findings",
            "/lights",
            "/tasks",
            "/half-reports",
        ):
            assert pages.status(address) == 403, address
        assert pages.post(f"/cases/{code}/acts/report_progress", percent="10")[0] == 403


def test_an_extension_is_decided_where_it_stands_in_the_list(scene: Scene, open_pages: Open) -> None:
    code = rectifying(scene)
    until = date(2026, 5, 15)
    scene.act(
        code, "request_extension", "D001:leader", date(2026, 4, 14), note="等待采购", until=until.isoformat()
    )

    with open_pages("P90", APPLIED) as pages:
        assert "request-act" not in pages.get("/requests")
    with open_pages("L-DIRECTOR", APPLIED) as pages:
        text = pages.get("/requests")
        assert "等待采购" in text
        number = re.findall(r'action="/requests/(\d+)/decide"', text)[0]
        status, again = pages.post(
            f"/requests/{number}/decide", verdict="granted", until="2026-12-31", note="同意"
        )
        assert status == 400
        assert "延期期限不合规定" in again
        assert 'value="2026-12-31"' in again
        assert pages.post(f"/requests/{number}/decide", verdict="granted", until=until.isoformat()) == (
            303,
            "/requests",
        )
        assert code in pages.get("/requests?tab=decided")
    assert scene.case(code).due_on == until


def test_evidence_is_downloaded_as_an_attachment_of_its_case_only(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)

    with open_pages("P05", VERIFIED) as pages:
        place = re.findall(rf'href="(/cases/{code}/evidence/\d+)"', pages.get(f"/cases/{code}"))[0]
        answer = pages.browser.get(place)
        assert answer.content == b"%PDF-1.7 proof"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert pages.status(f"/cases/{code}/evidence/999") == 404


def test_a_note_is_kept_and_its_day_becomes_a_task(scene: Scene, open_pages: Open) -> None:
    code = rectifying(scene)

    with open_pages("P90", APPLIED) as pages:
        values = {"kind": "telephone", "text": "催问进展", "follow_up_on": "2026-04-20"}
        assert pages.post(f"/cases/{code}/notes", **values)[0] == 303
        assert "催问进展" in pages.get(f"/cases/{code}")
        tasks = pages.get("/tasks")
        assert "跟进" in tasks
        number = re.findall(r'action="/tasks/(\d+)/done"', tasks)[0]
        assert pages.post(f"/tasks/{number}/done", note="已问")[0] == 303
    with open_pages("P02", APPLIED) as pages:
        assert pages.post(f"/tasks/{number}/done")[0] == 404


def test_handing_a_case_to_the_compartment_leaves_nothing_on_its_page(scene: Scene, open_pages: Open) -> None:
    code = rectifying(scene)

    with open_pages("P90", APPLIED) as pages:
        assert pages.post(f"/cases/{code}/refer", note="")[0] == 400
        assert pages.post(f"/cases/{code}/refer", note="涉嫌弄虚作假的事实")[0] == 303
        assert "弄虚作假" not in pages.get(f"/cases/{code}")
        assert pages.post(f"/cases/{code}/acts/refer", note="x")[0] == 404


@pytest.mark.parametrize("act", list(CaseAct))
def test_every_act_has_its_word(act: CaseAct) -> None:
    assert CASE_ACT_LABELS[act]
