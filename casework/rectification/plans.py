"""The rectification plan of a case (整改方案): versions with goal, limit and measures, approved before they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.ahead import note_written
from casework.desk import Desk
from casework.lights.climbing import ladder_of, profile_of
from casework.moves import settle
from casework.rectification.cases import ActOnCase
from casework.rectification.measures import HORIZONS, MeasureLine, plan_in_force, plans_of, read_measures
from casework.staff.people import require_other
from casework.tasks import finish_beside, open_task
from core.errors import InvalidInput
from core.life.rectification import CaseState
from core.life.sidelife import HORIZON_LABELS, PLAN, Horizon, PlanAct, PlanState
from models.base import table_of
from models.campaign import Finding
from models.handling import Measure, RectificationPlan
from models.rectification import Rectification

LATE = "late_plan"
PLAN_ROW = sa.insert(table_of(RectificationPlan)).returning(table_of(RectificationPlan).c.id)
MEASURE_ROW = sa.insert(table_of(Measure))


def need_plan(deed: ActOnCase) -> None:
    """Refuse a plan without measures, before its notice, beyond the due date, or verified by its own subject.

    source   生态环境法典 第二十九条 and central rectification plans: subject, goal, measures, limit, who verifies
    """
    if not (deed.values.get("measures") or deed.note).strip():
        raise InvalidInput(
            "整改方案须写明措施",
            found="空",
            expected="--set measures=措施",
            remedy="逐项写明措施、责任人和完成时限",
        )
    if deed.case.due_on is None:
        raise InvalidInput(
            "通知书尚未签发，不能报送方案",
            found=deed.case.state,
            expected="已签发的通知书",
            remedy="待通知书签发后再报送",
        )
    _check_parts(deed)
    _check_verifier(deed)
    lines = _lines(deed)
    late = [line.due_on for line in lines if line.due_on is not None and line.due_on > deed.case.due_on]
    late += [day for day in (deed.day("until"),) if day is not None and day > deed.case.due_on]
    if late:
        raise InvalidInput(
            "方案的时限晚于整改期限",
            found="、".join(str(day) for day in dict.fromkeys(late)),
            expected=f"不晚于 {deed.case.due_on}",
            remedy="改在期限之内；确需更长时间的另行申请延期或长期整改",
        )


def _check_parts(deed: ActOnCase) -> None:
    rules = ladder_of(deed.desk, deed.case.campaign_id).plan
    wanted = (
        ("goal", rules.goal_required, "整改目标"),
        ("verifier_unit", rules.verifier_required, "验收单位"),
    )
    missing = [(key, word) for key, needed, word in wanted if needed and not deed.values.get(key, "").strip()]
    if missing:
        raise InvalidInput(
            "整改方案不完整",
            found="缺少" + "、".join(word for _key, word in missing),
            expected="写明" + "、".join(word for _key, word in missing),
            remedy="加上 " + " ".join(f"--set {key}=…" for key, _word in missing),
        )
    horizon = deed.values.get("horizon")
    if horizon is not None and horizon not in HORIZONS:
        raise InvalidInput(
            "整改类型不正确",
            found=horizon,
            expected="、".join(f"{code.value} {label}" for code, label in HORIZON_LABELS.items()),
            remedy="改正 --set horizon=dated",
        )


def _check_verifier(deed: ActOnCase) -> None:
    """Refuse a unit that would verify its own work, whether it is named by code or by name."""
    verifier = deed.values.get("verifier_unit", "").strip()
    unit = deed.desk.unit(deed.case.unit_id)
    if verifier and verifier in (unit.code, unit.name, deed.values.get("subject", "").strip()):
        raise InvalidInput(
            "验收单位不能是整改单位",
            found=verifier,
            expected="整改单位以外的单位",
            remedy="改正 --set verifier_unit=单位",
        )


def _lines(deed: ActOnCase) -> list[MeasureLine]:
    text = deed.values.get("measures") or deed.note
    horizon = HORIZONS[deed.values.get("horizon", Horizon.DATED.value)]
    return read_measures(text, deed.values.get("owner", ""), deed.day("until"), horizon)


def submit_plan(deed: ActOnCase) -> None:
    """Store a version of the plan with its measures; the version before it is kept, as returned or replaced."""
    case, desk = deed.case, deed.desk
    case.plan_on = deed.on
    case.plan_text = deed.values.get("measures") or deed.note
    known = plans_of(desk, case.id)
    for plan in known:
        if plan.state == PlanState.SUBMITTED:
            settle(plan, PLAN, PlanAct.REPLACE)
            desk.session.add(plan)
    unit = desk.unit(case.unit_id)
    row = {
        "office_id": desk.office_id,
        "case_id": case.id,
        "version": len(known) + 1,
        "round": case.round,
        "state": PLAN.start.value,
        "subject": deed.values.get("subject", "").strip() or unit.name,
        "goal": deed.values.get("goal", "").strip(),
        "owner": deed.values.get("owner", "").strip(),
        "until_on": deed.day("until"),
        "verifier_unit": deed.values.get("verifier_unit", "").strip(),
        "submitted_on": deed.on,
        "submitted_by": desk.actor.code,
    }
    _write(desk, case.id, row, _lines(deed))
    finish_beside(desk, case.id, late_key(case), "已报送方案")


def _write(desk: Desk, case_id: int, row: Mapping[str, object], lines: Sequence[MeasureLine]) -> None:
    """Write a version with its measures at once: its key is needed, and the rest of the act need not be written yet."""
    connection = desk.session.connection()
    number = connection.execute(PLAN_ROW, row).scalar_one()
    measures = [
        {"plan_id": number, "number": place, "text": line.text, "owner": line.owner, "due_on": line.due_on,
         "horizon": line.horizon.value, "tracked": line.tracked}
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip
    connection.execute(MEASURE_ROW, measures)
    note_written(desk, RectificationPlan, case_id)


def check_approval(deed: ActOnCase) -> None:
    """Refuse to approve a plan that one submitted oneself."""
    for plan in plans_of(deed.desk, deed.case.id):
        if plan.state == PlanState.SUBMITTED:
            require_other(deed.desk, plan.submitted_by, "审核")
            deed.detail["version"] = plan.version


def approve_plan(deed: ActOnCase) -> None:
    """Put the submitted version in force; the one before it is replaced, and what was done stays done in its rows."""
    desk = deed.desk
    waiting = None
    for plan in plans_of(desk, deed.case.id):
        if plan.state == PlanState.APPROVED:
            settle(plan, PLAN, PlanAct.REPLACE)
            desk.session.add(plan)
            desk.session.flush()
        elif plan.state == PlanState.SUBMITTED:
            waiting = plan
    if waiting is not None:
        _decide(deed, waiting, PlanAct.APPROVE)


def return_plan(deed: ActOnCase) -> None:
    """Send the submitted version back; a version approved before it stays in force, and so does its day."""
    before = plan_in_force(deed.desk, deed.case)
    deed.case.plan_on = before.submitted_on if before else None
    for plan in plans_of(deed.desk, deed.case.id):
        if plan.state == PlanState.SUBMITTED:
            _decide(deed, plan, PlanAct.RETURN)


def check_return(deed: ActOnCase) -> None:
    """Refuse to return a plan without saying what it lacks; note the version that stays in force."""
    deed.need_note()
    before = plan_in_force(deed.desk, deed.case)
    deed.detail["in_force"] = before.version if before else None


def _decide(deed: ActOnCase, plan: RectificationPlan, act: PlanAct) -> None:
    settle(plan, PLAN, act)
    plan.decided_on, plan.decided_by, plan.decision_note = deed.on, deed.desk.actor.code, deed.note
    deed.desk.session.add(plan)


def late_key(case: Rectification) -> str:
    """Return the cause under which the lateness of a plan is told, once a round."""
    return f"case:{case.id}:{LATE}:{case.round}"


def plan_due_on(desk: Desk, case: Rectification) -> date | None:
    """Return the day by which the plan is due: so many working days after service; None before it."""
    if case.served_on is None or case.due_on is None:
        return None
    return desk.calendar.after(case.served_on, profile_of(desk, case).plan_workdays)


def watch_plans(desk: Desk) -> dict[str, object]:
    """Open a task for every plan that is late by as much as the rules say, for the officer to urge it."""
    query = select(Rectification, Finding.code).where(
        col(Rectification.office_id) == desk.office_id,
        col(Rectification.id) == col(Finding.id),
        col(Rectification.state) == CaseState.OPEN.value,
        col(Rectification.plan_on).is_(None),
        col(Rectification.suspended_on).is_(None),
        col(Rectification.served_on).is_not(None),
        col(Rectification.round) == 1,
    )
    opened = 0
    for case, code in desk.session.exec(query.order_by(col(Rectification.id))).all():
        due_on = plan_due_on(desk, case)
        wait = ladder_of(desk, case.campaign_id).plan.late_task_workdays
        if due_on is None or desk.today < desk.calendar.after(due_on, wait):
            continue
        task = open_task(
            desk, late_key(case), kind=LATE, title=f"催报整改方案：{code}（应于{due_on}前报送）", subject="case",
            subject_id=case.id, role="officer", due_on=desk.calendar.after(desk.today, 1), unit_id=case.unit_id,
        )  # fmt: skip
        opened += task is not None
    return {"opened": opened}
