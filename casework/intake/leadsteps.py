"""The steps of a lead inside the office: first check, opinion, not handled, given back, merged, closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.intake.leadclocks import finish_all, finish_clock
from casework.intake.leads import find_lead, lead_rules, open_lead_task, origin_of
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.staff.people import find_actor, find_unit
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.leadlife import DISPUTE_LABELS, LEAD, Dispute, LeadAct, LeadState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.lead import Lead


def start_check(desk: Desk, lead_id: int, handler: str, *, unit: str = "", item: str = "") -> Lead:
    """Give a lead to somebody for its first check (初核); the clock of the check starts today."""
    row = find_lead(desk, lead_id)
    person = find_actor(desk, handler)
    if person.speaks_for_unit:
        raise NotAllowed(
            "被督察单位的人员不得初核线索", found=handler, expected="本单位人员", remedy="改正 --handler"
        )
    act(desk, row, LeadAct.CHECK, handler=handler)
    row.handler = person.code
    row.check_due_on = row.check_due_on or lead_rules(desk).check.due(desk.today, desk.calendar).due_on
    _name_subject(desk, row, unit, item)
    finish_clock(desk, row, "route", "已交初核")
    open_lead_task(desk, row, "check", f"{row.number}初核", row.check_due_on)
    return kept(desk, row)


def conclude_check(
    desk: Desk,
    lead_id: int,
    opinion: str,
    *,
    dispute: str,
    legal_note: str = "",
    substantiated: bool | None = None,
    unit: str = "",
    item: str = "",
    file: Path | None = None,
) -> Lead:
    """Record the opinion of the first check, and whether the matter is already before another body.

    dispute   none | review | litigation | filed; anything but none wants a legal note
    source    行政执法监督条例 第三十三条: what is in 复议 or 诉讼 is not supervised a second time
    """
    row = find_lead(desk, lead_id)
    words(opinion, "初核意见", "--opinion")
    if dispute not in DISPUTE_LABELS:
        raise InvalidInput(
            "须写明是否已进入复议、诉讼或立案程序",
            found=dispute or "空",
            expected="、".join(f"{code.value}（{label}）" for code, label in DISPUTE_LABELS.items()),
            remedy="加上 --dispute",
        )
    if dispute != Dispute.NONE.value:
        words(legal_note, "法律意见", "--legal-note")
    act(desk, row, LeadAct.CONCLUDE, dispute=dispute, substantiated=substantiated)
    row.opinion, row.dispute, row.legal_note = opinion, dispute, legal_note
    row.checked_on, row.checked_by, row.substantiated = desk.today, desk.actor.code, substantiated
    _name_subject(desk, row, unit, item)
    keep(desk, row, "conclude", file)
    finish_clock(desk, row, "check", "已提出初核意见")
    return kept(desk, row)


def decline_lead(desk: Desk, lead_id: int, reason: str) -> Lead:
    """Decide not to handle a checked lead, with the reason; whoever checked it does not decide."""
    row = find_lead(desk, lead_id)
    words(reason, "不予处理的理由", "--reason")
    decided(desk, row, LeadAct.DECLINE, reason)
    return kept(desk, row)


def return_lead(desk: Desk, lead_id: int, reason: str, *, file: Path | None = None) -> Lead:
    """Give a lead that is none of the office's business back to its source, in time and with reasons.

    raises   Refused when the source's rule knows no return, or its time is over
    source   玉林市人大代表建议办理办法: a wrong assignment is refused within 7 working days with reasons
    """
    row = find_lead(desk, lead_id)
    words(reason, "退回的理由", "--reason")
    origin = origin_of(desk, row.source)
    last = origin.give_back.due(row.received_on, desk.calendar).due_on if origin.give_back else None
    if last is None or desk.today > last:
        raise Refused(
            "不能退回来源",
            found=f"退回期限{last}已过" if last else f"{origin.name}线索不得退回",
            expected="在规定期限内说明理由退回",
            remedy="转有权机关办理，或不予处理并答复来源",
        )
    act(desk, row, LeadAct.RETURN, reason=reason)
    row.reason, row.closed_on = reason, desk.today
    keep(desk, row, "return", file)
    finish_all(desk, row, "已退回来源")
    return kept(desk, row)


def merge_lead(desk: Desk, lead_id: int, into_id: int, reason: str) -> Lead:
    """Merge a lead into another about the same matter; its source is told through that one.

    raises   Refused for itself, for one that was merged or given back, or where a confidential one would become open
    """
    row, into = find_lead(desk, lead_id), find_lead(desk, into_id)
    words(reason, "并案的理由", "--reason")
    gone = LeadState(into.state) in (LeadState.MERGED, LeadState.RETURNED)
    if row.id == into.id or gone or (row.compartment and not into.compartment):
        raise Refused(
            "不能并入该线索",
            found=f"{into.number} {LEAD.state_labels[LeadState(into.state)]}",
            expected="同一事项、在办、保密范围不小于本件的另一件线索",
            remedy="改正 --into",
        )
    act(desk, row, LeadAct.MERGE, into=into.number, reason=reason, merged_into_id=into.id)
    finish_all(desk, row, f"并入{into.number}")
    if row.reply_required and row.reply_due_on is not None:
        open_lead_task(
            desk, into, f"merged_reply:{row.id}", f"{into.number}一并答复{row.number}的来源", row.reply_due_on
        )
    row.closed_on = desk.today
    return kept(desk, row)


def close_lead(desk: Desk, lead_id: int, note: str = "") -> Lead:
    """Close a lead; its source must have been told where it must be, and the unit it went to must have answered."""
    row = find_lead(desk, lead_id)
    waits = []
    if row.reply_required and row.replied_on is None:
        waits.append("尚未答复来源")
    if row.outcome == "transferred" and row.answered_on is None:
        waits.append("承办单位尚未反馈")
    if waits:
        raise Refused(
            "线索不能办结", found="、".join(waits), expected="答复和反馈均已登记", remedy="先登记反馈和答复"
        )
    act(desk, row, LeadAct.CLOSE, note=note)
    row.closed_on = desk.today
    finish_all(desk, row, "已办结")
    return kept(desk, row)


def act(desk: Desk, row: Lead, what: LeadAct, *, on: date | None = None, **detail: object) -> None:
    """Carry out an act on a lead; its history is one chain, whatever unit it is about."""
    merged = detail.pop("merged_into_id", None)
    with desk.session.no_autoflush:  # the state and what it needs reach the database together
        take(desk, row, LEAD, what, on=on, detail=detail)
        if isinstance(merged, int):
            row.merged_into_id = merged


def decided(desk: Desk, row: Lead, what: LeadAct, why: str, **detail: object) -> None:
    """Carry out a decision on a lead with who made it and when."""
    if row.checked_by == desk.actor.code and what in (LeadAct.DECLINE, LeadAct.ESTABLISH):
        raise NotAllowed(
            "初核人不能决定本人初核的线索",
            found=desk.actor.code,
            expected="另一名有权人员",
            remedy="换人操作（--by）",
        )
    if what in (LeadAct.DECLINE, LeadAct.ESTABLISH) and row.checked_on is None:
        raise Refused(
            "线索尚未提出初核意见",
            found=LEAD.state_labels[LeadState(row.state)],
            expected="有初核意见",
            remedy="先运行 ducha lead check 编号 --opinion",
        )
    outcomes = {
        LeadAct.DECLINE: "not_handled",
        LeadAct.ESTABLISH: "established",
        LeadAct.TRANSFER: "transferred",
    }
    with desk.session.no_autoflush:
        take(desk, row, LEAD, what, detail={"reason": why, **detail})
        row.outcome, row.reason = outcomes[what], why
        row.decided_by, row.decided_on = desk.actor.code, desk.today
    finish_clock(desk, row, "route", LEAD.act_labels[what])
    finish_clock(desk, row, "check", LEAD.act_labels[what])


def words(text: str, what: str, option: str) -> None:
    """Refuse an empty text, and one that carries the mark of a state secret."""
    if not text.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected="一句说明", remedy=f"加上 {option}")
    refuse_state_secrets(text, what)


def keep(desk: Desk, row: Lead, what: str, file: Path | None) -> None:
    """Keep a file that came with an act."""
    if file is not None:
        keep_file(desk, "lead", key_of(row), what, file)


def kept(desk: Desk, row: Lead) -> Lead:
    """Write a lead back."""
    desk.session.add(row)
    desk.session.flush()
    return row


def not_in_future(desk: Desk, on: date | None, what: str) -> date:
    """Return the day of an act that was entered late, today when none is given; a day to come is refused."""
    if on is not None and on > desk.today:
        raise InvalidInput(
            f"{what}晚于今天", found=on.isoformat(), expected=f"不晚于{desk.today}", remedy="改正 --on"
        )
    return on or desk.today


def _name_subject(desk: Desk, row: Lead, unit: str, item: str) -> None:
    if unit:
        row.unit_id = find_unit(desk, unit).id
    if item:
        row.item = item
