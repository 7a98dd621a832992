"""Linkage: screen, opinion, collective study, approval by the principal officer; declining is a normal end.

Nothing here is e-mailed or shown to the unit: letters are printed and handed over (casework/linkage/handover.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.clues import (
    act,
    case_of,
    check_ripe,
    find_referral,
    keep,
    kept,
    linkage_of,
    open_clue_task,
    words,
)
from casework.linkage.compartment import known_ids, require_knowing
from casework.linkage.handover import Outcome, close, finish_transfer_tasks, receipt, result, send
from casework.linkage.letters import draft_letter, withdraw_letter
from casework.linkage.linkagewatch import watch
from casework.staff.people import find_actor, join, require_other, require_role
from core.errors import InvalidInput, NotAllowed
from core.life.lives import ReferralAct
from core.life.referrallife import transfer_by
from core.rulebook.linkage import LinkageRules
from models.campaign import Finding
from models.referral import Referral

__all__ = [
    "Outcome",
    "approve",
    "block",
    "close",
    "decline",
    "find_referral",
    "list_referrals",
    "receipt",
    "result",
    "screen",
    "send",
    "send_back",
    "study",
    "unblock",
    "watch",
]


def list_referrals(desk: Desk, *, state: str | None = None) -> list[dict[str, object]]:
    """Return referrals as outside programs read them; only named people see them, and no list tells what they say."""
    require_knowing(desk, "查看线索移送")
    query = select(Referral, Finding.code).where(
        col(Referral.office_id) == desk.office_id, col(Finding.id) == col(Referral.case_id)
    )
    known = known_ids(desk, "referral")
    if known is not None:
        query = query.where(col(Referral.id).in_(known))
    if state:
        query = query.where(col(Referral.state) == state)
    return [
        {
            "id": row.id,
            "case": code,
            "part": row.part,
            "receiver": row.receiver,
            "state": row.state,
            "trigger": row.trigger,
            "opened_on": row.opened_on.isoformat(),
            "screen_by_on": row.screen_by_on.isoformat(),
            "transfer_by_on": row.transfer_by_on.isoformat() if row.transfer_by_on else None,
            "feedback_due_on": row.feedback_due_on.isoformat() if row.feedback_due_on else None,
        }
        for row, code in desk.session.exec(query.order_by(col(Referral.id)))
    ]


def screen(desk: Desk, referral_id: int, *, receiver: str, opinion: str) -> Referral:
    """Give the legal opinion of a screening and name the receiver it suggests, by the rules of who governs whom."""
    row = find_referral(desk, referral_id)
    require_role(desk, ("linkage", "director"), "提出初核意见")
    check_receiver(linkage_of(desk, row), receiver)
    words(opinion, "初核意见", "--opinion")
    act(desk, row, ReferralAct.SCREEN, opinion=opinion, receiver=receiver)
    row.receiver, row.opinion = receiver, opinion
    row.opinion_by, row.opinion_on = desk.actor.code, desk.today
    return kept(desk, row)


def check_receiver(rules: LinkageRules, receiver: str) -> None:
    """Refuse a receiver that the rules do not know."""
    if receiver not in rules.receivers:
        raise InvalidInput(
            "没有这个接收机关", found=receiver, expected="、".join(rules.receivers), remedy="改正 --receiver"
        )


def study(
    desk: Desk, referral_id: int, *, note: str, participants: Sequence[str] = (), file: Path | None = None
) -> Referral:
    """Record the collective study of a screening: who took part, what they found, the minutes.

    The conclusive opinion stands from today: the limit of the transfer counts from here.

    participants   codes of people or posts of the office, as many as the rules ask; the minutes may name them instead
    raises         InvalidInput for too few of them, for a contact of a unit among them, without the minutes
    source         linkage rules, study; the limit: transfer_workdays
    """
    row = find_referral(desk, referral_id)
    rules = linkage_of(desk, row)
    words(note, "集体研究情况", "--note")
    codes = _participants(desk, rules, participants, file)
    act(desk, row, ReferralAct.STUDY, note=note, participants=codes)
    row.study_note, row.studied_on = note, desk.today
    row.participants = join(codes) or None
    row.transfer_by_on = _transfer_by(desk, row, rules)
    keep(desk, row, "study", file)
    open_clue_task(desk, row, f"transfer:{desk.today}", "作出移送决定并送出", row.transfer_by_on)
    return kept(desk, row)


def _participants(
    desk: Desk, rules: LinkageRules, participants: Sequence[str], file: Path | None
) -> tuple[str, ...]:
    actors = [find_actor(desk, code) for code in dict.fromkeys(participants)]
    outside = [actor.code for actor in actors if actor.speaks_for_unit]
    if outside:
        raise InvalidInput(
            "被督察单位的人员不得参加集体研究",
            found="、".join(outside),
            expected="本单位人员",
            remedy="改正 --participant",
        )
    # Minutes name who took part; codes are asked for where there are none, and must be enough where they are given.
    named = bool(actors) or file is None
    if rules.study is not None and named and len(actors) < rules.study.participants:
        raise InvalidInput(
            "参加集体研究的人数不够",
            found=f"{len(actors)}人",
            expected=f"至少{rules.study.participants}人",
            remedy="逐人写明 --participant 编号，或附会议纪要",
        )
    if rules.study is not None and rules.study.minutes and file is None:
        raise InvalidInput(
            "集体研究须附会议纪要", found="没有文件", expected="会议纪要扫描件", remedy="加上 --file 文件"
        )
    return tuple(actor.code for actor in actors)


def send_back(desk: Desk, referral_id: int, *, reason: str) -> Referral:
    """Send a screening back for more checking, with what is missing; opinion and study are made anew."""
    row = find_referral(desk, referral_id)
    require_role(desk, ("director",), "退回补充核查")
    words(reason, "退回的理由", "--reason")
    act(desk, row, ReferralAct.SEND_BACK, reason=reason)
    finish_transfer_tasks(desk, row, "退回补充核查")
    row.studied_on, row.transfer_by_on, row.decision_note = None, None, reason
    return kept(desk, row)


def approve(desk: Desk, referral_id: int, *, note: str = "") -> Referral:
    """Approve the transfer, by the principal officer, and draft the letter with its package list.

    raises   Refused while the notice is not proved served, a request is pending or the case is suspended
    source   监督执法移送的地方办法: the principal officer of the sending office approves (rules/linkage)
    """
    row = find_referral(desk, referral_id)
    _check_approver(desk, row)
    case = case_of(desk, row)
    check_ripe(desk, case)
    act(desk, row, ReferralAct.APPROVE, note=note)
    row.approved_by, row.decided_on, row.decision_note = desk.actor.code, desk.today, note
    row.document_id = draft_letter(desk, row, case, linkage_of(desk, row)).id
    return kept(desk, row)


def decline(desk: Desk, referral_id: int, *, reason: str) -> Referral:
    """End a screening without a transfer; the reason is kept, and a letter that did not leave the house is voided."""
    row = find_referral(desk, referral_id)
    words(reason, "不予移送的理由", "--reason")
    require_role(desk, ("director",), "决定不予移送")
    act(desk, row, ReferralAct.DECLINE, reason=reason)
    withdraw_letter(desk, row, reason)
    row.decided_on, row.decision_note = desk.today, reason
    finish_transfer_tasks(desk, row, "不予移送")
    return kept(desk, row)


def block(desk: Desk, referral_id: int, *, reason: str) -> Referral:
    """Note that a special reason stands in the way of a studied transfer; its limit waits until that ends."""
    row = find_referral(desk, referral_id)
    require_role(desk, ("director",), "登记暂缓移送")
    words(reason, "暂缓移送的特殊原因", "--reason")
    if row.studied_on is None or row.sent_on is not None or row.blocked_on is not None:
        raise InvalidInput(
            "现在不能登记暂缓移送",
            found=f"状态 {row.state}" + ("，已在暂缓" if row.blocked_on else ""),
            expected="已集体研究、尚未送出、未在暂缓的线索",
            remedy="运行 ducha referral show 查看",
        )
    row.blocked_on, row.block_reason, row.unblocked_on = desk.today, reason, None
    finish_transfer_tasks(desk, row, "因特殊原因暂缓")
    desk.record("referral", referral_id, "block", unit_id=case_of(desk, row).unit_id, reason=reason)
    return kept(desk, row)


def unblock(desk: Desk, referral_id: int) -> Referral:
    """Note that the special reason ended today; the transfer is due within the days the rules give from here."""
    row = find_referral(desk, referral_id)
    require_role(desk, ("director", "linkage"), "登记暂缓原因消除")
    if row.blocked_on is None:
        raise InvalidInput(
            "该线索没有暂缓移送", found=f"状态 {row.state}", expected="暂缓中的线索", remedy="核对编号"
        )
    row.blocked_on, row.unblocked_on = None, desk.today
    row.transfer_by_on = _transfer_by(desk, row, linkage_of(desk, row))
    open_clue_task(desk, row, f"transfer:{desk.today}", "暂缓原因消除，送出移送函", row.transfer_by_on)
    desk.record(
        "referral", referral_id, "unblock", unit_id=case_of(desk, row).unit_id, due_on=row.transfer_by_on
    )
    return kept(desk, row)


def _transfer_by(desk: Desk, row: Referral, rules: LinkageRules) -> date:
    assert row.studied_on is not None  # the limit counts from the study
    return transfer_by(
        desk.calendar,
        row.studied_on,
        rules.transfer_workdays,
        unblocked_on=row.unblocked_on,
        after_block=rules.after_block_workdays,
    )


def _check_approver(desk: Desk, row: Referral) -> None:
    require_role(desk, ("director",), "批准移送")
    require_other(desk, row.opinion_by, "批准")
    needed = linkage_of(desk, row).approver
    post = desk.office_rules.leaders.get(desk.actor.code)
    if post is None or not post.role.may_sign(needed):
        raise NotAllowed(
            "批准移送须由主要负责人决定",
            found=desk.actor.code,
            expected=f"{needed.value} 及以上岗位",
            remedy="由单位主要负责人批准（--by 岗位编码）",
        )
