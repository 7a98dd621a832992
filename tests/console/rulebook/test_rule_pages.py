"""The rules in the console: read, drawn on a time axis, checked, compared, tried out; never changed by a page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.desk import at_desk
from core.rulebook.ladder import Ladder
from models.campaign import Campaign
from system.paths import RULES_DIR
from system.settings import Settings
from tests.console.acting import outcome_of, send
from tests.console.conftest import NOW, TODAY, browser_of, settings_in
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.databases import USUAL, open_database
from tests.make import make_campaign, make_finding_and_case, make_person, make_unit

ITEM = "/rules/at/catalogs/fazhi-ducha-46/items/E24"
PAGES = ("/rules", "/rules?q=公示", "/rules/catalogs/fazhi-ducha-46", "/rules/ladders/problem", "/rules/documents",
         "/rules/clocks", "/rules/law", "/rules/check", "/rules/codes/E402", "/rules/compare", "/rules/history",
         "/rules/compare?a=base&b=current", "/rules/compare?a=2026-ZH-01&b=current", "/rules/what-if", "/rules/migrate",
         "/rules/at/documents/supervision", "/rules/at/catalogs/fazhi-ducha-46", ITEM, f"{ITEM}?history=1")  # fmt: skip
OFFICE_ONLY = ("/rules/what-if", "/rules/migrate")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sa.Engine, Settings]]:
    """Give a database with one overdue case under frozen rules, and rules of its own to change."""
    folder = tmp_path_factory.mktemp("rules")
    shutil.copytree(RULES_DIR, folder / "rules")
    settings = Settings(rules=folder / "rules", files=folder / "files")
    with open_database(USUAL, folder) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            unit = make_unit(desk)
            make_person(desk, "P01", roles="inspector")
            make_finding_and_case(desk, make_campaign(desk), unit, "2026-ZH-01-D001-01")
        yield engine, settings


@pytest.fixture(scope="module")
def browser(county: tuple[sa.Engine, Settings]) -> Iterator[TestClient]:
    """Give a browser of the director."""
    with browser_of(*county, "L-DIRECTOR") as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_rules_keeps_to_its_queries_and_bytes(
    browser: TestClient, county: tuple[sa.Engine, Settings], page: str
) -> None:
    with queries_of(county[0]) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES
    assert not re.findall(r"<[a-z][^>]*\sstyle=", answer.text)


def test_inspectors_read_the_rules_and_only_planners_try_others(county: tuple[sa.Engine, Settings]) -> None:
    with browser_of(*county, "P01") as inspector:
        for page in PAGES:
            hidden = "2026-ZH-01" in page  # frozen by a campaign on none of whose visits they are
            expected = 403 if page in OFFICE_ONLY else 404 if hidden else 200
            assert inspector.get(page).status_code == expected, page
    with browser_of(*county, "D001:liaison") as unit:
        assert {unit.get(page).status_code for page in PAGES} == {403}


def test_an_item_shows_its_law_with_what_may_be_printed_and_where_it_is_written(browser: TestClient) -> None:
    text = browser.get(ITEM).text

    assert "可以印入文书" in text
    assert re.search(r"catalogs/fazhi-ducha-46/[^:<]+\.yaml:\d+", text)
    assert "整改期限" in text
    assert "与现行一致" in browser.get(f"{ITEM}?history=1").text


def test_the_ladder_stands_on_an_axis_with_shape_word_and_table(browser: TestClient) -> None:
    text = browser.get("/rules/ladders/problem").text

    assert text.count('<svg viewBox="0 0 720') == 3  # one a severity
    for word in ("到期日", "送达日", "催办单", "责令整改通知单", "科室负责人"):
        assert word in text
    assert re.search(r'<polygon class="axis-lamp axis-red"', text)
    assert re.search(r'<circle class="axis-lamp axis-blue"', text)


@pytest.mark.parametrize(
    "page",
    [
        "/rules/at/nothing",
        "/rules/ladders/x",
        "/rules/codes/E999",
        "/rules/catalogs/x",
        "/rules/compare?a=base&b=/etc",
    ],
)
def test_what_is_no_rule_is_not_there(browser: TestClient, page: str) -> None:
    assert browser.get(page).status_code == 404


def test_no_page_reads_a_folder_of_the_machine(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    folder = str(county[1].rules)

    assert browser.get("/rules/compare", params={"a": "base", "b": folder}).status_code == 404


def test_the_check_names_file_line_and_column(county: tuple[sa.Engine, Settings]) -> None:
    engine, settings = county
    file = settings.rules / "catalogs" / "fazhi-ducha-46" / "catalog.yaml"
    whole = file.read_text(encoding="utf-8")
    with browser_of(engine, settings, "L-DIRECTOR") as browser:
        assert "没有错误" in browser.get("/rules/check").text
    broken = settings.rules / "clocks" / "zz.yml"
    broken.write_text("a: 1\n", encoding="utf-8")
    try:
        with browser_of(engine, settings, "L-DIRECTOR") as browser:
            assert re.search(r"clocks/zz\.yml:\d+:\d+", browser.get("/rules/check").text)
    finally:
        broken.unlink()
    assert file.read_text(encoding="utf-8") == whole


def test_other_days_for_a_rung_are_tried_without_writing_anything(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    same = send(browser, "/rules/what-if", "/rules/what-if/days", {"ladder": "problem", "days": "30"})
    assert "没有改动任何级次" in outcome_of(browser, same).text
    top = next(one for one in _ladder(county).profiles.items() if one[0].value == "major")[1].rungs[-1]
    given = {"ladder": "problem", "days": "30", f"offset-major-{top.code}": str(top.offset + 100)}
    page = outcome_of(browser, send(browser, "/rules/what-if", "/rules/what-if/days", given))

    assert "今天变灯1件" in page.text
    assert "2026-ZH-01-D001-01" in page.text


def _ladder(county: tuple[sa.Engine, Settings]) -> Ladder:
    with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW, readonly=True) as desk:
        return desk.rules.ladders["problem"]


def test_a_changed_file_is_checked_whole_and_tried_on_the_open_cases(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    place = "ladders/problem.yaml"
    text = (county[1].rules / place).read_text(encoding="utf-8")
    broken = {"file": ("改.yaml", text.replace("rungs:", "rung:", 1).encode())}
    told = outcome_of(
        browser, send(browser, "/rules/what-if", "/rules/what-if/file", {"place": place}, files=broken)
    )
    assert re.search(r"ladders/problem\.yaml:\d+:\d+", told.text)

    same = {"file": ("同.yaml", text.encode())}
    page = outcome_of(
        browser, send(browser, "/rules/what-if", "/rules/what-if/file", {"place": place}, files=same)
    )
    assert "0件有变化" in page.text
    assert (county[1].rules / place).read_text(encoding="utf-8") == text
    foreign = {"place": "../../etc/passwd"}
    answer = send(browser, "/rules/what-if", "/rules/what-if/file", foreign, files=same)
    assert "没有这个规则文件" in outcome_of(browser, answer).text


def test_a_campaign_moves_only_after_its_preview_with_a_reason_and_by_the_director(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    code = "2026-ZH-01"
    assert (
        "无须迁移"
        in outcome_of(
            browser, send(browser, "/rules/migrate", "/rules/migrate/preview", {"campaign": code})
        ).text
    )
    file = county[1].rules / "catalogs" / "fazhi-ducha-46"
    (target,) = [one for one in file.glob("*.yaml") if "id: E24" in one.read_text(encoding="utf-8")]
    whole = target.read_text(encoding="utf-8")
    assert "企业问卷和投诉办理" in whole  # a word of the item that no check and no example rests on
    target.write_text(whole.replace("企业问卷和投诉办理", "企业问卷、投诉办理"), encoding="utf-8")
    try:
        with browser_of(*county, "L-DIRECTOR") as fresh:
            page = outcome_of(
                fresh, send(fresh, "/rules/migrate", "/rules/migrate/preview", {"campaign": code})
            )
            seen = re.search(r"seen=([0-9a-f]{64})", page.text)
            assert seen is not None, page.text
            given = {"campaign": code, "seen": seen[1]}
            assert send(fresh, "/rules/migrate", "/rules/migrate", given).status_code == 400
            stale = {"campaign": code, "seen": "0" * 64, "note": "期限调整"}
            assert (
                "规则又有改动"
                in outcome_of(fresh, send(fresh, "/rules/migrate", "/rules/migrate", stale)).text
            )
            moved = outcome_of(
                fresh, send(fresh, "/rules/migrate", "/rules/migrate", {**given, "note": "期限调整"})
            )
            assert "已迁移到现行规则" in moved.text
        with at_desk(*county, by="L-DIRECTOR", today=TODAY, now=NOW, readonly=True) as desk:
            assert desk.session.get_one(Campaign, 1).rules_sha256 == seen[1]
    finally:
        target.write_text(whole, encoding="utf-8")


def test_the_manual_and_the_resolved_rules_can_be_had(browser: TestClient) -> None:
    assert browser.get("/rules/resolved.json").headers["content-disposition"].startswith("attachment")
    page = outcome_of(browser, send(browser, "/rules", "/rules/manual"))
    assert "《规则手册》已印制" in page.text


def test_nothing_of_a_file_name_leaves_its_folder(tmp_path: Path) -> None:
    from casework.rulesets.trying import rule_file_names

    with (
        open_database(USUAL, tmp_path) as engine,
        at_desk(engine, settings_in(tmp_path), by="L-DIRECTOR", today=TODAY, now=NOW) as desk,
    ):
        assert not [name for name in rule_file_names(desk) if name.startswith(("/", ".")) or ".." in name]
