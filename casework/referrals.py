"""Linkage: screen, opinion, collective study, approval, transfer, receipt, result; declining is a normal end.

Nothing here is e-mailed or shown to the unit: letters are printed and handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from casework.climbing import rules_of
from casework.desk import Desk
from casework.evidence import keep_file
from casework.letters import draft_letter
from casework.moves import move
from casework.people import require_other, require_role
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.lives import REFERRAL_MOVES, DocumentState, ReferralAct, ReferralState
from core.rectification import RequestState
from core.rulebook.linkage import LinkageRules
from models.base import key_of
from models.campaign import Finding
from models.document import Document
from models.rectification import Rectification, SideRequest
from models.referral import Referral

NAMED = ("linkage", "director")
THING = "线索移送"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver reports: numbers of people, no names."""

    organisational: int = 0
    disciplinary: int = 0
    criminal: int = 0


def list_referrals(desk: Desk, *, state: str | None = None) -> list[dict[str, object]]:
    """Return referrals as outside programs read them; only named people see them."""
    require_role(desk, NAMED, "查看线索移送")
    query = select(Referral, Finding.code).where(
        col(Referral.office_id) == desk.office_id, col(Finding.id) == col(Referral.case_id)
    )
    if state:
        query = query.where(col(Referral.state) == state)
    return [
        {
            "id": row.id,
            "case": code,
            "receiver": row.receiver,
            "state": row.state,
            "trigger": row.trigger,
            "opened_on": row.opened_on.isoformat(),
            "screen_by_on": row.screen_by_on.isoformat(),
            "feedback_due_on": row.feedback_due_on.isoformat() if row.feedback_due_on else None,
        }
        for row, code in desk.session.exec(query.order_by(col(Referral.id)))
    ]


def find_referral(desk: Desk, referral_id: int) -> Referral:
    """Return a referral for a named person; raise NotFound for everybody else too."""
    row = desk.session.get(Referral, referral_id)
    if row is None or row.office_id != desk.office_id or not desk.actor.roles & set(NAMED):
        raise NotFound(
            "没有这件线索",
            found=str(referral_id),
            expected="线索编号",
            remedy="运行 ducha referral list 查看",
        )
    return row


def screen(desk: Desk, referral_id: int, *, receiver: str, opinion: str) -> Referral:
    """Give the legal opinion of a screening and name the receiver it suggests."""
    row = find_referral(desk, referral_id)
    rules = _linkage(desk, row)
    if receiver not in rules.receivers:
        raise InvalidInput(
            "没有这个接收机关", found=receiver, expected="、".join(rules.receivers), remedy="改正 --receiver"
        )
    _need_words(opinion, "初核意见", "--opinion")
    _move(desk, row, ReferralAct.SCREEN, opinion=opinion, receiver=receiver)
    row.receiver, row.opinion = receiver, opinion
    row.opinion_by, row.opinion_on = desk.actor.code, desk.today
    return _kept(desk, row)


def study(desk: Desk, referral_id: int, *, note: str, file: Path | None = None) -> Referral:
    """Record the collective study of a screening with its minutes."""
    row = find_referral(desk, referral_id)
    _need_words(note, "集体研究情况", "--note")
    _move(desk, row, ReferralAct.STUDY, note=note)
    row.study_note, row.studied_on = note, desk.today
    _keep(desk, row, "study", file)
    return _kept(desk, row)


def approve(desk: Desk, referral_id: int, *, note: str = "") -> Referral:
    """Approve the transfer, by the principal officer, and draft the letter with its package list.

    raises   Refused while the notice is not proved served, or an objection or extension is pending
    source   监督执法移送的地方办法: the principal officer of the sending office approves (rules/linkage)
    """
    row = find_referral(desk, referral_id)
    _check_approver(desk, row)
    case = _case(desk, row)
    _check_ripe(desk, case)
    _move(desk, row, ReferralAct.APPROVE, note=note)
    row.approved_by, row.decided_on, row.decision_note = desk.actor.code, desk.today, note
    row.document_id = draft_letter(desk, row, case, _linkage(desk, row)).id
    return _kept(desk, row)


def decline(desk: Desk, referral_id: int, *, reason: str) -> Referral:
    """End a screening without a transfer; the reason is kept."""
    row = find_referral(desk, referral_id)
    _need_words(reason, "不予移送的理由", "--reason")
    require_role(desk, ("director",), "决定不予移送")
    _move(desk, row, ReferralAct.DECLINE, reason=reason)
    row.decided_on, row.decision_note = desk.today, reason
    return _kept(desk, row)


def send(desk: Desk, referral_id: int, *, channel: str, file: Path | None = None) -> Referral:
    """Record that the signed and sealed letter was handed over (机要 or 专人).

    channel   hand | confidential_post; there is no electronic one
    """
    row = find_referral(desk, referral_id)
    if channel not in ("hand", "confidential_post"):
        raise InvalidInput(
            "移送只能专人送达或走机要",
            found=channel,
            expected="hand、confidential_post",
            remedy="改正 --channel",
        )
    document = desk.session.get(Document, row.document_id) if row.document_id else None
    if document is None or document.state not in (DocumentState.ISSUED.value, DocumentState.SERVED.value):
        raise Refused(
            "移送函尚未签发、用印",
            found=document.state if document else "无函件",
            expected="已用印的移送函",
            remedy=f"先运行 ducha notice sign 和 notice seal（文书{row.document_id}）",
        )
    _move(desk, row, ReferralAct.SEND, channel=channel)
    row.sent_on = desk.today
    _keep(desk, row, "send", file)
    return _kept(desk, row)


