"""Cases supervised together with another body (联合督办): recorded with a task for the report, ended with a result."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.incomingviews import find_incoming
from casework.linkage.clues import words
from casework.linkage.compartment import contact_of_linkage
from casework.linkage.meetings import find_meeting
from casework.rectification.cases import find_case
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT, finish_for, open_task
from core.errors import InvalidInput, NotFound
from models.base import key_of
from models.campaign import Finding
from models.meeting import JointSupervision


def supervise_jointly(
    desk: Desk,
    case_code: str,
    body: str,
    demand: str,
    *,
    report_on: date | None = None,
    meeting: int | None = None,
    incoming: int | None = None,
) -> JointSupervision:
    """Record that a case is supervised together with another body (联合督办), with a task for the report.

    body    a receiver's code of the linkage rules
    raises  InvalidInput for an unknown body or no demand
    """
    require_role(desk, COMPARTMENT, "登记联合督办")
    case, _finding = find_case(desk, case_code)
    name = _name_of(desk, body)
    words(demand, "联合督办的要求", "--note")
    if meeting is not None:
        find_meeting(desk, meeting)
    row = JointSupervision(
        office_id=desk.office_id,
        case_id=case.id,
        body=body,
        body_name=name,
        agreed_on=desk.today,
        report_on=report_on,
        demand=demand.strip(),
        meeting_id=meeting,
        incoming_id=find_incoming(desk, incoming).id if incoming else None,
        recorded_by=desk.actor.code,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("joint", key_of(row), "supervise_jointly", body=body, meeting=meeting, incoming=incoming)
    _open_report_task(desk, row)
    return row


def _name_of(desk: Desk, body: str) -> str:
    receivers = desk.rules.linkage.receivers
    if body not in receivers:
        raise InvalidInput("没有这个机关", found=body, expected="、".join(receivers), remedy="改正 --body")
    return desk.office_rules.receivers.get(body, receivers[body].name)


def _open_report_task(desk: Desk, row: JointSupervision) -> None:
    open_task(
        desk,
        f"joint:{row.id}:report",
        kind="joint_supervision",
        title=f"联合督办（{row.body_name}）：汇总督办情况",
        subject="case",
        subject_id=row.case_id,
        role="linkage",
        due_on=row.report_on,
        owner=contact_of_linkage(desk),
        confidential=True,
    )


def end_joint_supervision(desk: Desk, joint_id: int, note: str) -> JointSupervision:
    """End a joint supervision with what came of it."""
    require_role(desk, COMPARTMENT, "办结联合督办")
    row = desk.session.get(JointSupervision, joint_id)
    if row is None or row.office_id != desk.office_id or row.ended_on is not None:
        raise NotFound(
            "没有这项联合督办",
            found=str(joint_id),
            expected="进行中的联合督办",
            remedy="运行 ducha meeting joint-list 查看",
        )
    words(note, "督办结果", "--note")
    row.ended_on, row.end_note = desk.today, note.strip()
    desk.session.add(row)
    desk.record("joint", joint_id, "end", note=note)
    finish_for(desk, f"joint:{row.id}:report", note)
    return row


def list_joint(desk: Desk) -> list[dict[str, object]]:
    """Return the cases supervised together with others, newest first."""
    require_role(desk, COMPARTMENT, "查看联合督办")
    query = select(JointSupervision, Finding.code).where(
        col(JointSupervision.office_id) == desk.office_id, col(Finding.id) == col(JointSupervision.case_id)
    )
    return [
        {
            "id": row.id,
            "case": code,
            "body": row.body,
            "agreed_on": row.agreed_on.isoformat(),
            "report_on": row.report_on.isoformat() if row.report_on else None,
            "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        }
        for row, code in desk.session.exec(query.order_by(col(JointSupervision.id).desc()))
    ]
