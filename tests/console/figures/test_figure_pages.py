"""Statistics, ranking, periods and reports in the console: every number is its rows, and exports run nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.counts.countscope import count_scope, scope_of
from casework.counts.drilling import by_unit, drill_leaf
from casework.counts.figures import count_section
from casework.counts.registry import SECTIONS
from casework.desk import at_desk
from core.errors import NotAllowed
from models.period import Report, StatPeriod
from system.settings import Settings
from tests.console.acting import file_of, outcome_of, send
from tests.console.conftest import NOW, TODAY, browser_of, settings_in
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.databases import USUAL, open_database
from tests.make import (
    make_campaign,
    make_check,
    make_finding_and_case,
    make_person,
    make_referral,
    make_unit,
    make_visit,
)

FORMULA = "=cmd|'/C calc'!A0"
PAGES = (
    *(f"/statistics?group={section.number}" for section in SECTIONS),
    "/statistics?campaign=2026-ZH-01&from=2026-01-01&to=2026-12-31&unit=D001&kind=comprehensive",
    "/statistics/rows?code=findings.confirmed", "/statistics/rows?code=cases.rectified_share",
    "/statistics/rows?code=findings.severity.major", "/statistics/units?code=findings.confirmed", "/statistics/focus",
    "/ranking", "/ranking?campaign=2026-ZH-01", "/ranking/units/D001", "/periods", "/reports",
)  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Iterator[tuple[sa.Engine, Settings]]:
    """Give a database with problems at two units, one of them worded like a formula, and a referral."""
    settings = settings_in(tmp_path)
    with open_database(USUAL, tmp_path) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            make_person(desk, "P90", roles="officer")
            member = make_person(desk, "P01", roles="inspector、leader")
            campaign = make_campaign(desk)
            for code in ("D001", "D002"):
                unit = make_unit(desk, code)
                make_check(desk, make_visit(desk, campaign, unit, member))
                for number in range(1, 4):
                    said = {"problem": FORMULA} if number == 1 else {}
                    case = make_finding_and_case(
                        desk, campaign, unit, f"2026-ZH-01-{code}-{number:02}", finding=said
                    )
            make_referral(desk, case)
        yield engine, settings


@pytest.fixture
def browser(county: tuple[sa.Engine, Settings]) -> Iterator[TestClient]:
    """Give a browser of an officer."""
    with browser_of(*county, "P90") as opened:
        yield opened


def test_every_page_of_figures_keeps_to_its_queries_and_bytes(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    for page in PAGES:
        with queries_of(county[0]) as queries:
            answer = browser.get(page)
        assert answer.status_code == 200, (page, answer.text)
        assert len(queries) <= MOST_QUERIES, (page, len(queries))
        assert len(answer.content) < MOST_BYTES, page


def test_a_unit_and_an_inspector_see_no_figures(county: tuple[sa.Engine, Settings]) -> None:
    with (
        browser_of(*county, "D001:liaison") as unit,
        at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW) as desk,
    ):
        make_person(desk, "P02", roles="inspector")
        assert {unit.get(page).status_code for page in PAGES} == {403}
    with browser_of(*county, "P02") as inspector:
        assert {inspector.get(page).status_code for page in PAGES} == {403}


def test_the_rows_of_every_number_sum_to_the_number(county: tuple[sa.Engine, Settings]) -> None:
    with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW, readonly=True) as desk:
        scope = scope_of(desk)
        whole = count_scope(scope)
        for section, group in zip(SECTIONS, whole.groups, strict=True):
            assert count_section(scope, section) == group
        seen = 0
        for group in whole.groups:
            for row in group.rows:
                if not row.value:
                    continue
                found = drill_leaf(scope, row.key, 1)
                assert found.value == row.value, row.key
                amount = len({one.thing for one in found.leaf.rows}) if found.different else sum(
                    one.amount for one in found.leaf.rows
                )  # fmt: skip
                assert amount == found.part, row.key
                seen += 1
        assert seen > 20


def test_the_numbers_of_the_units_sum_to_the_number_of_all(county: tuple[sa.Engine, Settings]) -> None:
    with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW, readonly=True) as desk:
        scope = scope_of(desk)
        rows = by_unit(scope, "findings.confirmed")
        assert {one.code: one.value for one in rows} == {"D001": 3, "D002": 3}
        assert drill_leaf(scope_of(desk, unit="D001"), "findings.confirmed", 1).value == 3


def test_rows_of_the_compartment_are_for_its_people_only(
    county: tuple[sa.Engine, Settings], browser: TestClient
) -> None:
    assert browser.get("/statistics/rows?code=referrals.opened").status_code == 403
    assert browser.get("/statistics/units?code=referrals.opened").status_code == 403
    text = browser.get("/statistics?group=9").text
    assert "明细限知悉人员" in text
    assert "code=referrals.opened" not in text
    answer = send(browser, "/statistics", "/statistics/export", {"code": "referrals.opened", "format": "csv"})
    assert "明细限知悉人员" in outcome_of(browser, answer).text
    with browser_of(*county, "L-DIRECTOR") as head:
        assert head.get("/statistics/rows?code=referrals.opened").status_code == 200
    with (
        at_desk(*county, by="P90", today=TODAY, now=NOW, readonly=True) as desk,
        pytest.raises(NotAllowed),
    ):
        by_unit(scope_of(desk), "referrals.opened")


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("/statistics?group=99", 404),
        ("/statistics?from=x", 400),
        ("/statistics?unit=D999", 404),
        ("/statistics?kind=x", 400),
        ("/statistics?from=2026-02-01&to=2026-01-01", 400),
        ("/statistics/rows?code=no.such", 404),
        ("/ranking/units/D999", 404),
    ],
)
def test_what_cannot_be_counted_is_told(browser: TestClient, page: str, status: int) -> None:
    assert browser.get(page).status_code == status


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_no_formula_that_somebody_typed(browser: TestClient, kind: str) -> None:
    given = {"code": "findings.confirmed", "format": kind}
    page = outcome_of(browser, send(browser, "/statistics", "/statistics/export", given))
    content = file_of(browser, page)

    if kind == "csv":
        cells = [cell for line in content.decode("utf-8-sig").splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.lstrip('"').startswith(("=", "+", "-", "@"))]
        assert FORMULA in content.decode("utf-8-sig")
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheets = [
                book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")
            ]
            assert not [text for text in sheets if "<f>" in text or "<f " in text]
            assert "calc" in book.read("xl/sharedStrings.xml").decode()


def test_all_numbers_are_exported_with_their_meaning(browser: TestClient) -> None:
    page = outcome_of(browser, send(browser, "/statistics", "/statistics/export", {"format": "csv"}))
    lines = file_of(browser, page).decode("utf-8-sig").splitlines()

    assert lines[0] == "指标组,指标,数值,单位,口径,代码"
    (line,) = [one for one in lines if one.endswith(",findings.confirmed")]
    assert ",6," in line


def test_a_period_is_closed_once_and_in_order_and_read_from_its_kept_numbers(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    given = {"kind": "month", "on": "2026-03-10"}
    assert "已结账" in outcome_of(browser, send(browser, "/periods", "/periods/close", given)).text
    assert "已结" in outcome_of(browser, send(browser, "/periods", "/periods/close", given)).text
    skipped = {"kind": "month", "on": "2026-05-10"}
    assert "不能先结账" in outcome_of(browser, send(browser, "/periods", "/periods/close", skipped)).text
    running = {"kind": "month", "on": TODAY.isoformat()}
    assert "尚未结束" in outcome_of(browser, send(browser, "/periods", "/periods/close", running)).text

    with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
        assert desk.session.get_one(StatPeriod, 1).closed_by == "P90"
        make_finding_and_case(
            desk, make_campaign(desk, "2026-ZX-09"), make_unit(desk, "D009"), "2026-ZX-09-D009-01"
        )
    text = browser.get("/statistics?group=4&from=2026-03-01&to=2026-03-31").text
    assert "数字不再变动" in text
    assert re.search(r"认定问题.*?<strong class=\"num\">6</strong>", text, re.DOTALL)
    numbers = outcome_of(
        browser, send(browser, "/periods", "/periods/numbers", {"kind": "month", "on": "2026-04-02"})
    )
    assert "迟报调整" in numbers.text


def test_a_report_is_drafted_by_one_and_issued_by_another(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    assert send(browser, "/reports", "/reports/make", {"kind": "bulletin"}).status_code == 400
    given = {"kind": "bulletin", "campaign": "2026-ZH-01"}
    page = outcome_of(browser, send(browser, "/reports", "/reports/make", given))
    assert 'href="/reports/1"' in page.text, page.text
    assert "通报" in browser.get("/reports/1").text
    assert browser.get("/reports/1/docx").content.startswith(b"PK")
    assert send(browser, "/reports", "/reports/1/issue").status_code == 403
    with browser_of(*county, "L-DIRECTOR") as head:
        answer = send(head, "/reports", "/reports/1/issue")
        assert answer.status_code == 303, answer.text
        assert "已印发" in head.get("/reports").text
        assert send(head, "/reports", "/reports/1/end", {"reason": ""}).status_code == 400
        assert send(head, "/reports", "/reports/1/end", {"reason": "数字有误"}).status_code == 303
    with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW, readonly=True) as desk:
        assert desk.session.get_one(Report, 1).state == "void"
    assert browser.get("/reports/99").status_code == 404


@pytest.mark.parametrize(
    "given", [{"kind": "campaign", "campaign": "2026-ZH-01"}, {"kind": "month", "on": "2026-03-10"}]
)
def test_the_reports_of_a_campaign_and_a_period_are_drafted(
    browser: TestClient, given: dict[str, str]
) -> None:
    page = outcome_of(browser, send(browser, "/reports", "/reports/make", given))

    assert 'href="/reports/1"' in page.text, page.text
    assert "督察" in browser.get("/reports/1").text


def test_the_ranking_is_exported(browser: TestClient) -> None:
    assert browser.get("/ranking/export.xlsx").content.startswith(b"PK")
    page = outcome_of(browser, send(browser, "/reports", "/reports/picture", {"campaign": "2026-ZH-01"}))
    assert file_of(browser, page).startswith(b"<!")
