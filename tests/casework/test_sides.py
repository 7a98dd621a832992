"""Beside the main way of a case: objections and their clocks, grounds of suspension, screening, late entries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.lights.explaining import explain_case
from casework.rectification.caselist import show_case
from casework.rectification.suspending import watch_suspensions
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed, Refused
from core.ladders.reckoning import recompute
from models.rectification import Evidence
from models.task import Task
from tests.casework.ownrules import broken, county_with
from tests.casework.scene import Scene

MAJOR, GRAVE = ("D001", "E24", "major"), ("D001", "F27", "grave")
DAY, DUE = date(2026, 4, 20), date(2026, 4, 29)
LATE = date(2026, 6, 15)
UNIT, LEADER, OFFICER, DIRECTOR, REVIEWER = "D001:liaison", "D001:leader", "P90", "L-DIRECTOR", "P07"


def tasks(scene: Scene, kind: str) -> list[Task]:
    return scene.rows(select(Task).where(col(Task.kind) == kind).order_by(col(Task.id)))


# ---- objections -----------------------------------------------------------------------------------------------


def test_an_objection_has_a_day_of_answer_and_a_task_that_its_answer_finishes(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "object", UNIT, DAY, note="已于3月公示")
    (request,), (task,) = scene.requests(code), tasks(scene, "answer_objection")
    assert request.answer_due_on is not None
    assert (task.due_on, task.role, task.state) == (request.answer_due_on, "reviewer", "open")
    scene.act(code, "decide_objection", REVIEWER, DAY, verdict="rejected", note="事实清楚")
    assert [t.state for t in tasks(scene, "answer_objection")] == ["done"]
    assert scene.requests(code)[0].verdict == "rejected"


def test_a_late_objection_is_refused_unless_a_reviewer_admits_it(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(Refused, match="已过期限"):
        scene.act(code, "object", UNIT, LATE, note="新发现证据")
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "admit_objection", REVIEWER, LATE, until="2026-06-18")
    with pytest.raises(InvalidInput, match="不合理"):
        scene.act(code, "admit_objection", REVIEWER, LATE, until="2026-06-12", note="有新证据")
    scene.act(code, "admit_objection", REVIEWER, LATE, until="2026-06-18", note="有新证据")
    with pytest.raises(Refused, match="已过期限"):
        scene.act(code, "object", UNIT, date(2026, 6, 19), note="新发现证据")
    scene.act(code, "object", UNIT, date(2026, 6, 18), note="新发现证据")
    assert scene.requests(code)[0].state == "requested"


def test_a_changed_finding_changes_severity_and_due_date_and_is_told_by_a_correction(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "object", UNIT, DAY, note="程度偏重")
    after = date(2026, 5, 11)
    for values, why in (
        ({}, "须写明变更什么"),
        ({"severity": "light"}, "程度不正确"),
        ({"until": "2026-04-28"}, "不得提前"),
    ):
        with pytest.raises(InvalidInput, match=why):
            scene.act(code, "decide_objection", REVIEWER, DAY, verdict="changed", note="属实", **values)
    with pytest.raises(InvalidInput, match="只有变更结论"):
        scene.act(code, "decide_objection", REVIEWER, DAY, verdict="rejected", note="属实", severity="minor")
    scene.act(
        code, "decide_objection", REVIEWER, DAY, verdict="changed", note="情节较轻", severity="minor",
        until=after.isoformat(),
    )  # fmt: skip
    case, (request,) = scene.case(code), scene.requests(code)
    assert (case.severity, case.due_on, case.first_due_on, case.due_version) == ("minor", after, DUE, 2)
    assert (request.state, request.verdict, scene.finding(code).severity) == ("granted", "changed", "major")
    assert len(scene.documents("objection_reply")) == len(scene.documents("correction_notice")) == 1
    with scene.open_desk(readonly=True, today=DAY) as desk:
        told = explain_case(desk, code).as_dict()["reckoning"]
    assert recompute(told) == (Light(case.light), after)  # type: ignore[arg-type]  # data of the derivation
    assert broken(scene, DAY) == {}


def test_an_objection_taken_back_ends_its_task(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "object", UNIT, DAY, note="程度偏重")
    scene.act(code, "withdraw_request", UNIT, DAY, kind="objection", note="已核实")
    assert [t.state for t in tasks(scene, "answer_objection")] == ["done"]
    assert scene.requests(code)[0].state == "withdrawn"


# ---- extensions -----------------------------------------------------------------------------------------------


def test_an_extension_of_a_grave_case_goes_through_the_unit_s_own_leader(scene: Scene) -> None:
    (code,) = scene.notify(GRAVE)
    scene.act(code, "request_extension", LEADER, date(2026, 4, 13), note="设备未到", until="2026-05-08")
    scene.act(code, "decide_extension", DIRECTOR, date(2026, 4, 13), verdict="granted")
    (request,) = scene.requests(code)
    assert (request.state, request.endorsed_by) == ("granted", LEADER)


def test_all_extensions_together_have_a_limit(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(
        engine,
        tmp_path,
        ("max_count: 1", "max_count: 3"),
        ("max_total_workdays: 30", "max_total_workdays: 6"),
    )
    (code,) = county.notify(MAJOR)
    until = date(2026, 5, 8)  # four working days later
    county.act(code, "request_extension", UNIT, DAY, note="设备未到", until=until.isoformat())
    county.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted")
    with pytest.raises(InvalidInput, match="最长2个工作日"):
        county.act(code, "request_extension", UNIT, DAY, note="设备未到", until="2026-05-13")
    county.act(code, "request_extension", UNIT, DAY, note="设备未到", until="2026-05-11")


# ---- suspension -----------------------------------------------------------------------------------------------


def test_a_suspension_has_a_ground_of_the_list_by_its_code_or_by_the_words_of_the_reason(
    scene: Scene,
) -> None:
    codes = scene.notify(MAJOR, MAJOR, MAJOR)
    for values, note in (({"basis": "holiday"}, "放假"), ({}, "人手不足")):
        with pytest.raises(InvalidInput, match=r"法定事由.*litigation 诉讼"):
            scene.act(codes[0], "suspend", DIRECTOR, DAY, note=note, **values)
    assert scene.case(codes[0]).suspended_on is None
    scene.act(codes[0], "suspend", DIRECTOR, DAY, note="见附件", basis="force_majeure")
    scene.act(codes[1], "suspend", DIRECTOR, DAY, note="等待法院裁判")
    scene.act(codes[2], "suspend", DIRECTOR, DAY, note="已申请行政复议")
    grounds = [scene.requests(code)[0].basis for code in codes]
    assert grounds == ["force_majeure", "litigation", "reconsideration"]


def test_a_suspended_case_is_neither_escalated_nor_screened(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "suspend", DIRECTOR, DAY, note="等待法院裁判")
    with pytest.raises(Refused, match="不得升级"):
        scene.act(code, "flag", OFFICER, DAY, note="属实", event="E1")
    with pytest.raises(IllegalMove, match="已中止计时"):
        scene.act(code, "refer", OFFICER, DAY, note="涉嫌")
    scene.act(code, "flag", OFFICER, DAY, note="部分完成", event="E8")
    assert (scene.case(code).light, scene.referrals()) == ("none", [])


def test_a_suspension_is_looked_at_again_every_thirty_working_days(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "suspend", DIRECTOR, DAY, note="等待法院裁判")
    opened = []
    for day in (date(2026, 6, 2), date(2026, 6, 3), date(2026, 6, 4), date(2026, 7, 20)):
        with scene.open_desk(today=day) as desk:
            opened.append(watch_suspensions(desk)["opened"])
    assert opened == [0, 1, 0, 1]
    assert [one.due_on for one in tasks(scene, "review_suspension")] == [date(2026, 6, 3), date(2026, 7, 16)]
    scene.act(code, "resume", OFFICER, date(2026, 7, 20))
    assert scene.requests(code)[0].ends_on == date(2026, 7, 20)


# ---- screening ------------------------------------------------------------------------------------------------


def test_a_case_turned_into_a_clue_goes_on_and_tells_nothing_of_it(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    number = scene.case(code).id
    before = scene.told("case", number)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "refer", OFFICER, DAY)
    with pytest.raises(NotAllowed, match="无权"):
        scene.act(code, "refer", UNIT, DAY, note="涉嫌失职")
    scene.act(code, "refer", OFFICER, DAY, note="涉嫌失职渎职", files=(scene.file("线索.pdf"),))
    (referral,) = scene.referrals()
    assert (referral.state, scene.case(code).state) == ("screening", "open")
    assert scene.told("case", number) == before
    assert [row.subject for row in scene.rows(select(Evidence)) if row.name == "线索.pdf"] == ["referral"]
    with pytest.raises(Refused, match="已有线索在办"):
        scene.act(code, "refer", OFFICER, DAY, note="再次")
    assert broken(scene, DAY) == {}


# ---- late entries ---------------------------------------------------------------------------------------------


def test_an_act_entered_late_keeps_both_days_and_much_later_asks_why(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    today = date(2026, 5, 29)
    with pytest.raises(InvalidInput, match="补录须说明理由"):
        scene.act(code, "report_progress", UNIT, today, dated=DAY, percent="30")
    scene.act(
        code, "report_progress", UNIT, today, dated=DAY, percent="30", note="原件当日收到，系统停用未录"
    )
    scene.act(code, "report_progress", UNIT, today, percent="40")
    with scene.open_desk(readonly=True, today=today) as desk:
        told = [one for one in show_case(desk, code)["timeline"] if one["act"] == "report_progress"]  # type: ignore[attr-defined]  # a list
    assert [(one["on"], one["late"]) for one in told] == [(DAY, True), (today, False)]
