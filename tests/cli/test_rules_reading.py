"""Reading the rules: any rule with all about it, why a case is red, the state of the law, the printed manual."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.ladders.reckoning import recompute
from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.stages import GRAVE
from tests.cli.world import CODE

ITEM = "catalogs/fazhi-ducha-46/items"


@pytest.fixture
def ducha(tmp_path: Path) -> Ducha:
    """Give an office without a database."""
    return Ducha(tmp_path)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("A01", f"{ITEM}/A01"),
        ("fazhi-ducha-46/A01", f"{ITEM}/A01"),
        ("涉企行政检查规范", f"{ITEM}/E24"),
        ("minor/red", "ladders/problem/profiles/minor/rungs/red"),
        ("E1", "ladders/problem/events/E1"),
        ("supervision", "documents/supervision"),
        ("督办单", "documents/supervision"),
        ("problem", "ladders/problem"),
        ("problem/blue", "ladders/problem/colours/blue"),
        ("linkage/county", "linkage/county"),
        ("discipline", "linkage/county/receivers/discipline"),
        ("shilixian", "offices/shilixian"),
        ("R01", "catalogs/fazhi-ducha-46/sources/R01"),
        ("D02", "sources/D02"),
        ("litigation_defence", "clocks/statutory/clocks/litigation_defence"),
    ],
)
def test_a_rule_is_found_by_code_address_or_chinese_name(ducha: Ducha, name: str, address: str) -> None:
    told = ducha.ok("rules", "show", name)

    assert told["address"] == address
    assert told["file"]
    assert told["line"] >= 1
    assert told["rows"]


def test_an_event_of_a_lawsuit_is_found_by_its_code(ducha: Ducha) -> None:
    told = ducha.ok("rules", "show", "J8")

    assert told["address"].startswith("litigation/")
    assert told["rule"]["code"] == "J8"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("A0l", "A01"), ("suprvision", "supervision"), ("督办", "督办单"), ("minor/redd", "red")],
)
def test_an_unknown_name_gets_the_nearest_ones(ducha: Ducha, wrong: str, meant: str) -> None:
    error = ducha.refused("rules", "show", wrong)

    assert error["found"] == wrong
    assert meant in error["expected"]


def test_a_name_that_several_rules_bear_is_told_apart_by_its_addresses(ducha: Ducha) -> None:
    error = ducha.refused("rules", "show", "referral")

    assert "offices/shilixian/lines/party/series/referral" in error["expected"]


def test_an_item_shows_its_law_with_marks_and_who_may_set_what(ducha: Ducha) -> None:
    told = ducha.ok("rules", "show", "A01")
    law = next(row["lines"] for row in told["rows"] if row["field"] == "legal_basis")

    assert any("〔已核验·条文 R05" in line for line in law)
    assert any("〔未核验·记忆；有效至2025-12-31〕" in line for line in law)
    assert "分值" in told["settable"]
    assert "检查要求" not in told["settable"]


def test_a_source_says_which_items_cite_it_and_a_document_which_rungs_send_it(ducha: Ducha) -> None:
    source = {use["address"] for use in ducha.ok("rules", "show", "fazhi-ducha-46/R05")["used_by"]}
    paper = {use["address"] for use in ducha.ok("rules", "show", "urging")["used_by"]}

    assert f"{ITEM}/A01" in source
    assert {"ladders/problem/colours/yellow", "ladders/problem/profiles/minor/rungs/yellow"} <= paper


def test_without_a_database_the_history_says_that_it_was_not_asked(ducha: Ducha) -> None:
    assert ducha.ok("rules", "show", "E24")["history"]["campaigns"] is None
    assert "没有数据库" in ducha.run("rules", "show", "E24").out


def test_the_history_names_the_campaign_that_froze_a_rule_and_what_changed_since(
    at: At, tmp_path: Path
) -> None:
    ducha = at("opened")
    (frozen,) = ducha.ok("rules", "show", "major/red")["history"]["campaigns"]
    assert (frozen["campaign"], frozen["changed"]) == (CODE, [])

    rules = own_rules(ducha, tmp_path)
    path = rules / "ladders" / "problem.yaml"
    text = path.read_text(encoding="utf-8")
    major = text.index("  major:")
    path.write_text(
        text[:major] + text[major:].replace("meaning: 仍未销号", "meaning: 到期仍未销号", 1), encoding="utf-8"
    )

    assert ducha.ok("rules", "show", "major/red")["history"]["campaigns"][0]["changed"] == ["含义"]


OVERLAY = """\
name: 本县调整
version: "1"
date: 2026-01-01
status: 试行
set:
  - target: catalogs/fazhi-ducha-46/items/E24
    to: {rectify_days: 12}
    reason: 本县企业多，检查整改从快
    authority: 县委依法治县办主任会议纪要
