"""Long-term rectification: stages and days of review, two levels, lights that follow; no extension."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.lights.explaining import explain_case
from casework.rectification.caselist import show_case
from casework.rectification.longterm import months_after, read_stages
from core.codes import Light
from core.errors import InvalidInput, NotAllowed, Refused
from core.ladders.reckoning import recompute
from models.handling import StageGoal
from models.task import Task
from tests.casework.ownrules import broken
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
DAY, DUE = date(2026, 4, 20), date(2026, 4, 29)
FIRST, SECOND = date(2026, 9, 30), date(2026, 12, 31)
UNIT, LEADER, OFFICER, DIRECTOR, DEPUTY = "D001:liaison", "D001:leader", "P90", "L-DIRECTOR", "L-DEPUTY"
STAGES = "2026-09-30 完成历年案卷清理；2026-12-31：建成电子归档制度"


def ask(scene: Scene, code: str, by: str = UNIT, stages: str = STAGES, until: date = SECOND) -> None:
    scene.act(code, "request_long_term", by, DAY, note="历年案卷量大", stages=stages, until=until.isoformat())


def granted(scene: Scene) -> str:
    (code,) = scene.notify(MAJOR)
    ask(scene, code)
    scene.act(code, "endorse", LEADER, DAY, verdict="agreed")
    scene.act(code, "decide_long_term", DIRECTOR, DAY, verdict="granted", note="同意")
    return code


def tasks(scene: Scene) -> list[tuple[str, date | None]]:
    query = select(Task).where(col(Task.kind) == "review_stage").order_by(col(Task.id))
    return [(one.state, one.due_on) for one in scene.rows(query)]


def test_a_granted_long_term_moves_the_due_date_to_its_first_review_and_keeps_the_original(
    scene: Scene,
) -> None:
    code = granted(scene)
    case = scene.case(code)
    assert (case.due_on, case.first_due_on, case.due_version) == (FIRST, DUE, 2)
    (request,) = scene.requests(code)
    assert (request.kind, request.state, request.granted_until_on) == ("long_term", "granted", SECOND)
    assert tasks(scene) == [("open", FIRST)]
    assert case.next_due_on is not None
    assert case.next_due_on > DUE


def test_a_stage_that_was_met_leads_to_the_next_and_one_that_was_missed_does_not(scene: Scene) -> None:
    code = granted(scene)
    day = date(2026, 9, 29)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "review_stage", OFFICER, day, verdict="met")
    scene.act(code, "review_stage", OFFICER, day, verdict="missed", note="仅完成一半")
    assert (scene.case(code).due_on, tasks(scene)) == (FIRST, [("done", FIRST)])
    scene.act(code, "review_stage", OFFICER, FIRST, verdict="met", note="清理完毕")
    assert (scene.case(code).due_on, scene.case(code).due_version) == (SECOND, 3)
    assert tasks(scene) == [("done", FIRST), ("open", SECOND)]
    assert [one.verdict for one in scene.rows(select(StageGoal).order_by(col(StageGoal.number)))] == [
        "met",
        None,
    ]
    with scene.open_desk(readonly=True, today=FIRST) as desk:
        said = explain_case(desk, code)
        assert recompute(said.as_dict()["reckoning"]) == (Light(scene.case(code).light), SECOND)  # type: ignore[arg-type]  # data of the derivation
    assert "第2项阶段目标的复核日，期限改为2026年12月31日" in "".join(said.sentences)
    assert broken(scene, FIRST) == {}


def test_it_is_no_extension_and_the_extension_stays_to_be_asked_for(scene: Scene) -> None:
    code = granted(scene)
    assert (scene.case(code).due_version, scene.case(code).extensions) == (2, 0)
    scene.act(
        code,
        "request_extension",
        UNIT,
        date(2026, 9, 1),
        note="汛期影响",
        until=date(2026, 10, 12).isoformat(),
    )
    assert [(r.kind, r.number) for r in scene.requests(code)] == [("long_term", 1), ("extension", 1)]


def test_the_unit_s_own_leader_comes_first_then_the_director(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code)
    with pytest.raises(Refused, match="单位负责人尚未审核"):
        scene.act(code, "decide_long_term", DIRECTOR, DAY, verdict="granted")
    with pytest.raises(NotAllowed, match="单位负责人或分管领导"):
        scene.act(code, "endorse", UNIT, DAY, verdict="agreed")
    scene.act(code, "endorse", LEADER, DAY, verdict="agreed", note="属实")
    with pytest.raises(NotAllowed, match="级别不够"):
        scene.act(code, "decide_long_term", DEPUTY, DAY, verdict="granted")
    scene.act(code, "decide_long_term", DIRECTOR, DAY, verdict="refused", note="应按期完成")
    assert (scene.case(code).due_on, scene.requests(code)[0].state) == (DUE, "refused")


def test_a_leader_of_the_unit_who_asks_has_thereby_agreed_and_one_who_declines_ends_it(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, ("D001", "E19", "minor"))
    ask(scene, first, by=LEADER)
    scene.act(first, "decide_long_term", DIRECTOR, DAY, verdict="granted")
    assert scene.case(first).due_on == FIRST
    ask(scene, second)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(second, "endorse", LEADER, DAY, verdict="declined")
    scene.act(second, "endorse", LEADER, DAY, verdict="declined", note="可按期完成")
    assert [(r.state, r.verdict) for r in scene.requests(second)] == [("refused", "declined")]


def test_only_one_request_for_more_time_waits_and_it_can_be_taken_back(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code)
    with pytest.raises(Refused, match="已有一件长期整改申请待审批"):
        scene.act(code, "request_extension", UNIT, DAY, note="设备未到", until="2026-05-08")
    with pytest.raises(InvalidInput, match="没有这类申请"):
        scene.act(code, "withdraw_request", UNIT, DAY, kind="suspension")
    scene.act(code, "withdraw_request", UNIT, DAY, kind="long_term")
    with pytest.raises(Refused, match="没有待办理的长期整改申请"):
        scene.act(code, "withdraw_request", UNIT, DAY, kind="long_term")
    ask(scene, code)
    assert [(r.number, r.state) for r in scene.requests(code)] == [(1, "withdrawn"), (2, "requested")]


@pytest.mark.parametrize(
    ("stages", "until", "why"),
    [
        ("完成清理", SECOND, "写法"),
        ("2026-02-30 完成清理", SECOND, "写法"),
        ("；", SECOND, "须写明阶段目标"),
        ("2026-04-28 完成清理；2026-12-31 建制", SECOND, "次序"),
        ("2026-09-30 完成；2026-09-30 建制", FIRST, "次序"),
        ("2026-11-30 完成清理", date(2026, 11, 30), "相隔过久"),
        ("2026-09-30 完成清理", SECOND, "预计完成日"),
        (STAGES, date(2029, 5, 1), "期限过长"),
    ],
)
def test_stages_are_dated_in_order_near_enough_and_end_with_the_work(
    scene: Scene, stages: str, until: date, why: str
) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match=why):
        ask(scene, code, stages=stages, until=until)
    assert scene.requests(code) == []


def test_it_is_asked_for_before_the_due_date(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    late = date(2026, 4, 28)
    with pytest.raises(Refused, match="已过时限"):
        scene.act(code, "request_long_term", UNIT, late, note="量大", stages=STAGES, until=SECOND.isoformat())


def test_a_closed_case_has_no_stage_left_to_review(scene: Scene) -> None:
    code = granted(scene)
    scene.act(code, "submit_plan", UNIT, DAY, measures="清理")
    scene.act(code, "approve_plan", OFFICER, DAY)
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    scene.act(code, "verify", "P05", DAY, verdict="passed", note="已到位")
    scene.act(code, "close", DIRECTOR, DAY)
    assert tasks(scene) == [("done", FIRST)]
    scene.act(code, "reopen", OFFICER, DAY, note="反弹")
    with pytest.raises(Refused, match="没有待复核的阶段目标"):
        scene.act(code, "review_stage", OFFICER, DAY, verdict="met", note="x")


def test_a_case_tells_its_stages(scene: Scene) -> None:
    code = granted(scene)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        (request,) = show_case(desk, code)["requests"]  # type: ignore[misc]  # a list of rows
    assert [(one["goal"], one["review_on"]) for one in request["stages"]] == [
        ("完成历年案卷清理", FIRST),
        ("建成电子归档制度", SECOND),
    ]


def test_stages_are_read_with_either_colon_and_months_end_with_their_last_day() -> None:
    assert read_stages("2026-09-30:甲;2026-10-01 乙\n") == [(FIRST, "甲"), (date(2026, 10, 1), "乙")]
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
