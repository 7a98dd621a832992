"""What if: another ladder over the open cases, told by colour and day; nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import sqlalchemy as sa

from casework.rulesets.whatif import compare_ladders, read_ladder
from core.codes import Light, Severity
from core.errors import InvalidInput, InvalidRuleFile, NotFound
from core.rulebook import Ladder
from system.paths import RULES_DIR
from tests import make
from tests.casework.scene import Scene, settle_county
from tests.casework.test_deadlines import write
from tests.casework.test_rehearsing import every_row

TODAY = date(2026, 6, 4)  # one working day after the due date of every case
LADDER = "problem"


def with_offset(ladder: Ladder, severity: Severity, code: str, **changes: Any) -> Ladder:
    """Return a ladder with one rung of one severity changed."""
    profile = ladder.profiles[severity]
    rungs = tuple(r.model_copy(update=changes) if r.code == code else r for r in profile.rungs)
    return ladder.model_copy(
        update={"profiles": {**ladder.profiles, severity: profile.model_copy(update={"rungs": rungs})}}
    )


def compare(scene: Scene, severity: Severity, code: str, day: date = TODAY, **asked: Any) -> dict[str, Any]:
    """Compare the shipped ladder with one in which a rung comes three working days after the due date."""
    with scene.open_desk(today=day, readonly=True) as desk:
        other = with_offset(desk.rules.ladders[LADDER], severity, code, offset=3)
        return compare_ladders(desk, other, **asked)


def test_the_same_ladder_changes_nothing(scene: Scene) -> None:
    write(scene, "D001-1", "D001-2")
    with scene.open_desk(today=TODAY, readonly=True) as desk:
        said = compare_ladders(desk, desk.rules.ladders[LADDER])
    assert (said["changes"], said["totals"]["cases"], said["totals"]["within"]) == ([], 2, 0)


def test_a_later_yellow_is_told_for_the_cases_that_it_changes_today(scene: Scene) -> None:
    write(scene, "D001-1", "T001-1", light="yellow")
    write(scene, "D001-2", severity="minor")
    said = compare(scene, Severity.MAJOR, "yellow")
    rows = [
        (row["case"], row["unit"], row["on"], row["shown"], row["now"], row["then"])
        for row in said["changes"]
    ]
    assert rows == [
        ("D001-1", "D001", "2026-06-04", "yellow", "yellow", "blue"),
        ("T001-1", "T001", "2026-06-04", "yellow", "yellow", "blue"),
    ]
    assert "到期后第1个工作日亮黄灯（2026-06-04起" in said["changes"][0]["why"]
    assert "另一等级：到期前5个工作日亮蓝灯" in said["changes"][0]["why"]
    totals = {key: said["totals"][key] for key in ("today", "within", "higher", "lower")}
    assert totals == {"today": 2, "within": 2, "higher": 0, "lower": 2}
    assert said["totals"]["by_change"] == {"yellow→blue": 2}


def test_a_change_to_come_is_told_with_its_day_and_only_within_the_span(scene: Scene) -> None:
    write(scene, "D001-1")
    day = date(2026, 5, 28)
    (row,) = compare(scene, Severity.MAJOR, "yellow", day, days=10)["changes"]
    assert (row["on"], row["now"], row["then"]) == ("2026-06-04", "yellow", "blue")
    assert compare(scene, Severity.MAJOR, "yellow", day, days=6)["changes"] == []


def test_an_earlier_red_is_higher(scene: Scene) -> None:
    write(scene, "D001-1")
    said = compare(scene, Severity.MAJOR, "red", date(2026, 6, 8))
    assert [(row["now"], row["then"]) for row in said["changes"]] == [("yellow", "red")]
    assert (said["totals"]["higher"], said["totals"]["lower"]) == (1, 0)


def test_a_colour_that_an_event_has_set_stays(scene: Scene) -> None:
    write(scene, "D001-1", light="red", floor_light=Light.RED.value)
    assert compare(scene, Severity.MAJOR, "yellow")["changes"] == []


def test_time_alone_may_change_a_condition_on_any_day(scene: Scene) -> None:
    write(scene, "D001-1")
    with scene.open_desk(today=date(2026, 6, 1), readonly=True) as desk:
        other = with_offset(
            desk.rules.ladders[LADDER], Severity.MAJOR, "red", offset=0, when="overdue_workdays >= 2"
        )
        (row,) = compare_ladders(desk, other, days=20)["changes"]
    assert (row["on"], row["now"], row["then"]) == ("2026-06-05", "yellow", "red")


@pytest.mark.parametrize(
    "values", [{"state": "closure_applied"}, {"state": "closed"}, {"suspended_on": date(2026, 5, 20)}]
)
def test_cases_whose_clock_stands_still_are_left_out(scene: Scene, values: dict[str, Any]) -> None:
    write(scene, "D001-1", **values)
    assert compare(scene, Severity.MAJOR, "yellow")["totals"]["cases"] == 0


def test_one_campaign_may_be_looked_at_alone(scene: Scene) -> None:
    write(scene, "D001-1")
    write(scene, "D001-2", campaign="2026-ZH-02")
    said = compare(scene, Severity.MAJOR, "yellow", campaign="2026-ZH-02")
    assert [row["case"] for row in said["changes"]] == ["D001-2"]


def test_nothing_is_written(scene: Scene, engine: sa.Engine) -> None:
    write(scene, "D001-1")
    before = every_row(engine)
    compare(scene, Severity.MAJOR, "yellow")
    assert every_row(engine) == before


def test_a_ladder_is_found_by_name_by_file_and_in_a_folder(scene: Scene, tmp_path: Path) -> None:
    text = (RULES_DIR / "ladders" / "problem.yaml").read_text(encoding="utf-8")
    later = text.replace("min_gap_workdays: 5", "min_gap_workdays: 4", 1)
    file = tmp_path / "新等级.yaml"
    file.write_text(later, encoding="utf-8")
    folder = copytree(RULES_DIR, tmp_path / "rules")
    (folder / "ladders" / "problem.yaml").write_text(later, encoding="utf-8")
    with scene.open_desk(readonly=True) as desk:
        found = {text: read_ladder(desk, text, RULES_DIR) for text in (LADDER, str(file), str(folder))}
        blacks = {text: ladder.profiles[Severity.MINOR].rung("black") for text, ladder in found.items()}
    gaps = {text: rung.min_gap_workdays for text, rung in blacks.items() if rung}
    assert gaps == {LADDER: 5, str(file): 4, str(folder): 4}


def test_what_is_no_ladder_is_refused_in_words(scene: Scene, tmp_path: Path) -> None:
    text = (RULES_DIR / "ladders" / "problem.yaml").read_text(encoding="utf-8")
    wrong, binary = tmp_path / "wrong.yaml", tmp_path / "binary.yaml"
    wrong.write_text(text.replace("document: urging", "document: urgent", 1), encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    with scene.open_desk(readonly=True) as desk:
        with pytest.raises(NotFound, match="没有这个预警督办等级"):
            read_ladder(desk, "nobody", RULES_DIR)
        with pytest.raises(InvalidRuleFile, match="urgent"):
            read_ladder(desk, str(wrong), RULES_DIR)
        with pytest.raises(InvalidInput, match="编码"):
            read_ladder(desk, str(binary), RULES_DIR)


def test_days_out_of_range_are_refused(scene: Scene) -> None:
    with scene.open_desk(today=make.SIGNED_ON) as desk:
        settle_county(desk)
    with pytest.raises(InvalidInput, match="天数"):
        compare(scene, Severity.MAJOR, "yellow", days=500)
