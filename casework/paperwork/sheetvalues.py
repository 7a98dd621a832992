"""What sheets, replies and letters say: reminders of a rung, answers to requests, closure, linkage."""

from __future__ import annotations

from datetime import date

from casework.paperwork.subjects import Subject, Values, citable_here, cite, kind_bases
from casework.rectification.returns import requirements_of
from core.life.rectification import CASE_STATE_LABELS, SETTLED, CaseState
from core.rulebook import Basis
from models.campaign import Finding
from models.rectification import Rectification, SideRequest


def sheet_values(subject: Subject) -> Values:
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    days = next((c.reply_workdays for c in ladder.colours if c.document == subject.document.kind), 3)
    return {
        "cases": [
            case_row(subject, case, finding)
            for case, finding in subject.findings()
            if CaseState(case.state) not in SETTLED
        ],
        "reply": subject.period(subject.rule.reply_workdays or days, "workday", "签发"),
    }


def case_row(subject: Subject, case: Rectification, finding: Finding) -> Values:
    assert case.due_on is not None  # a case climbs only after its notice was signed
    return {
        "number": finding.code,
        "item": subject.item_of(finding).title,
        "fact": finding.problem,
        "due_on": case.due_on.isoformat(),
        "overdue_workdays": max(0, subject.desk.calendar.between(case.due_on, subject.desk.today)),
        "percent": case.percent,
        "state": case_standing(case),
        "demand": _demand(subject, case),
    }


def _demand(subject: Subject, case: Rectification) -> str:
    """Return what is demanded; after a return also what has to be added, in the words of the verifier."""
    demand = (
        "按期完成整改并申请销号，报送佐证材料。" if case.plan_on else "立即报送整改方案和进展，按期完成整改。"
    )
    wanted = requirements_of(subject.desk, case) if case.returns else ""
    return f"{demand}补充整改要求：{wanted}" if wanted else demand


def case_standing(case: Rectification) -> str:
    """Return in words where a case stands: 整改中，完成率40%."""
    label = CASE_STATE_LABELS[CaseState(case.state)]
    return f"{label}，完成率{case.percent}%" if case.percent else f"{label}，未报送进展"


def extension_reply_values(subject: Subject) -> Values:
    case, finding, request = _case_and_request(subject)
    granted = request.state == "granted"
    return {
        "case_number": finding.code,
        "item": subject.item_of(finding).title,
        "applied_on": request.asked_on.isoformat(),
        "due_on": _text(request.due_before or case.due_on),
        "asked_until": _text(request.until_on),
        "grounds": request.reason,
        "verdict": "granted" if granted else "refused",
        "granted_until": _text(request.granted_until_on or request.until_on),
        "last_extension": True,
        "reason": request.decision_note or ("理由属实。" if granted else "理由不充分。"),
    }


def objection_reply_values(subject: Subject) -> Values:
    _case, finding, request = _case_and_request(subject)
    told = {"changed": "partly", "upheld": "upheld", "rejected": "rejected"}
    verdict = told.get(request.verdict) or ("upheld" if request.state == "granted" else "rejected")
    return {
        "finding_number": finding.code,
        "item": subject.item_of(finding).title,
        "raised_on": request.asked_on.isoformat(),
        "grounds": request.reason,
        "review": request.decision_note or "已调阅督察底稿和佐证材料，并听取你单位意见。",
        "verdict": verdict,
        "reason": "" if not request.decision_note else "复核意见已经集体研究。",
    }


def _case_and_request(subject: Subject) -> tuple[Rectification, Finding, SideRequest]:
    case, finding = subject.findings()[0]
    request = subject.desk.session.get(SideRequest, subject.inputs["request"])
    assert request is not None  # written with the draft
    return case, finding, request


def closure_notice_values(subject: Subject) -> Values:
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    closed = [case.closed_on for case, _finding in subject.findings() if case.closed_on is not None]
    return {
        "cases": [
            {
                "number": finding.code,
                "item": subject.item_of(finding).title,
                "applied_on": _text(subject.inputs.get("applied_on") or case.closed_on),
                "verified_on": _text(subject.inputs.get("verified_on") or case.closed_on),
                "result": "整改到位",
            }
            for case, finding in subject.findings()
        ],
        "observation": subject.period(
            ladder.clearing.observation_workdays, "workday", "销号", max(closed, default=None)
        ),
    }


def letter_values(subject: Subject) -> Values:
    """Return a letter's values: what it says was written by the people who screened and studied the matter."""
    cases = [case_row(subject, case, finding) for case, finding in subject.findings()]
    return {
        "unit": str(subject.inputs["receiver_name"]),
        "subject_unit": subject.unit.name,
        "cases": cases,
        "basis": list(dict.fromkeys(cite((*kind_bases(subject), *_linkage_bases(subject))))),
        "feedback": subject.period(subject.rules.linkage.feedback_workdays, "workday", "收到本函"),
        **subject.inputs.get("values", {}),
    }


def _linkage_bases(subject: Subject) -> tuple[Basis, ...]:
    return citable_here(subject, subject.rules.linkage.basis)


def correction_values(subject: Subject) -> Values:
    """Return what a correction says: `reason`, and `changes` [{number, item, before, after, reason}], days in ISO."""
    values: Values = subject.inputs["values"]
    return values


def _text(day: date | str | None) -> str:
    return day.isoformat() if isinstance(day, date) else str(day or "")
