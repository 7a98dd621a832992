"""The way of an approved transfer: handed over on paper, received, given back or passed on, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.clues import (
    act,
    case_of,
    check_ripe,
    find_referral,
    finish_clue_task,
    keep,
    kept,
    linkage_of,
    open_clue_task,
    task_key,
    words,
)
from casework.linkage.linkageitems import NewItem, add_items
from casework.staff.people import require_role
from casework.tasks import finish_for
from core.errors import InvalidInput, Refused
from core.life.lives import DocumentState, ReferralAct
from core.life.referrallife import GROUP_LABELS, GROUPS, totals
from core.rulebook.linkage import LinkageRules
from models.base import key_of
from models.document import Document
from models.referral import Referral, ReferralSanction
from models.task import Task

CHANNELS = {"hand": "专人送达", "confidential_post": "机要"}
RECEIPT_WORKDAYS = 5
"""After how many working days our contact looks for a receipt; a reminder to ourselves, no limit."""
VERDICTS = {"received": ReferralAct.RECEIPT, "returned": ReferralAct.RETURN, "passed_on": ReferralAct.PASS_ON}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver reports: numbers of people, no names; `kinds` are {kind of the linkage rules: people}.

    The four numbers count people whose kind is not told; together with the kinds they are the totals of the transfer.
    """

    organisational: int = 0
    disciplinary: int = 0
    criminal: int = 0
    educational: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)


def send(
    desk: Desk,
    referral_id: int,
    *,
    channel: str,
    handed_to: str = "",
    post_number: str = "",
    file: Path | None = None,
) -> Referral:
    """Record that the signed and sealed letter was handed over (机要 or 专人).

    channel      hand | confidential_post; there is no electronic one
    post_number  the number of the confidential post, which that way wants
    raises       Refused without the sealed letter, and while the case is suspended or a request is pending
    """
    row = find_referral(desk, referral_id)
    if channel not in CHANNELS:
        raise InvalidInput(
            "移送只能专人送达或走机要",
            found=channel,
            expected="、".join(CHANNELS),
            remedy="改正 --channel",
        )
    require_role(desk, ("linkage", "director"), "登记送出")
    _check_letter(desk, row)
    check_ripe(desk, case_of(desk, row))
    _check_unblocked(row)
    with desk.session.no_autoflush:
        act(desk, row, ReferralAct.SEND, channel=channel, handed_to=handed_to, post_number=post_number)
        row.sent_on, row.channel = desk.today, channel
        row.handed_to, row.post_number = handed_to or None, post_number or None
    row.reroute_by_on = None
    keep(desk, row, "send", file)
    finish_transfer_tasks(desk, row, "已送出")
    finish_clue_task(desk, row, f"reroute:{row.receipt_on}", "已改送")
    open_clue_task(
        desk, row, f"receipt:{desk.today}", "取回回执", desk.calendar.after(desk.today, RECEIPT_WORKDAYS)
    )
    return kept(desk, row)


def _check_unblocked(row: Referral) -> None:
    if row.blocked_on is not None:
        raise Refused(
            "该线索因特殊原因暂缓移送",
            found=row.block_reason,
            expected="原因已消除",
            remedy="先登记原因消除（ducha referral unblock）",
        )


def _check_letter(desk: Desk, row: Referral) -> None:
    document = desk.session.get(Document, row.document_id) if row.document_id else None
    if document is None or document.state not in (DocumentState.ISSUED.value, DocumentState.SERVED.value):
        raise Refused(
            "移送函尚未签发、用印",
            found=document.state if document else "无函件",
            expected="已用印的移送函",
            remedy=f"先运行 ducha notice sign 和 notice seal（文书{row.document_id}）",
        )


def receipt(
    desk: Desk,
    referral_id: int,
    *,
    verdict: str,
    number: str = "",
    note: str = "",
    passed_to: str = "",
    file: Path | None = None,
) -> Referral:
    """Record the receipt: accepted, returned, or passed on to another body.

    verdict    received | returned | passed_on
    passed_to  the body to which it was passed on
    """
    row = find_referral(desk, referral_id)
    if verdict not in VERDICTS:
        raise InvalidInput(
            "回执结论不正确", found=verdict, expected="、".join(VERDICTS), remedy="改正 --verdict"
        )
    act(desk, row, VERDICTS[verdict], number=number, note=note, passed_to=passed_to)
    finish_clue_task(desk, row, f"receipt:{row.sent_on}", "回执已到")
    row.receipt_on, row.receipt_number = desk.today, number or None
    row.receipt_note, row.passed_to = note or None, passed_to or row.passed_to
    _set_clocks(desk, row, verdict, linkage_of(desk, row))
    keep(desk, row, "receipt", file)
    return kept(desk, row)


