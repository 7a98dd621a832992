"""Where a case stands on its way from notice to archive, and what it waits for: in words for whoever opens its page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from casework.desk import Desk
from casework.rectification.authority import reaches, who_grants
from casework.rectification.caselook import Look, closing_level, ladder_for, review_for
from casework.rectification.freezing import NODE_LABELS
from casework.rectification.offers import NEXT_ACT
from core.life.rectification import ACTORS, CASE_ACT_LABELS, CaseAct, CaseState, Role
from core.rulebook import LEADER_ROLE_LABELS, LeaderRole

WAY = (
    (CaseState.OPEN, "报整改方案"),
    (CaseState.PLANNED, "审核方案"),
    (CaseState.RECTIFYING, "整改"),
    (CaseState.CLOSURE_APPLIED, "核查"),
    (CaseState.VERIFIED, "批准销号"),
    (CaseState.CLOSED, "观察"),
    (CaseState.LOOK_BACK, "回头看"),
    (CaseState.ARCHIVED, "归档"),
)
ROLE_WORDS = {
    Role.UNIT: "被督察单位",
    Role.INSPECTOR: "督察员",
    Role.LEADER: "组长",
    Role.OFFICER: "经办人",
    Role.REVIEWER: "审核人",
    Role.VERIFIER: "核查人",
    Role.DIRECTOR: "主任、副主任",
    Role.LINKAGE: "纪检联络员",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; `place` is past, here or ahead."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the case waits for: a sentence, who does it, and why whoever looks cannot; empty when they can."""

    what: str
    who: str = ""
    why_not: str = ""


def steps_of(state: CaseState) -> tuple[Step, ...]:
    """Return the way of a case with where it stands; nothing for one that was withdrawn."""
    states = [one for one, _name in WAY]
    if state not in states:
        return ()
    here = states.index(state)
    places = ("past" if at < here else "here" if at == here else "ahead" for at in range(len(WAY)))
    return tuple(Step(name, place) for (_state, name), place in zip(WAY, places, strict=True))


def waiting_for(desk: Desk, look: Look, offered: Collection[CaseAct]) -> Waiting:
    """Return what a case waits for, and why whoever looks cannot do it, if so."""
    act = NEXT_ACT.get(look.state)
    if act is None:
        return Waiting("已办结，没有下一步。")
    if look.beside.held:
        return _frozen(look)
    what = SAID[look.state](desk, look)
    who = "、".join(ROLE_WORDS[role] for role in Role if role in ACTORS[act])
    return Waiting(what, who, "" if act in offered else _why_not(desk, look, act))


def _frozen(look: Look) -> Waiting:
    held = look.beside.held
    level = max((LeaderRole(row["releases"]) for row in held), key=lambda role: role.rank)
    nodes = "、".join(NODE_LABELS[row["node"]] for row in held)
    return Waiting(
        f"因{nodes}已锁定，先由{LEADER_ROLE_LABELS[level]}写明理由解除锁定。", LEADER_ROLE_LABELS[level]
    )


def _why_not(desk: Desk, look: Look, act: CaseAct) -> str:
    if look.kin:
        return "您是该单位人员，须回避。"
    if look.case.suspended_on is not None and look.state in (
        CaseState.OPEN,
        CaseState.PLANNED,
        CaseState.RECTIFYING,
    ):
        return "事项已中止计时，恢复后办理。"
    if not {role.value for role in ACTORS[act]} & desk.actor.roles:
        return f"您不能{CASE_ACT_LABELS[act]}，由有此职责的人员办理。"
    return BARRED.get(act, _no_reason)(desk, look)


def _no_reason(_desk: Desk, _look: Look) -> str:
    return ""


def _own_application(_desk: Desk, _look: Look) -> str:
    return "销号是由您登记申请的，须由另一人核查。"


def _own_plan(_desk: Desk, _look: Look) -> str:
    return "方案是由您登记的，须由另一人审核。"


def _not_yet(desk: Desk, look: Look) -> str:
    if desk.actor.code in look.verifiers:
        return "您是核查人，须由另一名负责人批准。"
    needed = closing_level(desk, look)
    if not reaches(desk, CaseAct.CLOSE.value, needed, look.beside.lent, look.verifiers):
        return f"本事项由{who_grants(needed)}批准销号。"
    if look.beside.open_complaints:
        return "公示期间的反映尚未核实，核实后批准。"
    until = look.notice_until
    return f"公示至{until.month}月{until.day}日，期满后批准。" if until else ""


def _unsigned(_desk: Desk, look: Look) -> str:
    return "整改通知书尚未签发，期限未起算。" if look.case.due_on is None else ""


def _objected(_desk: Desk, _look: Look) -> str:
    return "异议正在复核，复核后才能申请销号。"


BARRED: dict[CaseAct, Callable[[Desk, Look], str]] = {
    CaseAct.SUBMIT_PLAN: _unsigned,
    CaseAct.APPROVE_PLAN: _own_plan,
    CaseAct.APPLY_CLOSURE: _objected,
    CaseAct.VERIFY: _own_application,
    CaseAct.CLOSE: _not_yet,
}


def _open(_desk: Desk, look: Look) -> str:
    if look.case.due_on is None:
        return "等待整改通知书签发：在“文书”中审核、签发后，期限开始计算。"
    return "等待单位报送整改方案。"


def _verify(desk: Desk, look: Look) -> str:
    review = review_for(desk, look)
    days = ladder_for(desk, look).clearing.verify_workdays
    many = f"须{review.verifiers}人" if review.verifiers > 1 else "由申请人以外的人员"
    place = "到现场" if review.on_site else ""
    return f"第一步：核查验收。看佐证材料是否支持销号，{many}{place}核查，宜在{days}个工作日内完成。"


def _close(_desk: Desk, _look: Look) -> str:
    return "第二步：批准销号。核查已通过，由核查人以外的负责人批准。"


def _look_back(_desk: Desk, look: Look) -> str:
    day = look.case.look_back_on
    return f"{day.month}月{day.day}日到单位回头看，登记是否反弹。" if day else "等待回头看。"


SAID: dict[CaseState, Callable[[Desk, Look], str]] = {
    CaseState.OPEN: _open,
    CaseState.PLANNED: lambda _desk, _look: "审核整改方案：同意后开始整改，退回的由单位重报。",
    CaseState.RECTIFYING: lambda _desk, _look: "单位整改中，完成后由单位申请销号。",
    CaseState.CLOSURE_APPLIED: _verify,
    CaseState.VERIFIED: _close,
    CaseState.CLOSED: lambda _desk, _look: "已销号，在观察期内。需要回头看的，确定日期。",
    CaseState.LOOK_BACK: _look_back,
}
