"""What lies beside a case, as outside programs read it: plan and measures, requests, stages, verification, freeze."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.rectification.freezing import NODE_LABELS, freezes_of
from casework.rectification.measures import measures_of, plans_of
from casework.rectification.plans import plan_due_on
from casework.rectification.returns import requirements_of
from core.life.rectification import RequestKind
from core.life.sidelife import HORIZON_LABELS, PLAN, Horizon
from core.rulebook import LEADER_ROLE_LABELS, LeaderRole
from models.handling import Complaint, StageGoal, Verification
from models.rectification import Rectification, SideRequest

Row = dict[str, object]


def parts_of(desk: Desk, case: Rectification) -> dict[str, object]:
    """Return {plan_due_on, plans, requests, verifications, complaints, requirements, frozen}.

    A unit learns of a freeze only that the office has to act first, reads no complaint, and of a verification what it
    has to add; people of the office are no names to it.
    """
    for_unit = desk.actor.speaks_for_unit
    return {
        "plan_due_on": plan_due_on(desk, case),
        "plans": _plans(desk, case, for_unit=for_unit),
        "requests": _requests(desk, case),
        "verifications": _verifications(desk, case, for_unit=for_unit),
        "complaints": [] if for_unit else _complaints(desk, case),
        "requirements": requirements_of(desk, case),
        "frozen": _frozen(desk, case, for_unit=for_unit),
    }


def _plans(desk: Desk, case: Rectification, *, for_unit: bool) -> list[Row]:
    return [
        {
            "version": plan.version,
            "state": plan.state,
            "state_word": PLAN.state_labels[PLAN.states(plan.state)],
            "subject": plan.subject,
            "goal": plan.goal,
            "owner": plan.owner,
            "until_on": plan.until_on,
            "verifier_unit": plan.verifier_unit,
            "submitted_on": plan.submitted_on,
            "decided_on": plan.decided_on,
            "decided_by": None if for_unit else plan.decided_by,
            "note": plan.decision_note,
            "measures": [
                {
                    "number": one.number,
                    "text": one.text,
                    "owner": one.owner,
                    "due_on": one.due_on,
                    "horizon": HORIZON_LABELS[Horizon(one.horizon)],
                    "done_on": one.done_on,
                }
                for one in measures_of(desk, plan)
            ],
        }
        for plan in plans_of(desk, case.id)
    ]


def _requests(desk: Desk, case: Rectification) -> list[Row]:
    query = select(SideRequest).where(col(SideRequest.case_id) == case.id).order_by(col(SideRequest.id))
    return [
        {
            "kind": one.kind,
            "number": one.number,
            "state": one.state,
            "asked_on": one.asked_on,
            "reason": one.reason,
            "until_on": one.until_on,
            "endorsed_on": one.endorsed_on,
            "answer_due_on": one.answer_due_on,
            "verdict": one.verdict,
            "decided_on": one.decided_on,
            "granted_until_on": one.granted_until_on,
            "basis": one.basis,
            "stages": _stages(desk, one) if one.kind == RequestKind.LONG_TERM else [],
        }
        for one in desk.session.exec(query).all()
    ]


def _stages(desk: Desk, request: SideRequest) -> list[Row]:
    query = select(StageGoal).where(col(StageGoal.request_id) == request.id).order_by(col(StageGoal.number))
    return [
        {"number": one.number, "goal": one.goal, "review_on": one.review_on, "verdict": one.verdict}
        for one in desk.session.exec(query)
    ]


def _verifications(desk: Desk, case: Rectification, *, for_unit: bool) -> list[Row]:
    query = select(Verification).where(col(Verification.case_id) == case.id)
    return [
        {
            "number": one.number,
            "on": one.verified_on,
            "manner": one.manner,
            "verdict": one.verdict,
            "by": "" if for_unit else "、".join(filter(None, (one.verified_by, one.seconded_by))),
            "opinion": "" if for_unit and one.verdict == "passed" else one.opinion,
            "notice_until": one.notice_until,
        }
        for one in desk.session.exec(query.order_by(col(Verification.number)))
    ]


def _complaints(desk: Desk, case: Rectification) -> list[Row]:
    query = select(Complaint).where(col(Complaint.case_id) == case.id).order_by(col(Complaint.number))
    return [
        {"number": one.number, "on": one.received_on, "state": one.state, "text": one.text}
        for one in desk.session.exec(query)
    ]


def _frozen(desk: Desk, case: Rectification, *, for_unit: bool) -> list[Row]:
    held = freezes_of(desk, case.id)
    if for_unit:
        return [{"why": "待督察单位处理"}] if held else []
    return [
        {
            "code": one.code,
            "why": NODE_LABELS[one.node],
            "missed_on": one.missed_on,
            "since": one.frozen_on,
            "releases": LEADER_ROLE_LABELS[LeaderRole(one.releases)],
        }
        for one in held
    ]
