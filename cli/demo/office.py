"""What the office does with the cases: plans, extensions, objections, verification, closure, look-back."""

from __future__ import annotations

from collections.abc import Callable

from casework.cases import act_on_case
from cli.demo.views import CaseView
from cli.demo.world import REVIEWERS, Course, World
from core.rectification import CaseState

GRAVE_LIGHTS = ("red", "black")
OBSERVATION_WORKDAYS = 60
PAUSE_WORKDAYS = 12
NOTES = {
    "return_plan": "措施没有对应到具体问题，完成时限不明确，请补充后重新报送。",
    "granted": "情况属实，同意延期，期间按周报送进展。",
    "refused": "申请理由不充分，按原期限整改。",
    "upheld": "经调阅职责文件并听取双方意见，该事项不属于该单位职责，异议成立。",
    "rejected": "经复核，问题发生在单位履职过程中，异议不成立，维持原认定。",
    "false": "佐证材料与其他单位材料雷同，抽查原始案卷未见整改记录，退回重新整改。",
    "thin": "制度已印发，但抽查的材料中仍有同类问题，请补充整改。",
    "passed": "现场核查并抽查案卷，问题已整改到位。",
    "E1": "核查发现提交虚假佐证材料。",
    "suspend": "相关案件正在行政诉讼审理中，待裁判生效后继续整改。",
    "resume": "裁判已生效，恢复计时。",
    "rebounded": "回头看发现同类问题再次出现，整改成果未能保持。",
    "held": "回头看未发现反弹。",
}


def decide(world: World) -> None:
    """Let the office deal with every case that waits for it."""
    world.look()
    for case in world.cases:
        if case.waiting == "extension" and world.turn("wait" + case.code) >= 1:
            _decide_extension(world, case)
        elif case.waiting == "objection" and world.turn("wait" + case.code) >= 4:
            _decide_objection(world, case)
        elif case.state in STEPS:
            STEPS[CaseState(case.state)](world, case)


def _decide_extension(world: World, case: CaseView) -> None:
    verdict = "granted" if world.course(case) is Course.EXTENDED else "refused"
    with world.desk(by="L-DIRECTOR") as desk:
        act_on_case(desk, case.code, "decide_extension", note=NOTES[verdict], values={"verdict": verdict})


def _decide_objection(world: World, case: CaseView) -> None:
    """Let somebody decide who had no part in the finding: L-DEPUTY is on no team and confirms nothing."""
    verdict = "upheld" if world.course(case) is Course.RIGHT else "rejected"
    with world.desk(by="L-DEPUTY") as desk:
        act_on_case(desk, case.code, "decide_objection", note=NOTES[verdict], values={"verdict": verdict})


def _approve_plan(world: World, case: CaseView) -> None:
    if world.age(case) < 1:
        return
    poor = world.course(case) is Course.REWORK and world.turn("plan" + case.code) == 0
    act = "return_plan" if poor else "approve_plan"
    with world.desk(by=world.other_than(case.unit, REVIEWERS)) as desk:
        act_on_case(desk, case.code, act, note=NOTES["return_plan"] if poor else "")


def _follow(world: World, case: CaseView) -> None:
    """Stop the clock of the case that waits for a court, and start it again."""
    if world.course(case) is not Course.PAUSED:
        return
    if case.suspended_on is None:
        if world.age(case) == 2 and world.turn("pause" + case.code) == 0:
            with world.desk(by="L-DIRECTOR") as desk:
                act_on_case(desk, case.code, "suspend", note=NOTES["suspend"])
    elif world.calendar.between(case.suspended_on, world.today) >= PAUSE_WORKDAYS:
        with world.desk(by=world.officer(case.unit)) as desk:
            act_on_case(desk, case.code, "resume", note=NOTES["resume"])


def _verify(world: World, case: CaseView) -> None:
    """Verify by somebody of another unit, red and black cases by two; false papers light the black light."""
    if world.age(case) < 2:
        return
    turn = world.turn("verify")
    verifier = world.other_than(case.unit, world.verifiers, turn)
    values = {"verdict": "passed"}
    course, first = world.course(case), case.returns == 0
    if course in (Course.FALSE, Course.REWORK) and first:
        values["verdict"] = "failed"
    if case.highest in GRAVE_LIGHTS:
        values["second"] = world.other_than(case.unit, world.verifiers, turn + 1)
    note = NOTES["passed"] if values["verdict"] == "passed" else NOTES["false" if course is Course.FALSE else "thin"]
    with world.desk(by=verifier) as desk:
        act_on_case(desk, case.code, "verify", note=note, values=values)
    if course is Course.FALSE and first:
        with world.desk(by=verifier) as desk:
            act_on_case(desk, case.code, "flag", note=NOTES["E1"], values={"event": "E1"})


def _close(world: World, case: CaseView) -> None:
    if world.age(case) >= 1:
        with world.desk(by="L-DIRECTOR" if case.highest in GRAVE_LIGHTS else "L-DEPUTY") as desk:
            act_on_case(desk, case.code, "close", note="同意销号")


def _plan_look_back(world: World, case: CaseView) -> None:
    """Look back at every red and black case, at the rebound and at each fifth of the others."""
    chosen = case.highest in GRAVE_LIGHTS or world.course(case) is Course.REBOUND or case.code.endswith("02")
    if not chosen or case.closed_on is None or world.age(case) < 1 or case.round > 1:
        return
    day = world.calendar.after(case.closed_on, OBSERVATION_WORKDAYS)
    with world.desk(by=world.officer(case.unit)) as desk:
        act_on_case(desk, case.code, "schedule_look_back", values={"on": max(day, world.calendar.after(
            world.today, 1)).isoformat()})  # fmt: skip


def _look_back(world: World, case: CaseView) -> None:
    if case.look_back_on is None or world.today < case.look_back_on:
        return
    rebounds = world.course(case) is Course.REBOUND and world.turn("rebound") == 0
    verdict = "rebounded" if rebounds else "held"
    verifier = world.other_than(case.unit, world.verifiers, world.turn("look back"))
    with world.desk(by=verifier) as desk:
        act_on_case(desk, case.code, "look_back", note=NOTES[verdict], values={"verdict": verdict})


STEPS: dict[CaseState, Callable[[World, CaseView], None]] = {
    CaseState.PLANNED: _approve_plan,
    CaseState.RECTIFYING: _follow,
    CaseState.CLOSURE_APPLIED: _verify,
    CaseState.VERIFIED: _close,
    CaseState.CLOSED: _plan_look_back,
    CaseState.LOOK_BACK: _look_back,
}
