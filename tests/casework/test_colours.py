"""Colours are data: an office with a ladder of three colours lives a whole story in them, by its own words."""

from __future__ import annotations

import dataclasses
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.counts.statistics import count
from casework.desk import Desk
from casework.ledgers.ledger import export_ledger, import_ledger
from casework.lights.explaining import explain_case
from casework.rectification.board import LedgerFilters, ledger_view
from casework.rectification.caselist import list_cases, show_case
from casework.reports.campaignreport import campaign_report
from casework.upkeep.doctor import examine
from console.app import create_app
from core.codes import Light
from core.errors import InvalidInput
from core.rulebook import check_rules, is_error
from delivery.report import render_report
from delivery.sheets.ledger import read_ledger, write_ledger
from flows.edge import Edge
from flows.jobs import run_sweep
from models.rectification import Rectification
from system.paths import RULES_DIR, read_texts
from system.settings import Settings
from tests import make
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, Scene
from tests.casework.test_deadlines import Day, proceed
from tests.casework.test_ledger import OLD
from tests.console.conftest import sign_in

LADDER = Path(__file__).parents[1] / "rules" / "ladders" / "three_colours.yaml"
WORD = "橙色督办"
DUE = date(2026, 4, 29)
BLUE_ON, ORANGE_ON, RED_ON = date(2026, 4, 22), date(2026, 4, 30), date(2026, 5, 11)
MAJOR, OTHER = ("D001", "E24", "major"), ("D001", "E19", "major")


