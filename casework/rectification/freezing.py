"""Freezes (锁定): a rule locks a matter at a missed node; only a named leader releases it. The clock runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.ahead import rows_beside
from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.rungview import write_day
from casework.moves import take
from casework.rectification.cases import ActOnCase
from casework.rectification.longterm import current_stage
from casework.rectification.plans import plan_due_on
from casework.staff.lending import deciding_role
from casework.tasks import finish_for, open_task
from core.errors import NotAllowed, Refused
from core.life.freezelife import FREEZE, WHILE_FROZEN, FreezeAct, FreezeState
from core.life.halflife import HalfReportState
from core.life.rectification import CASE_ACT_LABELS, CLOCK_RUNS, CaseState
from core.life.tasklife import TaskState
from core.rulebook import LEADER_ROLE_LABELS, LeaderRole
from core.rulebook.handling import FreezeRule
from models.base import key_of
from models.campaign import Finding
from models.halfreport import HalfReport
from models.handling import Freeze
from models.rectification import Rectification
from models.task import Task

NODE_LABELS = {
    "plan": "未按期报送整改方案",
    "due": "到期未完成整改",
    "stage": "未按期达到长期整改阶段目标",
    "half_report": "未按期报送半月报告",
    "task": "待办逾期",
}


def freezes_of(desk: Desk, case_id: int) -> list[Freeze]:
    """Return the freezes that hold a case now."""
    return [one for one in rows_beside(desk, Freeze, case_id) if one.state == FreezeState.FROZEN]


def refuse_frozen(deed: ActOnCase) -> None:
    """Refuse what a locked case does not take; the unit only learns that the office has to act first."""
    if deed.act in WHILE_FROZEN:
        return
    held = freezes_of(deed.desk, deed.case.id)
    if not held:
        return
    what = f"整改事项暂不能{CASE_ACT_LABELS[deed.act]}"
    if deed.desk.actor.speaks_for_unit:
        raise Refused(
            what, found="待督察单位处理", expected="督察单位处理后", remedy="与督察单位联系；可继续报送进展"
        )
    who = LEADER_ROLE_LABELS[_level(held)]
    raise Refused(
        what,
        found="；".join(f"{one.frozen_on}起锁定（{one.code}，{NODE_LABELS[one.node]}）" for one in held),
        expected=f"由{who}解除锁定",
        remedy=f"由{who}办理 case act … release --note 理由",
    )


def say_frozen(desk: Desk, case_id: int) -> Iterator[str]:
    """Yield a sentence for each freeze that holds a case; a unit is not told, as when an act of it is refused."""
    if desk.actor.speaks_for_unit:
        return
    for one in freezes_of(desk, case_id):
        yield sentence_of_freeze(one.node, one.missed_on, one.frozen_on, one.releases)


def sentence_of_freeze(node: str, missed_on: date, frozen_on: date, releases: str) -> str:
    """Say why a case is locked, since when, and who releases it."""
    who = LEADER_ROLE_LABELS[LeaderRole(releases)]
    return (
        f"因{NODE_LABELS[node]}（{write_day(missed_on)}），自{write_day(frozen_on)}起锁定；"
        f"{who}写明理由解除前不能办理下一步，期限照常计算。"
    )


def _level(held: list[Freeze]) -> LeaderRole:
    return max((LeaderRole(one.releases) for one in held), key=lambda role: role.rank)


def check_release(deed: ActOnCase) -> None:
    """Refuse to release what is not locked, without a reason, or from too low a post."""
    deed.need_note()
    held = freezes_of(deed.desk, deed.case.id)
    if not held:
        raise Refused("整改事项没有锁定", found="0项", expected="已锁定的整改事项", remedy="无须解除")
    needed = _level(held)
    role = deciding_role(deed.desk, deed.act.value, needed, deed.detail) or LeaderRole.DIRECTOR
    if not role.may_sign(needed):
        raise NotAllowed(
            "解除锁定的级别不够",
            found=LEADER_ROLE_LABELS[role],
            expected=f"{LEADER_ROLE_LABELS[needed]}及以上",
            remedy="由相应负责人解除",
        )


def release(deed: ActOnCase) -> None:
    """Release every freeze of the case with the leader's reason."""
    desk = deed.desk
    for one in freezes_of(desk, deed.case.id):
        one.released_on, one.released_by, one.reason = deed.on, desk.actor.code, deed.note
        with desk.session.no_autoflush:
            take(
                desk,
                one,
                FREEZE,
                FreezeAct.RELEASE,
                unit_id=deed.case.unit_id,
                on=deed.on,
                detail={"note": deed.note},
            )
        desk.session.add(one)
        finish_for(desk, f"freeze:{one.id}", deed.note)


@dataclass(frozen=True, slots=True)
class Missed:
    """A node that a case missed: the day it was for, and its cause, which names it within the case."""

    on: date
    cause: str


