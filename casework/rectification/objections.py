"""Objections (异议): raised within the notice's window, answered by a day, reviewed by people who took no part."""

from __future__ import annotations

import json
from datetime import date

from sqlmodel import col, select

from casework.calendar.duemoves import Derived, DueMove
from casework.lights.climbing import rules_of
from casework.lights.duedates import name_due
from casework.paperwork.corrections import Cause, draft_corrections
from casework.rectification.cases import ActOnCase
from casework.rectification.requests import start_due_version
from casework.rectification.siderequests import (
    finish_request_task,
    need_open,
    new_request,
    open_one,
    reply,
    settle_with,
)
from casework.rectification.suspending import resume_clock
from casework.tasks import open_task
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import SEVERITY_LABELS, DocumentContent, Severity
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.lives import DocumentState
from core.life.rectification import CaseAct, RequestKind
from core.life.sidelife import RequestAct
from core.rulebook.documents import ObjectionRight
from models.audit import history_of
from models.campaign import CheckRecord, VisitMember
from models.document import Document, DocumentCase
from models.organisation import Person, Unit
from models.rectification import SideRequest

KIND = RequestKind.OBJECTION


def _right_of(deed: ActOnCase) -> ObjectionRight | None:
    """Return the right to object that the notice of the case gives."""
    query = (
        select(Document.kind)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(
            col(DocumentCase.case_id) == deed.case.id,
            col(Document.content_kind) == DocumentContent.FINDINGS.value,
            col(Document.state) != DocumentState.VOID.value,
        )
    )
    kind = deed.desk.session.exec(query).first()
    return rules_of(deed.desk, deed.case.campaign_id).document(kind).objection if kind else None


def check_objection(deed: ActOnCase) -> None:
    """Refuse an objection without reasons, after its window, or a second one while the first is open.

    source   the notice's rule, objection.period; a late one only where a reviewer admitted it
    """
    deed.need_note()
    if open_one(deed, KIND) is not None:
        raise Refused("已有一件异议待复核", found="1件", expected="0件", remedy="等待复核结果")
    right, served_on = _right_of(deed), deed.case.served_on
    if right is None or served_on is None:
        return
    last_day = deed.desk.calendar.due(served_on, right.period, PeriodUnit(right.unit)).due_on
    if deed.on <= last_day:
        return
    admitted = _admitted_until(deed)
    if admitted is None or deed.on > admitted:
        raise Refused(
            "提出异议已过期限",
            found=f"{deed.on} 提出，{served_on} 送达",
            expected=f"不晚于 {max(last_day, admitted or last_day)}",
            remedy="有正当理由的，由复核人员准许后再提出（case act … admit_objection）",
        )
    deed.detail["late"] = True


def _admitted_until(deed: ActOnCase) -> date | None:
    """Return until when a late objection was admitted, as the history of the case tells."""
    days = [
        date.fromisoformat(json.loads(entry.detail)["until"])
        for entry in history_of(deed.desk.session, deed.desk.office_id, "case", [deed.case.id])
        if entry.act == CaseAct.ADMIT_OBJECTION and entry.detail
    ]
    return max(days, default=None)


def check_admission(deed: ActOnCase) -> None:
    """Refuse to admit a late objection without a reason or time to raise it, and by those who made the finding."""
    deed.need_note()
    until = deed.day("until")
    if until is None or until < deed.on:
        raise InvalidInput(
            "准许提出异议的期限不合理",
            found=deed.values["until"],
            expected=f"不早于 {deed.on}",
            remedy="改正 --set until=日期",
        )
    _refuse_makers(deed)


def object_to_notice(deed: ActOnCase) -> None:
    """File the objection with the day of its answer; the clock stands still only where the notice's rule says so."""
    request, right = new_request(deed, KIND), _right_of(deed)
    if right is None:
        return
    if right.answer_period is not None:
        unit = PeriodUnit(right.answer_unit or right.unit)
        request.answer_due_on = deed.desk.calendar.due(deed.on, right.answer_period, unit).due_on
    open_task(
        deed.desk,
        f"case:{deed.case.id}:{KIND.value}:{request.number}",
        kind="answer_objection",
        title=f"复核异议：{deed.finding.code}",
        subject="case",
        subject_id=deed.case.id,
        role="reviewer",
        due_on=request.answer_due_on,
        unit_id=deed.case.unit_id,
    )
    deed.desk.session.add(request)
    if right.suspends and deed.case.due_on is not None:
        deed.case.suspended_on = deed.on


