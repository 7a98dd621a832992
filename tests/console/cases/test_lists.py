"""Lists beside the cases: ledger, findings, half-month reports, look-backs; narrowed, exported, and under sight."""

from __future__ import annotations

import re
import time
from datetime import date

from sqlmodel import col, select

from casework.rectification.halfreports import Subject, owe
from core.codes import Light
from models.organisation import Unit
from tests import make
from tests.casework.scene import CODE, PLANNED, Scene, plan_json, settle_county
from tests.console.cases.conftest import Open
from tests.console.test_pages import queries_of

DAY = date(2026, 4, 13)


def papers(scene: Scene, opinion: str | None = "confirmed") -> str:
    """Write one working paper that P01 found; return its number."""
    with scene.open_desk(today=PLANNED) as desk:
        settle_county(desk)
        campaign = make.make_campaign(desk, plan=plan_json())
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        code = f"{CODE}-D001-01"
        make.make_finding(
            desk,
            campaign,
            unit,
            code,
            state="paper",
            unit_opinion=opinion,
            confirmed_by=None,
            confirmed_on=None,
        )
    return code


def test_the_ledger_is_narrowed_by_text_class_and_days(scene: Scene, open_pages: Open) -> None:
    first, second = scene.notify(("D001", "E24", "minor"), ("T001", "F27", "grave"))

    with open_pages("L-DIRECTOR", DAY) as pages:
        assert second not in pages.get(f"/ledger?q={first}")
        text = pages.get("/ledger?category=fazhi-ducha-46/F")
        assert (first in text, second in text) == (False, True)
        assert first not in pages.get("/ledger?due_to=2026-04-01")
        assert 'class="c-problem"' not in pages.get("/ledger?q=%25")  # a per cent sign stands for itself
        assert first in pages.get("/ledger?sort=newest")
        assert pages.status("/ledger?due_from=morgen") == 400


def test_the_ledger_goes_out_as_a_workbook_of_what_is_in_sight(scene: Scene, open_pages: Open) -> None:
    scene.notify(("D001", "E24", "minor"), ("T001", "F27", "grave"))

    with open_pages("L-DIRECTOR", DAY) as pages:
        status, place = pages.post("/ledger/export", state="all")
        assert status == 303
        for _try in range(100):
            answer = pages.browser.get(f"{place}/file")
            if answer.status_code == 200:
                break
            time.sleep(0.1)
        assert answer.content.startswith(b"PK")


def test_a_paper_is_confirmed_by_somebody_else_and_a_contested_one_needs_a_reason(
    scene: Scene, open_pages: Open
) -> None:
    code = papers(scene, "contested")

    with open_pages("P01", DAY) as pages:
        assert "may_confirm" not in pages.get("/findings")
        assert f'value="{code}"' not in pages.get("/findings")
    with open_pages("P90", DAY) as pages:
        assert f'value="{code}"' in pages.get("/findings")
        status, text = pages.post("/findings/confirm", code=code)
        assert status == 400
        assert "认定须写明复核理由" in text
        assert f'value="{code}" aria-label="选择{code}" checked' in text
        assert pages.post("/findings/confirm", code=code, note="证据充分") == (303, "/findings")
    assert scene.case(code).state == "open"


def test_agreed_papers_of_a_campaign_are_confirmed_at_once(scene: Scene, open_pages: Open) -> None:
    code = papers(scene)

    with open_pages("P90", DAY) as pages:
        assert "认定全部单位已确认的底稿" in pages.get(f"/findings?campaign={CODE}")
        assert pages.post("/findings/confirm-agreed", campaign=CODE)[0] == 303
        assert pages.post("/findings/confirm-agreed", campaign=CODE)[0] == 400  # nothing is left
    assert scene.finding(code).state == "confirmed"


def test_a_finding_is_withdrawn_with_a_reason_by_those_who_may(scene: Scene, open_pages: Open) -> None:
    code = papers(scene)

    with open_pages("P90", DAY) as pages:
        assert pages.post(f"/findings/{code}/withdraw", note="证据不足")[0] == 403
    with open_pages("P07", DAY) as pages:
        assert pages.post(f"/findings/{code}/withdraw", note="")[0] == 400
        assert pages.post(f"/findings/{code}/withdraw", note="证据不足")[0] == 303
        assert "证据不足" in pages.get(f"/findings/{code}")
    assert scene.finding(code).state == "withdrawn"


def test_findings_of_other_visits_are_out_of_sight(scene: Scene, open_pages: Open) -> None:
    code = papers(scene)

    with open_pages("P02", DAY) as pages:
        assert code not in pages.get("/findings")
        assert pages.status(f"/findings/{code}") == 404
    with open_pages("P03", DAY) as pages:  # leads teams, but was not there
        assert pages.post("/findings/confirm", code=code)[0] == 404
    assert scene.finding(code).state == "paper"


def test_half_reports_and_look_backs_answer_under_sight(scene: Scene, open_pages: Open) -> None:
    scene.notify(("D001", "E24", "minor"))
    with scene.open_desk(by="P90", today=date(2026, 6, 1)) as desk:
        case = scene.case(f"{CODE}-D001-01")
        subject = Subject("case", case.id, f"{CODE}-D001-01", case.unit_id)
        owe(desk, subject, date(2026, 5, 1), Light.YELLOW)

    with open_pages("P90", date(2026, 6, 1)) as pages:
        number = re.findall(r'href="/half-reports/(\d+)"', pages.get("/half-reports"))[0]
        assert pages.post(f"/half-reports/{number}/waive", reason="x")[0] == 403
        assert pages.post(f"/half-reports/{number}/send", text="", percent="40")[0] == 400
        assert pages.post(f"/half-reports/{number}/send", text="已修订制度", percent="40")[0] == 303
        assert "已修订制度" in pages.get(f"/half-reports/{number}")
        assert "没有这类事项" in pages.get("/look-backs")
        assert pages.post("/look-backs/draw", period="2026Q1")[0] == 409
    with open_pages("P06", date(2026, 6, 1)) as pages:
        assert pages.status(f"/half-reports/{number}") == 404
        assert pages.post(f"/half-reports/{number}/read")[0] == 404


def test_every_list_keeps_to_its_queries_and_bytes(scene: Scene, open_pages: Open, county: object) -> None:
    code = scene.notify(("D001", "E24", "minor"), ("T001", "F27", "grave"))[0]
    pages_of = (
        f"/cases/{code}", f"/findings/{code}", "/findings", "/ledger?q=x", "/requests", "/half-reports", "/",
        "/look-backs?tab=undated", "/tasks?whose=all", "/lights?campaign=2026-ZH-01", "/search?q=示例",
    )  # fmt: skip
    for holder in ("L-DIRECTOR", "P90", "P01"):
        with open_pages(holder, DAY) as pages:
            for address in pages_of:
                with queries_of(county) as queries:  # type: ignore[arg-type]  # an engine
                    text = pages.get(address)
                assert len(queries) <= 15, (holder, address, len(queries))
                assert len(text.encode()) < 100_000
