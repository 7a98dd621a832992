"""Rectification plans: what they must say, their versions, their measures, and what happens when they are late."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.rectification.caselist import show_case
from casework.rectification.plans import watch_plans
from core.errors import InvalidInput, NotAllowed
from models.handling import Measure, RectificationPlan
from models.task import Task
from tests.casework.ownrules import broken, county_with
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
DAY, DUE = date(2026, 4, 20), "2026-04-29"
UNIT, OFFICER, DIRECTOR = "D001:liaison", "P90", "L-DIRECTOR"
TRACKED = "补齐公示信息｜张三｜2026-04-24；修订公示制度｜限期｜李四；全面自查"


def plans(scene: Scene) -> list[RectificationPlan]:
    return scene.rows(select(RectificationPlan).order_by(col(RectificationPlan.id)))


def measures(scene: Scene) -> list[Measure]:
    return scene.rows(select(Measure).order_by(col(Measure.id)))


def rectifying(scene: Scene, text: str = TRACKED) -> str:
    (code,) = scene.notify(MAJOR)
    scene.act(
        code, "submit_plan", UNIT, DAY, measures=text, goal="全部公示", until=DUE, verifier_unit="司法局"
    )
    scene.act(code, "approve_plan", OFFICER, DAY)
    return code


def test_a_plan_keeps_goal_limit_verifier_and_each_measure_with_owner_and_day(scene: Scene) -> None:
    rectifying(scene)
    (plan,) = plans(scene)
    assert (plan.version, plan.state, plan.goal, plan.verifier_unit) == (1, "approved", "全部公示", "司法局")
    assert (plan.subject, plan.until_on, plan.decided_by) == ("示例县D001局", date(2026, 4, 29), OFFICER)
    told = [(one.text, one.owner, str(one.due_on), one.horizon, one.tracked) for one in measures(scene)]
    assert told == [
        ("补齐公示信息", "张三", "2026-04-24", "dated", True),
        ("修订公示制度", "李四", "2026-04-29", "dated", True),
        ("全面自查", "", "2026-04-29", "dated", False),
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"verifier_unit": "D001"}, "验收单位不能是整改单位"),
        ({"subject": "综合科", "verifier_unit": "综合科"}, "验收单位不能是整改单位"),
        ({"until": "2026-04-30"}, "晚于整改期限"),
        ({"measures": "公示｜2026-05-08"}, "晚于整改期限"),
        ({"measures": "公示｜2026-04-31"}, "不是日期"),
        ({"measures": "｜张三"}, "没有写明内容"),
        ({"horizon": "someday"}, "整改类型"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(scene: Scene, given: dict[str, str], why: str) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match=why):
        scene.act(code, "submit_plan", UNIT, DAY, **{"measures": "公示", **given})
    assert plans(scene) == []
    assert scene.case(code).plan_on is None


def test_the_rules_may_ask_for_goal_and_verifier(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(
        engine, tmp_path, ("goal_required: false", "goal_required: true"),
        ("verifier_required: false", "verifier_required: true"),
    )  # fmt: skip
    (code,) = county.notify(MAJOR)
    with pytest.raises(InvalidInput, match="缺少整改目标、验收单位"):
        county.act(code, "submit_plan", UNIT, DAY, measures="公示")


def test_nobody_approves_the_plan_they_entered(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", OFFICER, DAY, measures="公示", note="单位以纸质报送")
    with pytest.raises(NotAllowed, match="本人经办"):
        scene.act(code, "approve_plan", OFFICER, DAY)
    scene.act(code, "approve_plan", "P07", DAY)
    assert plans(scene)[0].decided_by == "P07"


def test_a_unit_reads_that_its_plan_was_decided_and_not_by_whom(scene: Scene) -> None:
    code = rectifying(scene)
    for reader, name in ((UNIT, None), (OFFICER, OFFICER)):
        with scene.open_desk(by=reader, readonly=True) as desk:
            (plan,) = show_case(desk, code)["plans"]  # type: ignore[misc]  # a list of rows
        assert (plan["decided_on"], plan["decided_by"]) == (DAY, name)


def test_a_change_of_an_approved_plan_is_a_new_version_and_the_old_one_is_kept(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "submit_plan", UNIT, DAY, measures="改为逐件补正")
    assert [plan.state for plan in plans(scene)] == ["approved", "submitted"]
    scene.act(code, "return_plan", OFFICER, DAY, note="不具体")
    case = scene.case(code)
    assert ([plan.state for plan in plans(scene)], case.plan_on) == (["approved", "returned"], DAY)
    scene.act(code, "submit_plan", UNIT, DAY, measures="改为逐件补正，四月底前完成")
    scene.act(code, "approve_plan", OFFICER, DAY)
    assert [plan.state for plan in plans(scene)] == ["replaced", "returned", "approved"]
    assert broken(scene, DAY) == {}


def test_a_plan_submitted_again_before_its_approval_replaces_itself(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", UNIT, DAY, measures="公示")
    scene.act(code, "submit_plan", UNIT, DAY, measures="公示并自查")
    assert [plan.state for plan in plans(scene)] == ["replaced", "submitted"]


def test_closure_waits_for_the_measures_that_have_their_own_owner_or_day(scene: Scene) -> None:
    code = rectifying(scene)
    with pytest.raises(InvalidInput, match="没有这项措施"):
        scene.act(code, "report_progress", UNIT, DAY, percent="40", measure="4")
    scene.act(code, "report_progress", UNIT, DAY, percent="40", measure="1", text="已补齐")
    assert [one.done_on for one in measures(scene)] == [DAY, None, None]
    with pytest.raises(InvalidInput, match="措施未报完：2 修订公示制度"):
        scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),), done="2", note="均已完成")
    assert [one.done_by for one in measures(scene)] == [UNIT] * 3


def test_a_report_of_the_whole_work_reports_every_measure(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "report_progress", UNIT, DAY, percent="100", text="全部完成")
    assert all(one.done_on == DAY for one in measures(scene))
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    assert scene.case(code).state == "closure_applied"


@pytest.mark.parametrize(("rule", "refused"), [("each", True), ("tracked", False), ("none", False)])
def test_the_rule_says_which_measures_closure_waits_for(
    engine: sa.Engine, tmp_path: Path, rule: str, refused: bool
) -> None:
    county = county_with(engine, tmp_path, ("measures_done: tracked", f"measures_done: {rule}"))
    code = rectifying(county, "逐项整改；全面自查")
    if refused:
        with pytest.raises(InvalidInput, match="1 逐项整改、2 全面自查"):
            county.act(code, "apply_closure", UNIT, DAY, files=(county.file(),))
    county.act(code, "apply_closure", UNIT, DAY, files=(county.file(),), done="all")
    assert all(one.done_on == DAY for one in measures(county))


def test_a_late_plan_gives_the_officer_one_task_that_its_arrival_finishes(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    opened = []
    for day in (
        date(2026, 4, 17),
        DAY,
        DAY,
        date(2026, 4, 22),
    ):  # due on the 17th, seven working days after service
        with scene.open_desk(today=day) as desk:
            opened.append(watch_plans(desk)["opened"])
    assert opened == [0, 1, 0, 0]
    (task,) = scene.rows(select(Task).where(col(Task.kind) == "late_plan"))
    assert (task.role, task.subject, task.state) == ("officer", "case", "open")
    scene.act(code, "submit_plan", UNIT, date(2026, 4, 22), measures="公示")
    assert [t.state for t in scene.rows(select(Task).where(col(Task.kind) == "late_plan"))] == ["done"]


def test_a_case_tells_its_plans_with_their_measures(scene: Scene) -> None:
    code = rectifying(scene)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        told = show_case(desk, code)
    (plan,) = told["plans"]  # type: ignore[misc]  # a list of rows
    assert (str(told["plan_due_on"]), plan["state"], len(plan["measures"])) == ("2026-04-17", "approved", 3)