def receipt(
    desk: Desk, referral_id: int, *, verdict: str, number: str = "", file: Path | None = None
) -> Referral:
    """Record the receipt: accepted, returned, or passed on to another body.

    verdict   received | returned | passed_on
    """
    acts = {"received": ReferralAct.RECEIPT, "returned": ReferralAct.RETURN, "passed_on": ReferralAct.PASS_ON}
    row = find_referral(desk, referral_id)
    if verdict not in acts:
        raise InvalidInput("回执结论不正确", found=verdict, expected="、".join(acts), remedy="改正 --verdict")
    _move(desk, row, acts[verdict], number=number)
    row.receipt_on, row.receipt_number = desk.today, number or None
    if verdict == "received":
        days = _linkage(desk, row).feedback_workdays
        row.feedback_due_on = desk.calendar.after(desk.today, days)
    _keep(desk, row, "receipt", file)
    return _kept(desk, row)


def result(
    desk: Desk, referral_id: int, *, note: str, outcome: Outcome, file: Path | None = None
) -> Referral:
    """Record the result with its counts and close the matter."""
    row = find_referral(desk, referral_id)
    if min(outcome.organisational, outcome.disciplinary, outcome.criminal) < 0:
        raise InvalidInput("人数不能为负", found=str(outcome), expected="0 或以上", remedy="改正人数")
    _move(desk, row, ReferralAct.RESULT, note=note)
    row.result_on, row.result_note = desk.today, note
    row.organisational, row.disciplinary = outcome.organisational, outcome.disciplinary
    row.criminal = outcome.criminal
    _keep(desk, row, "result", file)
    _move(desk, row, ReferralAct.CLOSE)
    return _kept(desk, row)


def watch(desk: Desk) -> dict[str, object]:
    """Return the ids of screenings and transfers past their limits: tasks for our own named contact.

    Overdue feedback calls for a 会商; no machine urges the receiver.
    """
    late_screening = select(Referral.id).where(
        col(Referral.office_id) == desk.office_id,
        col(Referral.state) == ReferralState.SCREENING.value,
        col(Referral.screen_by_on) < desk.today,
    )
    late_feedback = select(Referral.id).where(
        col(Referral.office_id) == desk.office_id,
        col(Referral.state) == ReferralState.RECEIVED.value,
        col(Referral.feedback_due_on) < desk.today,
    )
    return {
        "today": desk.today.isoformat(),
        "screening_overdue": list(desk.session.exec(late_screening)),
        "feedback_overdue": list(desk.session.exec(late_feedback)),
    }


def _move(desk: Desk, row: Referral, act: ReferralAct, **detail: object) -> None:
    case = _case(desk, row)
    move(desk, row, REFERRAL_MOVES, act, subject="referral", thing=THING, unit_id=case.unit_id, detail=detail)


def _case(desk: Desk, row: Referral) -> Rectification:
    case = desk.session.get(Rectification, row.case_id)
    assert case is not None  # foreign key
    return case


def _linkage(desk: Desk, row: Referral) -> LinkageRules:
    return rules_of(desk, _case(desk, row).campaign_id).linkage


def _check_approver(desk: Desk, row: Referral) -> None:
    require_role(desk, ("director",), "批准移送")
    require_other(desk, row.opinion_by, "批准")
    needed = _linkage(desk, row).approver
    post = desk.office_rules.leaders.get(desk.actor.code)
    if post is None or not post.role.may_sign(needed):
        raise NotAllowed(
            "批准移送须由主要负责人决定",
            found=desk.actor.code,
            expected=f"{needed.value} 及以上岗位",
            remedy="由单位主要负责人批准（--by 岗位编码）",
        )


def _check_ripe(desk: Desk, case: Rectification) -> None:
    if case.served_on is None:
        raise Refused(
            "整改通知未证明送达，不能移送",
            found="未送达",
            expected="有送达记录",
            remedy="先运行 ducha notice serve 登记送达",
        )
    pending = desk.session.exec(
        select(SideRequest.kind).where(
            col(SideRequest.case_id) == case.id, col(SideRequest.state) == RequestState.REQUESTED.value
        )
    ).all()
    if pending:
        raise Refused(
            "尚有未办结的申请，暂缓移送",
            found="、".join(pending),
            expected="延期、异议均已办结",
            remedy="先办结申请",
        )


def _need_words(text: str, what: str, option: str) -> None:
    if not text.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected="一句说明", remedy=f"加上 {option}")


def _keep(desk: Desk, row: Referral, act: str, file: Path | None) -> None:
    if file is not None:
        keep_file(desk, "referral", key_of(row), act, file)


def _kept(desk: Desk, row: Referral) -> Referral:
    desk.session.add(row)
    desk.session.flush()
    return row
