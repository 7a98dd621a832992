"""Freezes: which missed node locks a case, what it still takes, who releases it, and that the clock runs on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.lights.explaining import explain_case
from casework.rectification.caselist import show_case
from casework.rectification.freezing import watch_freezes
from casework.tasks import list_tasks, open_task
from core.errors import InvalidInput, NotAllowed, Refused
from models.handling import Freeze
from models.task import Task
from tests.casework.ownrules import broken, county_with
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
UNIT, OFFICER, DIRECTOR, DEPUTY, COUNTY = "D001:liaison", "P90", "L-DIRECTOR", "L-DEPUTY", "L-COUNTY"
LATE_PLAN = "{code: plan_missed, node: plan, after_workdays: 2, releases: director}"
OVERDUE = "{code: overdue, node: due, after_workdays: 5, releases: committee, severities: [major]}"
TASKS = "{code: left, node: task, after_workdays: 1}"
LOCKED = date(2026, 4, 21)  # two working days after 17 April, when the plan was due


def county(engine: sa.Engine, folder: Path, *rules: str) -> Scene:
    return county_with(engine, folder, ("freezes: []", f"freezes: [{', '.join(rules)}]"))


def watch(scene: Scene, day: date) -> object:
    with scene.open_desk(today=day) as desk:
        return watch_freezes(desk)["frozen"]


def freezes(scene: Scene) -> list[Freeze]:
    return scene.rows(select(Freeze).order_by(col(Freeze.id)))


@pytest.fixture
def frozen(engine: sa.Engine, tmp_path: Path) -> tuple[Scene, str]:
    """Give a case locked because its plan did not come."""
    scene = county(engine, tmp_path, LATE_PLAN)
    (code,) = scene.notify(MAJOR)
    assert [watch(scene, day) for day in (date(2026, 4, 20), LOCKED, LOCKED, date(2026, 4, 22))] == [
        0,
        1,
        0,
        0,
    ]
    return scene, code


def test_the_shipped_rules_lock_nothing(scene: Scene) -> None:
    scene.notify(MAJOR)
    assert watch(scene, date(2026, 12, 1)) == 0


def test_a_locked_case_names_the_freeze_and_who_releases_it(frozen: tuple[Scene, str]) -> None:
    scene, code = frozen
    with pytest.raises(Refused, match=r"plan_missed，未按期报送整改方案.*主任") as refused:
        scene.act(code, "submit_plan", OFFICER, LOCKED, measures="公示")
    assert "release" in refused.value.remedy
    assert scene.case(code).state == "open"


def test_the_unit_only_learns_that_the_office_has_to_act(frozen: tuple[Scene, str]) -> None:
    scene, code = frozen
    with pytest.raises(Refused, match="待督察单位处理") as refused:
        scene.act(code, "submit_plan", UNIT, LOCKED, measures="公示")
    assert "锁定" not in str(refused.value)
    with scene.open_desk(by=UNIT, today=LOCKED, readonly=True) as desk:
        assert show_case(desk, code)["frozen"] == [{"why": "待督察单位处理"}]
        assert list_tasks(desk) == []
    scene.act(code, "report_progress", UNIT, LOCKED, percent="10", text="已着手")
    assert scene.case(code).percent == 10


def test_the_clock_of_a_locked_case_runs_on(frozen: tuple[Scene, str]) -> None:
    scene, code = frozen
    case = scene.case(code)
    assert (case.suspended_on, case.due_on) == (None, date(2026, 4, 29))
    assert case.next_due_on is not None


def test_only_the_named_leader_releases_it_and_says_why(frozen: tuple[Scene, str]) -> None:
    scene, code = frozen
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "release", DIRECTOR, LOCKED)
    for by, why in ((UNIT, "无权"), (OFFICER, "无权"), (DEPUTY, "级别不够")):
        with pytest.raises(NotAllowed, match=why):
            scene.act(code, "release", by, LOCKED, note="已约谈")
    scene.act(code, "release", DIRECTOR, LOCKED, note="已约谈单位负责人")
    (row,) = freezes(scene)
    assert (row.state, row.released_by, row.reason) == ("released", DIRECTOR, "已约谈单位负责人")
    assert scene.told("freeze", row.id) == ["open", "release"]
    assert "release" not in scene.told("case", row.case_id)
    assert [t.state for t in scene.rows(select(Task).where(col(Task.kind) == "release_freeze"))] == ["done"]
    scene.act(code, "submit_plan", UNIT, LOCKED, measures="公示")
    with pytest.raises(Refused, match="没有锁定"):
        scene.act(code, "release", DIRECTOR, LOCKED, note="再来")
    assert watch(scene, date(2026, 5, 20)) == 0
    assert broken(scene, date(2026, 5, 20)) == {}


def test_an_overdue_case_of_the_severity_is_locked_once_a_due_version(
    engine: sa.Engine, tmp_path: Path
) -> None:
    scene = county(engine, tmp_path, OVERDUE)
    scene.notify(MAJOR, ("D001", "E19", "minor"))
    assert [watch(scene, day) for day in (date(2026, 5, 8), date(2026, 5, 9), date(2026, 6, 30))] == [0, 1, 0]
    (row,) = freezes(scene)
    assert (row.cause, row.missed_on, row.releases) == ("due:1:1", date(2026, 4, 29), "committee")


def test_the_explanation_of_a_case_says_why_it_is_locked_but_not_to_the_unit(
    engine: sa.Engine, tmp_path: Path
) -> None:
    scene = county(engine, tmp_path, OVERDUE)
    (code,) = scene.notify(MAJOR)
    watch(scene, date(2026, 5, 9))
    told = {}
    for by in ("P90", UNIT):
        with scene.open_desk(by=by, today=date(2026, 5, 9), readonly=True) as desk:
            told[by] = [one for one in explain_case(desk, code).sentences if "锁定" in one]
    (said,) = told["P90"]
    assert said.startswith("因到期未完成整改（")
    assert "2026年5月9日" in said
    assert "委员会负责人写明理由解除前" in said
    assert told[UNIT] == []


def test_a_freeze_of_the_committee_is_not_released_by_the_director(engine: sa.Engine, tmp_path: Path) -> None:
    scene = county(engine, tmp_path, OVERDUE)
    (code,) = scene.notify(MAJOR)
    day = date(2026, 5, 12)
    watch(scene, day)
    with pytest.raises(NotAllowed, match="委员会负责人及以上"):
        scene.act(code, "release", DIRECTOR, day, note="同意")
    scene.act(code, "release", COUNTY, day, note="同意恢复")
    assert freezes(scene)[0].released_by == COUNTY


def test_an_overdue_task_of_the_case_locks_it_but_a_confidential_one_does_not(
    engine: sa.Engine, tmp_path: Path
) -> None:
    scene = county(engine, tmp_path, TASKS)
    (code,) = scene.notify(MAJOR)
    number, day = scene.case(code).id, date(2026, 4, 10)
    with scene.open_desk(today=day) as desk:
        open_task(desk, "secret", kind="screen", title="线索", subject="case", subject_id=number, role="linkage",
                  due_on=day, confidential=True)  # fmt: skip
    assert watch(scene, date(2026, 4, 20)) == 0
    with scene.open_desk(today=day) as desk:
        open_task(desk, "plain", kind="visit", title="走访", subject="case", subject_id=number, role="officer",
                  due_on=day)  # fmt: skip
    assert watch(scene, date(2026, 4, 20)) == 1


def test_a_case_whose_clock_stands_still_misses_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    scene = county(engine, tmp_path, LATE_PLAN)
    (code,) = scene.notify(MAJOR)
    scene.act(code, "suspend", DIRECTOR, date(2026, 4, 15), note="等待法院裁判")
    assert watch(scene, date(2026, 5, 20)) == 0
