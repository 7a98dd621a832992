"""How simulated units and officers deal with one case, from its notice to its archive or its silence.

Each step puts the next one into a diary; what is refused ends there, as it would for somebody who gives up, until
the office presses for what has stood still for long.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import col, select

from casework.rectification.cases import act_on_case, find_case
from cli.simulation.county import DIRECTOR, OFFICERS, REVIEWERS, VERIFIERS
from cli.simulation.shape import ODDS
from core.codes import Light
from core.life.rectification import CLOCK_RUNS, CaseState
from models.campaign import Finding
from models.organisation import Unit
from models.rectification import Rectification

if TYPE_CHECKING:
    from casework.desk import Desk
    from cli.simulation.world import World

PATIENCE = 60  # working days after the due date, from when on the office presses for a case once a month


class Life:
    """One case and the people around it."""

    def __init__(self, world: World, code: str, unit: str) -> None:
        self.world = world
        self.code = code
        self.unit = unit

    @property
    def liaison(self) -> str:
        return f"{self.unit}:liaison"

    def act(
        self, desk: Desk, act: str, *, note: str = "", proof: bool = False, **values: str
    ) -> Rectification:
        files = (self.world.proof,) if proof else ()
        return act_on_case(desk, self.code, act, note=note, files=files, values=values)

    def later(self, days: int, by: str, what: str, do: str, *arguments: object) -> None:
        """Put a step of this case into a diary."""
        self.world.later(days, by, what, partial(getattr(self, do), *arguments))

    def begin(self, due_on: date) -> None:
        """Draw how the unit deals with its notice."""
        world = self.world
        if world.happens(ODDS.silent):
            if world.happens(0.6):
                self.later(world.between(45, 70), self.liaison, "报送方案", "plan", due_on)
            return
        if world.happens(ODDS.on_spot):
            self.later(1, OFFICERS[2], "当场纠正", "correct")
            return
        if world.happens(ODDS.withdrawn):
            self.later(world.between(2, 20), DIRECTOR, "撤销", "withdraw")
        if world.happens(ODDS.objection):
            self.later(world.between(1, 4), self.liaison, "提出异议", "object")
        if world.happens(ODDS.suspension):
            self.later(world.between(3, 10), DIRECTOR, "中止计时", "suspend")
        self.later(world.between(1, 7), self.liaison, "报送方案", "plan", due_on)

    def plan(self, due_on: date, desk: Desk) -> None:
        self.act(desk, "submit_plan", measures="对照检查要求逐项整改，举一反三", owner="分管负责人")
        back = self.world.happens(ODDS.plan_returned)
        days = self.world.between(1, 3)
        self.later(days, OFFICERS[1], "退回方案" if back else "审核方案", "judge_plan", due_on, back)

    def judge_plan(self, due_on: date, back: bool, desk: Desk) -> None:  # part of a diary entry
        if back:
            self.act(desk, "return_plan", note="措施不具体，请补充责任人和时限")
            self.later(self.world.between(1, 3), self.liaison, "报送方案", "plan", due_on)
            return
        self.act(desk, "approve_plan")
        self.later(self.world.between(2, 8), self.liaison, "报送进展", "progress")
        if self.world.happens(ODDS.extension):
            before = self.world.calendar.after(due_on, -self.world.between(3, 6))
            self.world.on(before, self.liaison, "申请延期", partial(self.extend))
        late = self.world.between(1, 25) if self.world.happens(ODDS.late) else -self.world.between(0, 6)
        self.world.on(self.world.calendar.after(due_on, late) if late else due_on, self.liaison, "申请销号",
                      partial(self.apply))  # fmt: skip

    def progress(self, desk: Desk) -> None:
        self.act(desk, "report_progress", percent=str(self.world.between(20, 80)))

    def extend(self, desk: Desk) -> None:
        case, _finding = find_case(desk, self.code)
        until = desk.calendar.after(case.due_on or desk.today, self.world.between(3, 8))
        self.act(desk, "request_extension", note="采购程序尚未完成", until=until.isoformat())
        verdict = "granted" if self.world.happens(ODDS.extension_granted) else "refused"
        self.later(1, DIRECTOR, "审批延期", "decide_extension", verdict)

    def decide_extension(self, verdict: str, desk: Desk) -> None:
        self.act(desk, "decide_extension", note="按规定办理", verdict=verdict)

    def object(self, desk: Desk) -> None:
        self.act(desk, "object", note="事实认定与实际不符")
        verdict = "upheld" if self.world.happens(ODDS.objection_upheld) else "rejected"
        self.later(self.world.between(2, 8), REVIEWERS[1], "办理异议", "decide_objection", verdict)

    def decide_objection(self, verdict: str, desk: Desk) -> None:
        self.act(desk, "decide_objection", note="经复核", verdict=verdict)

    def suspend(self, desk: Desk) -> None:
        self.act(desk, "suspend", note="当事人已提起行政诉讼，须以裁判为依据")
        self.later(self.world.between(20, 60), OFFICERS[0], "恢复计时", "resume")

    def resume(self, desk: Desk) -> None:
        self.act(desk, "resume")

    def withdraw(self, desk: Desk) -> None:
        self.act(desk, "withdraw", note="经核实，该问题不成立")

    def correct(self, desk: Desk) -> None:
        self.act(desk, "correct_on_spot", note="现场已改正", proof=True)
        self.later(1, DIRECTOR, "批准销号", "close")

    def apply(self, desk: Desk) -> None:
        """Apply for closure; a clock that stands still, or a plan that is not agreed yet, makes the unit wait."""
        case, _finding = find_case(desk, self.code)
        if CaseState(case.state) in CLOCK_RUNS and (case.suspended_on or case.state != "rectifying"):
            self.later(10, self.liaison, "申请销号", "apply")
            return
        self.act(desk, "apply_closure", note="已按方案整改到位", proof=True)
        self.later(self.world.between(1, 4), VERIFIERS[0], "核查验收", "verify")

    def verify(self, desk: Desk) -> None:
        case, _finding = find_case(desk, self.code)
        passed = not self.world.happens(ODDS.verification_failed)
        values = {"verdict": "passed" if passed else "failed"}
        if Light(case.highest_light) in (Light.RED, Light.BLACK):
            values["second"] = VERIFIERS[1]
        self.act(desk, "verify", note="现场核查" if passed else "佐证不足，须补充整改", proof=True, **values)
        if passed:
            self.later(1, DIRECTOR, "批准销号", "close")
        else:
            self.later(self.world.between(3, 8), self.liaison, "申请销号", "apply")

    def close(self, desk: Desk) -> None:
        self.act(desk, "close")
        self.later(2, OFFICERS[1], "确定回头看", "schedule")

    def schedule(self, desk: Desk) -> None:
        on = desk.today + timedelta(self.world.between(90, 150))
        self.act(desk, "schedule_look_back", on=on.isoformat())
        self.world.on(on, VERIFIERS[2], "回头看", partial(self.look_back))

    def look_back(self, desk: Desk) -> None:
        held = not self.world.happens(ODDS.rebound)
        self.act(
            desk,
            "look_back",
            note="整改成效保持" if held else "同一问题再次出现",
            verdict="held" if held else "rebounded",
        )
        if not held:
            case, _finding = find_case(desk, self.code)
            self.later(self.world.between(2, 6), self.liaison, "报送方案", "plan", case.due_on)


def follow(world: World) -> None:
    """Begin the life of every case whose notice was served since yesterday."""
    with world.desk(readonly=True) as desk:
        rows = desk.session.exec(
            select(Finding.code, Unit.code, col(Rectification.due_on))
            .join(Rectification, col(Rectification.id) == col(Finding.id))
            .join(Unit, col(Unit.id) == col(Finding.unit_id))
            .where(
                col(Rectification.office_id) == desk.office_id,
                col(Rectification.served_on) >= world.calendar.after(world.today, -2),
            )
        ).all()
    for code, unit, due_on in rows:
        if code not in world.followed and due_on is not None:
            world.followed.add(code)
            Life(world, code, unit).begin(due_on)


def press(world: World) -> None:
    """Take up again, on the first working day of a month, every case that is long overdue, where it stands."""
    if world.calendar.after(world.today, -1).month == world.today.month:
        return
    with world.desk(readonly=True) as desk:
        rows = desk.session.exec(
            select(Finding.code, Unit.code, Rectification)
            .join(Rectification, col(Rectification.id) == col(Finding.id))
            .join(Unit, col(Unit.id) == col(Finding.unit_id))
            .where(
                col(Rectification.office_id) == desk.office_id,
                col(Rectification.state).in_([state.value for state in NEXT]),
                col(Rectification.suspended_on).is_(None),
                col(Rectification.due_on) < world.calendar.after(world.today, -PATIENCE),
            )
            .order_by(col(Rectification.id))
        ).all()
        steps = [(Life(world, code, unit), CaseState(case.state), case.due_on) for code, unit, case in rows]
    for life, state, due_on in steps:
        by, what, do = NEXT[state]
        words = {"plan": (due_on,), "judge_plan": (due_on, False)}.get(do, ())
        life.later(world.between(1, 5), by or life.liaison, what, do, *words)


NEXT = {
    CaseState.OPEN: ("", "报送方案", "plan"),
    CaseState.PLANNED: (OFFICERS[1], "审核方案", "judge_plan"),
    CaseState.RECTIFYING: ("", "申请销号", "apply"),
    CaseState.CLOSURE_APPLIED: (VERIFIERS[0], "核查验收", "verify"),
    CaseState.VERIFIED: (DIRECTOR, "批准销号", "close"),
}
"""Who takes a case up in a state, the unit where nobody is named, with the step of its life."""