Look = Callable[[Desk, Rectification], Iterator[Missed]]


def watch_freezes(desk: Desk) -> dict[str, object]:
    """Lock the cases that missed a node by as much as a rule says; a node that was released locks no second time."""
    frozen = 0
    for campaign_id in _campaigns(desk):
        rules = ladder_of(desk, campaign_id).freezes
        if not rules:
            continue
        for case, code in _cases(desk, campaign_id):
            frozen += sum(_freeze(desk, case, code, rule) for rule in rules)
    return {"frozen": frozen}


def _campaigns(desk: Desk) -> list[int]:
    query = select(col(Rectification.campaign_id)).where(
        col(Rectification.office_id) == desk.office_id,
        col(Rectification.state).in_(sorted(CLOCK_RUNS)),
    )
    return sorted(set(desk.session.exec(query.distinct())))


def _cases(desk: Desk, campaign_id: int) -> list[tuple[Rectification, str]]:
    """Return the running cases of a campaign; one whose clock stands still misses nothing."""
    query = (
        select(Rectification, Finding.code)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.campaign_id) == campaign_id,
            col(Rectification.id) == col(Finding.id),
            col(Rectification.state).in_(sorted(CLOCK_RUNS)),
            col(Rectification.suspended_on).is_(None),
            col(Rectification.served_on).is_not(None),
        )
        .order_by(col(Rectification.id))
    )
    return list(desk.session.exec(query))


def _freeze(desk: Desk, case: Rectification, code: str, rule: FreezeRule) -> int:
    if rule.severities and case.severity not in rule.severities:
        return 0
    known = select(Freeze.cause).where(col(Freeze.case_id) == case.id, col(Freeze.code) == rule.code)
    causes = set(desk.session.exec(known))
    missed = [
        one
        for one in LOOKS[rule.node](desk, case)
        if one.cause not in causes
        and desk.today > one.on
        and desk.today >= desk.calendar.after(one.on, rule.after_workdays)
    ]
    for one in missed:
        _lock(desk, case, code, rule, one)
    return len(missed)


def _lock(desk: Desk, case: Rectification, code: str, rule: FreezeRule, missed: Missed) -> None:
    row = Freeze(
        office_id=desk.office_id,
        case_id=case.id,
        code=rule.code,
        node=rule.node,
        cause=missed.cause,
        state=FREEZE.start.value,
        missed_on=missed.on,
        frozen_on=desk.today,
        releases=rule.releases,
    )
    desk.session.add(row)
    desk.session.flush()
    number = key_of(row)
    desk.record(
        "freeze",
        number,
        "open",
        unit_id=case.unit_id,
        to_state=row.state,
        code=rule.code,
        missed_on=missed.on,
    )
    open_task(
        desk,
        f"freeze:{number}",
        kind="release_freeze",
        title=f"是否解除锁定：{code}（{NODE_LABELS[rule.node]}，由{LEADER_ROLE_LABELS[LeaderRole(rule.releases)]}决定）",
        subject="freeze",
        subject_id=number,
        role="director",
        unit_id=case.unit_id,
    )


def _plan(desk: Desk, case: Rectification) -> Iterator[Missed]:
    due_on = plan_due_on(desk, case)
    if case.state == CaseState.OPEN and case.plan_on is None and case.round == 1 and due_on is not None:
        yield Missed(due_on, "plan:1")


def _due(_desk: Desk, case: Rectification) -> Iterator[Missed]:
    if case.due_on is not None:
        yield Missed(case.due_on, f"due:{case.round}:{case.due_version}")


def _stage(desk: Desk, case: Rectification) -> Iterator[Missed]:
    stage = current_stage(desk, case.id)
    if stage is not None:
        yield Missed(stage.review_on, f"stage:{stage.id}")


def _half_report(desk: Desk, case: Rectification) -> Iterator[Missed]:
    query = select(HalfReport).where(
        col(HalfReport.subject) == "case",
        col(HalfReport.subject_id) == case.id,
        col(HalfReport.state).in_((HalfReportState.OWED.value, HalfReportState.LATE.value)),
    )
    for one in desk.session.exec(query):
        yield Missed(one.due_on, f"half_report:{one.id}")


def _task(desk: Desk, case: Rectification) -> Iterator[Missed]:
    query = select(Task).where(
        col(Task.office_id) == desk.office_id,
        col(Task.subject) == "case",
        col(Task.subject_id) == case.id,
        col(Task.state) == TaskState.OPEN.value,
        col(Task.due_on) < desk.today,
        col(Task.confidential).is_(False),  # what only some may know must not show by its effects
    )
    for task in desk.session.exec(query):
        if task.due_on is not None:
            yield Missed(task.due_on, f"task:{task.id}")


LOOKS: dict[str, Look] = {
    "plan": _plan,
    "due": _due,
    "stage": _stage,
    "half_report": _half_report,
    "task": _task,
}