def _set_clocks(desk: Desk, row: Referral, verdict: str, rules: LinkageRules) -> None:
    """Set what follows from a receipt: the day for feedback, or the day by which a returned letter goes elsewhere."""
    if verdict == "received":
        row.feedback_due_on = desk.calendar.after(desk.today, rules.feedback_workdays)
    else:
        row.feedback_due_on = None
    if verdict == "returned":
        row.reroute_by_on = desk.calendar.after(desk.today, rules.reroute_workdays)
        open_clue_task(
            desk, row, f"reroute:{desk.today}", "被退回，改送有权机关或补充后再送", row.reroute_by_on
        )


def result(
    desk: Desk,
    referral_id: int,
    *,
    note: str,
    outcome: Outcome,
    advice: Sequence[NewItem] = (),
    interim: bool = False,
    file: Path | None = None,
) -> Referral:
    """Record the result with its counts, and close the matter unless more is to come (`interim`).

    advice   what the receiver asks the office to put right in its rules (建章立制); each becomes a task
    """
    row = find_referral(desk, referral_id)
    known = kinds_of_sanction(desk)
    _check_outcome(outcome, known)
    act(desk, row, ReferralAct.RESULT, note=note, interim=interim)
    row.result_on, row.result_note = desk.today, note
    for kind, people in _rows_of(outcome):
        desk.session.add(
            ReferralSanction(referral_id=key_of(row), kind=kind, people=people, reported_on=desk.today)
        )
    desk.session.flush()
    for group, number in _totals(desk, row, known).items():
        setattr(row, group, number)
    keep(desk, row, "result", file)
    add_items(desk, "referral", key_of(row), advice, what="建章立制")
    finish_consultation(desk, row, "已反馈结果")
    if not interim:
        act(desk, row, ReferralAct.CLOSE)
    return kept(desk, row)


def close(desk: Desk, referral_id: int, *, reason: str) -> Referral:
    """Close a transfer that was returned and goes nowhere else, or one whose last result has come."""
    row = find_referral(desk, referral_id)
    words(reason, "办结的理由", "--reason")
    act(desk, row, ReferralAct.CLOSE, reason=reason)
    finish_clue_task(desk, row, f"reroute:{row.receipt_on}", reason)
    finish_consultation(desk, row, reason)
    return kept(desk, row)


def kinds_of_sanction(desk: Desk) -> dict[str, str]:
    """Return {kind: group} of the outcomes that may be reported: those of the rules, and each group as a whole."""
    return {group: group for group in GROUPS} | {
        code: one.group for code, one in desk.rules.linkage.sanctions.items()
    }


def names_of_sanction(desk: Desk) -> dict[str, str]:
    """Return {kind: its name} of the outcomes that may be reported."""
    return {**GROUP_LABELS, **{code: one.name for code, one in desk.rules.linkage.sanctions.items()}}


def sanctions_of(desk: Desk, row: Referral) -> list[dict[str, object]]:
    """Return what was reported of a transfer, oldest first: kind, name, people, day."""
    names = names_of_sanction(desk)
    query = select(ReferralSanction).where(col(ReferralSanction.referral_id) == row.id)
    return [
        {
            "kind": one.kind,
            "name": names.get(one.kind, one.kind),
            "people": one.people,
            "on": one.reported_on.isoformat(),
        }
        for one in desk.session.exec(query.order_by(col(ReferralSanction.id)))
    ]


def finish_transfer_tasks(desk: Desk, row: Referral, note: str) -> None:
    """Finish the tasks that ask for a transfer to be made; the limit may have been counted more than once."""
    _finish_all(desk, row, "transfer", note)


def finish_consultation(desk: Desk, row: Referral, note: str) -> None:
    """Finish the tasks that ask for a consultation about feedback that did not come."""
    _finish_all(desk, row, "consult", note)


def _finish_all(desk: Desk, row: Referral, what: str, note: str) -> None:
    begin = task_key(row, what)
    query = select(Task.key).where(
        col(Task.office_id) == desk.office_id, col(Task.subject) == "referral", col(Task.subject_id) == row.id
    )
    for key in list(desk.session.exec(query)):
        if key.startswith(begin):
            finish_for(desk, key, note)


def _check_outcome(outcome: Outcome, known: Mapping[str, str]) -> None:
    numbers = [*(getattr(outcome, group) for group in GROUPS), *outcome.kinds.values()]
    if min(numbers) < 0:
        raise InvalidInput("人数不能为负", found=str(outcome), expected="0 或以上", remedy="改正人数")
    unknown = [kind for kind in outcome.kinds if kind not in known]
    if unknown:
        raise InvalidInput(
            "没有这种处理结果", found="、".join(unknown), expected="、".join(known), remedy="改正 --sanction"
        )


def _rows_of(outcome: Outcome) -> list[tuple[str, int]]:
    given = [(group, getattr(outcome, group)) for group in GROUPS] + list(outcome.kinds.items())
    return [(kind, people) for kind, people in given if people]


def _totals(desk: Desk, row: Referral, known: Mapping[str, str]) -> dict[str, int]:
    query = select(ReferralSanction.kind, ReferralSanction.people).where(
        col(ReferralSanction.referral_id) == row.id
    )
    return totals(list(desk.session.exec(query)), known)