def check_objection_decision(deed: ActOnCase) -> None:
    """Refuse a reviewer who made the finding, and a change that changes nothing or takes time away.

    source   政府督查工作条例 第十七条: those who took part in the conclusion recuse themselves from its review
    """
    request = need_open(deed, KIND)
    deed.need_note()
    _refuse_makers(deed)
    if deed.values["verdict"] == "changed":
        _check_change(deed)
    elif {"severity", "until"} & set(deed.values):
        raise InvalidInput(
            "只有变更结论可以改程度或期限",
            found=deed.values["verdict"],
            expected="verdict=changed",
            remedy="改正 --set verdict=changed，或去掉 severity、until",
        )
    deed.detail["request"] = request.number


def _check_change(deed: ActOnCase) -> None:
    severity, until, due_on = deed.values.get("severity"), deed.day("until"), deed.case.due_on
    if severity is None and until is None:
        raise InvalidInput(
            "变更须写明变更什么",
            found="空",
            expected="severity=minor|major|grave 或 until=日期",
            remedy="加上 --set severity=minor 或 --set until=日期",
        )
    if severity is not None and severity not in set(Severity):
        raise InvalidInput(
            "程度不正确", found=severity, expected="、".join(Severity), remedy="改正 --set severity=minor"
        )
    if until is not None and (due_on is None or until < due_on):
        raise InvalidInput(
            "期限一经通知不得提前",
            found=until.isoformat(),
            expected=f"不早于 {due_on or '已通知的期限'}",
            remedy="改正 --set until=日期",
        )


def _refuse_makers(deed: ActOnCase) -> None:
    makers = {deed.finding.found_by, deed.finding.confirmed_by, *_team_codes(deed)}
    if deed.desk.actor.code in makers:
        raise NotAllowed(
            "参与原认定的人员须回避复核",
            found=deed.desk.actor.code,
            expected="未参与该问题督察和认定的人员",
            remedy="换人复核",
        )


def _team_codes(deed: ActOnCase) -> list[str]:
    visit = select(CheckRecord.visit_id).where(col(CheckRecord.id) == deed.finding.check_record_id)
    return list(
        deed.desk.session.exec(
            select(Person.code).where(
                col(Person.id).in_(select(VisitMember.person_id).where(col(VisitMember.visit_id).in_(visit)))
            )
        )
    )


def decide_objection(deed: ActOnCase) -> None:
    """Settle the objection: upheld, it withdraws case and finding; changed, severity or due date follow it."""
    request, verdict = need_open(deed, KIND), deed.values["verdict"]
    settle_with(deed, request, RequestAct.REFUSE if verdict == "rejected" else RequestAct.GRANT, verdict)
    finish_objection(deed, request, restart=verdict != "upheld")
    if verdict == "changed":
        _change(deed)
    reply(deed, request, DocumentContent.OBJECTION_REPLY)


def finish_objection(deed: ActOnCase, request: SideRequest, *, restart: bool = True) -> None:
    """End what the objection began: its task, and the standing still of the clock."""
    finish_request_task(deed, request)
    if not restart:
        deed.case.suspended_on = None
    elif deed.case.suspended_on is not None and deed.case.suspended_on == request.asked_on:
        resume_clock(deed)


def _change(deed: ActOnCase) -> None:
    """Change severity and due date as decided; a later date is told by a correction."""
    case = deed.case
    severity, until, before = deed.values.get("severity"), deed.day("until"), deed.case.due_on
    if severity is not None:
        case.severity = severity  # the finding keeps what was found; the case is managed by what was decided
    if until is not None and before is not None and until > before:
        start_due_version(deed)
        name_due(deed.desk, case, until, before=before, objection=deed.detail["request"])
        _correct(deed, before, until)


def _correct(deed: ActOnCase, before: date, after: date) -> None:
    case, finding = deed.case, deed.finding
    unit = deed.desk.session.get_one(Unit, case.unit_id)
    move = DueMove(
        case_id=case.id, code=finding.code, state=case.state, unit_id=case.unit_id, unit=unit.code,
        campaign_id=case.campaign_id, item=finding.item, notified=case.signed_on is not None, before=before,
        after=after, was_provisional=False, derived=Derived(after, case.due_provisional, before),
    )  # fmt: skip
    reason = f"经复核{finding.code}号问题的异议，变更原认定"
    if severity := deed.values.get("severity"):
        reason += f"，程度改为{SEVERITY_LABELS[Severity(severity)]}"
    words = "异议复核后重新核定期限"
    draft_corrections(deed.desk, [move], Cause(reason, words, words))