"""


def test_the_history_tells_a_local_adjustment_with_its_reason_and_authority(
    ducha: Ducha, tmp_path: Path
) -> None:
    rules = own_rules(ducha, tmp_path)
    (rules / "overlays").mkdir(exist_ok=True)
    (rules / "overlays" / "benxian.yaml").write_text(OVERLAY, encoding="utf-8")
    office = rules / "offices" / "shilixian.yaml"
    text = office.read_text(encoding="utf-8")
    office.write_text(text.replace("choices:\n", "choices:\n  overlay: benxian\n", 1), encoding="utf-8")

    (change,) = ducha.ok("rules", "show", "E24")["history"]["changes"]
    said = ducha.run("rules", "show", "E24").out

    assert change["overlay"] == "benxian"
    assert "理由：本县企业多，检查整改从快；依据：县委依法治县办主任会议纪要" in said
    assert "整改期限（工作日）：12" in said
    assert not ducha.ok("rules", "show", "E23")["history"]["changes"]


def own_rules(ducha: Ducha, folder: Path) -> Path:
    """Give the office a copy of the rules that it may change."""
    import shutil

    from system.paths import RULES_DIR

    rules = folder / "own-rules"
    shutil.copytree(RULES_DIR, rules)
    ducha.settings["DUCHA_RULES"] = str(rules)
    return rules


def test_explain_tells_a_code_or_a_case_by_what_it_is_given(at: At) -> None:
    ducha = at("lapsed")
    case = ducha.ok("rules", "explain", GRAVE)

    assert case["id"] == GRAVE
    assert ducha.ok("rules", "explain", "E402")["code"] == "E402"
    assert "没有这个整改事项" in ducha.refused("rules", "explain", "2026-XX-01-D001-09")["what"]


def test_a_red_case_is_explained_down_to_rule_hash_and_working_days(at: At) -> None:
    ducha = at("lapsed")
    said = ducha.run("rules", "explain", GRAVE, "--today", ducha.day).out
    told: dict[str, Any] = ducha.ok("rules", "explain", GRAVE)

    assert "ladders/problem/profiles/grave/rungs/black（冻结的规则集 " in said
    assert "推算：起算日" in said
    light, due_on = recompute(told["reckoning"])
    assert (light.value, str(due_on)) == (told["light"], told["due_on"])
    assert said == ducha.run("case", "explain", GRAVE, "--today", ducha.day).out


def test_the_state_of_the_law_names_what_expired_with_file_and_line(ducha: Ducha) -> None:
    told = ducha.ok("rules", "law", "--on", "2026-11-21")
    expired = told["expired"][0]

    assert {"2021—2025" in one["document"] or "2023—2025" in one["document"] for one in told["expired"]} == {
        True
    }
    assert expired["file"].startswith("catalogs/")
    assert expired["line"] > 1
    assert told["region"] == "示例省示例市示例县"


def test_the_state_of_the_law_on_an_earlier_day_warns_of_what_ends_soon(ducha: Ducha) -> None:
    told = ducha.ok("rules", "law", "--on", "2025-12-20", "--soon", "30")
    said = ducha.run("rules", "law", "--on", "2025-12-20", "--soon", "30").out

    assert told["expiring"]
    assert not told["expired"]
    assert "即将失效或期满的依据" in said
    assert "失去最后一条有效依据的规则" in said


def test_a_day_that_is_none_is_refused(ducha: Ducha) -> None:
    assert ducha.refused("rules", "law", "--on", "2026-02-30")["found"] == "2026-02-30"


def test_the_manual_is_one_page_and_one_document(ducha: Ducha, tmp_path: Path) -> None:
    told = ducha.ok("rules", "manual", "--out", str(tmp_path / "手册"))
    page, document = (Path(file) for file in told["files"])

    assert told["sha256"] in page.read_text(encoding="utf-8")
    assert zipfile.ZipFile(document).testzip() is None


def test_an_unknown_office_prints_no_manual(ducha: Ducha, tmp_path: Path) -> None:
    assert (
        ducha.refused("rules", "manual", "--out", str(tmp_path), "--office", "nowhere")["found"] == "nowhere"
    )
