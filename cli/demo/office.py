"""What the office does with the cases: plans, extensions, objections, verification, closure, look-back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from casework.rectification.cases import act_on_case
from cli.demo.views import CaseView
from cli.demo.world import REVIEWERS, Course, World
from core.life.rectification import CaseState

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


@dataclass(frozen=True, slots=True)
class Deed:
    """One act that somebody of the office does on a case."""

    by: str
    case: str
    act: str
    note: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def decide(world: World) -> None:
    """Let the office deal with every case that waits for it; each person does the day's acts in one go."""
    deeds: dict[str, list[Deed]] = {}
    for case in world.cases:
        for deed in _deeds(world, case):
            deeds.setdefault(deed.by, []).append(deed)
    for by, acts in deeds.items():
        with world.desk(by=by) as desk:
            for deed in acts:
                act_on_case(desk, deed.case, deed.act, note=deed.note, values=deed.values)


def _deeds(world: World, case: CaseView) -> Iterable[Deed]:
    if case.waiting == "extension":
        return _decide_extension(world, case) if world.turn("wait" + case.code) >= 1 else ()
    if case.waiting == "objection":
        return _decide_objection(world, case) if world.turn("wait" + case.code) >= 4 else ()
    step = STEPS.get(CaseState(case.state))
    return step(world, case) if step is not None else ()


def _decide_extension(world: World, case: CaseView) -> Iterable[Deed]:
    verdict = "granted" if world.course(case) is Course.EXTENDED else "refused"
    yield Deed("L-DIRECTOR", case.code, "decide_extension", NOTES[verdict], {"verdict": verdict})


def _decide_objection(world: World, case: CaseView) -> Iterable[Deed]:
    """Let somebody decide who had no part in the finding: the deputy is on no team and confirms nothing."""
    verdict = "upheld" if world.course(case) is Course.RIGHT else "rejected"
    yield Deed("L-DEPUTY", case.code, "decide_objection", NOTES[verdict], {"verdict": verdict})


def _approve_plan(world: World, case: CaseView) -> Iterable[Deed]:
    if world.age(case) < 1:
        return
    by = world.other_than(case.unit, REVIEWERS)
    if world.course(case) is Course.REWORK and world.turn("plan" + case.code) == 0:
        yield Deed(by, case.code, "return_plan", NOTES["return_plan"])
    else:
        yield Deed(by, case.code, "approve_plan")


def _follow(world: World, case: CaseView) -> Iterable[Deed]:
    """Stop the clock of the case that waits for a court, and start it again."""
    if world.course(case) is not Course.PAUSED:
        return
    if case.suspended_on is None:
        if world.age(case) == 2 and world.turn("pause" + case.code) == 0:
            yield Deed("L-DIRECTOR", case.code, "suspend", NOTES["suspend"])
    elif world.calendar.between(case.suspended_on, world.today) >= PAUSE_WORKDAYS:
        yield Deed(world.officer(case.unit), case.code, "resume", NOTES["resume"])


def _verify(world: World, case: CaseView) -> Iterable[Deed]:
    """Verify by somebody of another unit, red and black cases by two; false papers light the black light."""
    if world.age(case) < 2:
        return
    turn = world.turn("verify")
    verifier = world.other_than(case.unit, world.verifiers, turn)
    course = world.course(case)
    fails = course in (Course.FALSE, Course.REWORK) and case.returns == 0
    values = {"verdict": "failed" if fails else "passed"}
    if case.highest in GRAVE_LIGHTS:
        values["second"] = world.other_than(case.unit, world.verifiers, turn + 1)
    reason = "passed" if not fails else "false" if course is Course.FALSE else "thin"
    yield Deed(verifier, case.code, "verify", NOTES[reason], values)
    if fails and course is Course.FALSE:
        yield Deed(verifier, case.code, "flag", NOTES["E1"], {"event": "E1"})


def _close(world: World, case: CaseView) -> Iterable[Deed]:
    if world.age(case) >= 1:
        by = "L-DIRECTOR" if case.highest in GRAVE_LIGHTS else "L-DEPUTY"
        yield Deed(by, case.code, "close", "同意销号")


def _plan_look_back(world: World, case: CaseView) -> Iterable[Deed]:
    """Look back at every red and black case, at the rebound, and at the second problem of each unit."""
    chosen = case.highest in GRAVE_LIGHTS or world.course(case) is Course.REBOUND or case.code.endswith("02")
    if not chosen or case.closed_on is None or world.age(case) < 1 or case.round > 1:
        return
    day = world.calendar.after(case.closed_on, OBSERVATION_WORKDAYS)
    yield Deed(world.officer(case.unit), case.code, "schedule_look_back", values={"on": day.isoformat()})


def _look_back(world: World, case: CaseView) -> Iterable[Deed]:
    if case.look_back_on is None or world.today < case.look_back_on:
        return
    rebounds = world.course(case) is Course.REBOUND and world.turn("rebound") == 0
    verdict = "rebounded" if rebounds else "held"
    by = world.other_than(case.unit, world.verifiers, world.turn("look back"))
    yield Deed(by, case.code, "look_back", NOTES[verdict], {"verdict": verdict})


STEPS: dict[CaseState, Callable[[World, CaseView], Iterable[Deed]]] = {
    CaseState.PLANNED: _approve_plan,
    CaseState.RECTIFYING: _follow,
    CaseState.CLOSURE_APPLIED: _verify,
    CaseState.VERIFIED: _close,
    CaseState.CLOSED: _plan_look_back,
    CaseState.LOOK_BACK: _look_back,
}