def three_colour_rules(folder: Path) -> Path:
    """Return a copy of the shipped rules in which the office has chosen the ladder of three colours."""
    rules = folder / "rules"
    shutil.copytree(RULES_DIR, rules)
    shutil.copy(LADDER, rules / "ladders" / LADDER.name)
    office = rules / "offices" / "shilixian.yaml"
    text = office.read_text(encoding="utf-8")
    assert text.count("ladder: problem\n") == 1
    office.write_text(text.replace("ladder: problem\n", "ladder: three_colours\n"), encoding="utf-8")
    return rules


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the rules of the office of three colours, read once for all tests."""
    return three_colour_rules(tmp_path_factory.mktemp("three"))


@pytest.fixture
def settings(rules: Path, tmp_path: Path) -> Settings:
    """Give settings with the rules of the office of three colours."""
    return Settings(rules=rules, files=tmp_path / "files")


Sweep = Any


@pytest.fixture
def sweep(engine: sa.Engine, settings: Settings) -> Sweep:
    """Give a function that sweeps on a day."""
    return lambda day: run_sweep(Edge(engine, settings, Day(day, explicit=True)))


@pytest.fixture
def browser(engine: sa.Engine, settings: Settings, scene: Scene) -> Iterator[TestClient]:
    """Give a browser on the console of this office, on the day on which orange was lit."""
    app = create_app(engine, settings, clock=lambda: Day(ORANGE_ON).now())
    with TestClient(app, base_url="http://127.0.0.1:8460") as one:
        one.cookies.set("ducha", sign_in(engine, settings, "L-DIRECTOR", Day(ORANGE_ON).now()))
        yield one


def lit(scene: Scene, sweep: Sweep) -> str:
    """Bring a case to its blue reminder and then to orange, whose document is drafted."""
    (code,) = scene.notify(MAJOR)
    assert scene.case(code).due_on == DUE
    sweep(BLUE_ON)
    sweep(ORANGE_ON)
    return code


def broken_rungs(desk: Desk) -> int:
    """Return how many rungs the doctor finds out of order."""
    return next(one.broken for one in examine(desk).invariants if one.id == "INV-8")


def test_a_ladder_need_not_use_every_colour_and_its_examples_hold(rules: Path) -> None:
    files = read_texts(rules, ".yaml")
    found = [one for one in check_rules(files) if one.file == "ladders/three_colours.yaml"]
    assert [str(one) for one in found if is_error(one)] == []


def test_each_colour_comes_in_the_order_of_the_ladder_with_its_document(scene: Scene, sweep: Sweep) -> None:
    (code,) = scene.notify(MAJOR)
    assert sweep(BLUE_ON)["issued"] == {"prompt": 1}
    assert sweep(ORANGE_ON)["drafted"] == {"urging": 1}
    assert scene.case(code).light == "orange"
    assert sweep(RED_ON)["drafted"] == {}  # 橙色督办的单子还没有送达
    proceed(scene, "urging", ORANGE_ON)
    assert sweep(RED_ON)["drafted"] == {"supervision": 1}
    case = scene.case(code)
    assert (case.light, case.highest_light) == ("red", "red")
    assert [rung.light for rung in scene.rungs(code)] == ["blue", "orange", "red"]
    with scene.open_desk(today=RED_ON) as desk:
        assert broken_rungs(desk) == 0


def test_the_case_the_list_and_the_explanation_say_the_word_of_the_colour(scene: Scene, sweep: Sweep) -> None:
    code = lit(scene, sweep)
    with scene.open_desk(today=ORANGE_ON, readonly=True) as desk:
        shown, listed = show_case(desk, code), list_cases(desk)
        explained = explain_case(desk, code)
        board = ledger_view(desk, LedgerFilters())
    assert (shown["light"], shown["light_word"]) == ("orange", WORD)
    assert [row["light_word"] for row in listed] == [WORD]
    said = "".join(explained.sentences)
    assert f"现为{WORD}" in said
    assert "橙灯" not in said
    assert "蓝灯" in said
    assert explained.as_dict()["light_word"] == WORD
    assert board.lights == (Light.RED, Light.ORANGE, Light.BLUE, Light.NONE)
    assert board.palette.word(board.page.rows[0].light) == WORD


def test_every_page_of_the_console_says_the_word_of_the_colour(
    scene: Scene, sweep: Sweep, browser: TestClient
) -> None:
    code = lit(scene, sweep)
    number = scene.documents("urging")[0].id
    for address in ("/", "/ledger", f"/cases/{code}", f"/documents/{number}"):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert f"<span>{WORD}</span>" in answer.text, address
        assert "lamp-orange" in answer.text
        assert "黄灯" not in answer.text


def test_the_workbook_the_report_and_the_counts_say_the_word_of_the_colour(
    scene: Scene, sweep: Sweep
) -> None:
    lit(scene, sweep)
    with scene.open_desk(today=ORANGE_ON, readonly=True) as desk:
        palette = desk.rules.ladder_of(desk.office.code).palette
        book = scene.file("台账.xlsx", export_ledger(desk))
        report = render_report(campaign_report(desk, CODE))
        counted = {row.key: row for group in count(desk).groups for row in group.rows}
    (row,) = read_ledger(book, palette=palette)
    assert row.light is Light.ORANGE
    assert "<t>橙</t>" in zipfile.ZipFile(book).read("xl/sharedStrings.xml").decode()
    assert f'<span class="lamp orange" title="{WORD}">橙</span>' in report
    assert "蓝1　橙1　红0" in report
    assert "黑" not in "".join(part for part in report.split("<style>")[0::2])
    assert (counted["lights.lit.orange"].label, counted["lights.lit.orange"].value) == (f"亮{WORD}", 1)
    assert "lights.lit.yellow" not in counted


def test_two_orange_cases_of_a_unit_count_as_red_in_the_report_only(scene: Scene, sweep: Sweep) -> None:
    codes = scene.notify(MAJOR, OTHER)
    sweep(BLUE_ON)
    sweep(ORANGE_ON)
    with scene.open_desk(today=ORANGE_ON, readonly=True) as desk:
        report = campaign_report(desk, CODE)
    assert {unit.code: unit.light for unit in report.units}["D001"] is Light.RED
    assert {scene.case(code).light for code in codes} == {"orange"}


def test_an_urgent_matter_begins_at_orange_and_is_verified_by_two(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    day = date(2026, 4, 10)
    scene.act(code, "flag", "P90", day, note="领导批示", event="E4")
    assert (scene.case(code).light, scene.documents("urging")[0].state) == ("orange", "draft")
    scene.act(code, "submit_plan", "D001:liaison", day, note="逐项公示")
    scene.act(code, "approve_plan", "P90", day)
    scene.act(code, "apply_closure", "D001:liaison", day, files=(scene.file(),))
    with pytest.raises(InvalidInput, match=f"曾亮{WORD}、红灯的事项须双人核查"):
        scene.act(code, "verify", "P05", day, verdict="passed")


def test_a_rebound_lights_up_one_colour_above_the_lowest_of_the_ladder(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    day = date(2026, 4, 10)
    scene.act(code, "submit_plan", "D001:liaison", day, note="逐项公示")
    scene.act(code, "approve_plan", "P90", day)
    scene.act(code, "apply_closure", "D001:liaison", day, files=(scene.file(),))
    scene.act(code, "verify", "P05", day, verdict="passed")
    scene.act(code, "close", "L-DIRECTOR", day)
    scene.act(code, "reopen", "P90", date(2026, 4, 20), note="抽查发现反弹")
    assert scene.case(code).light == "orange"


def test_an_old_ledger_comes_in_by_the_words_of_the_ladder_and_by_no_others(
    scene: Scene, tmp_path: Path
) -> None:
    scene.settle()
    late = dataclasses.replace(OLD, unit="D001", due_on=date(2026, 4, 20), light=Light.ORANGE)
    path = tmp_path / "旧台账.xlsx"
    with scene.open_desk(by="P90", today=ORANGE_ON) as desk:
        palette = desk.rules.ladder_of(desk.office.code).palette
        path.write_bytes(write_ledger([late], title="旧台账", made_on=ORANGE_ON, palette=palette))
        assert import_ledger(desk, path)["added"] == 1
    assert scene.case(late.case).light == "orange"
    black = dataclasses.replace(late, case="B-2", light=Light.BLACK)
    path.write_bytes(write_ledger([black], title="旧台账", made_on=ORANGE_ON))
    with (
        scene.open_desk(by="P90", today=ORANGE_ON) as desk,
        pytest.raises(InvalidInput) as refused,
    ):
        import_ledger(desk, path)
    (cell,) = refused.value.cells
    assert (cell.found, "橙" in cell.allowed) == ("黑", True)


def test_the_doctor_finds_a_rung_below_the_last_one_in_the_order_of_its_own_ladder(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(today=RED_ON) as desk:
        case = desk.session.get_one(Rectification, scene.case(code).id)
        for light, day in ((Light.BLUE, BLUE_ON), (Light.RED, ORANGE_ON)):
            make.make_rung(desk, case, light, day)
        assert broken_rungs(desk) == 0
        make.make_rung(desk, case, Light.ORANGE, RED_ON)
        assert broken_rungs(desk) == 1


def test_running_work_keeps_the_colours_it_began_with_when_the_office_changes_its_ladder(
    scene: Scene, sweep: Sweep, engine: sa.Engine, tmp_path: Path
) -> None:
    code = lit(scene, sweep)
    other_rules = open_desks_on(engine, Settings(rules=RULES_DIR, files=tmp_path / "files"))
    with other_rules(today=ORANGE_ON, readonly=True) as desk:
        assert desk.rules.ladder_of("shilixian").palette.lights[1] is Light.YELLOW
        assert show_case(desk, code)["light_word"] == WORD
        board = ledger_view(desk, LedgerFilters())
        assert broken_rungs(desk) == 0
    assert Light.ORANGE in board.lights  # 还有事项亮着，尽管现行等级不用这个颜色
    assert board.palette.word(Light.ORANGE) == "橙灯"
