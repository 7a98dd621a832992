"""The life of a screening and of each transfer it leads to; each part of a split transfer lives it by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from core.calendar.workdays import Calendar
from core.life.lives import REFERRAL_MOVES, REFERRAL_STATE_LABELS, ReferralAct, ReferralState
from core.life.machines import Machine

_A = ReferralAct
_NAMED = frozenset({"linkage", "director"})
_PRINCIPAL = frozenset({"director"})
REFERRAL = Machine(
    code="referral",
    thing="线索移送",
    moves=REFERRAL_MOVES,
    state_labels=REFERRAL_STATE_LABELS,
    act_labels={
        _A.SCREEN: "提出初核意见",
        _A.STUDY: "登记集体研究",
        _A.APPROVE: "批准移送",
        _A.DECLINE: "决定不予移送",
        _A.SEND_BACK: "退回补充核查",
        _A.SEND: "登记送出",
        _A.RECEIPT: "登记接收",
        _A.RETURN: "登记退回",
        _A.PASS_ON: "登记转送",
        _A.RESULT: "登记办理结果",
        _A.CLOSE: "办结移送",
    },
    actors={
        _A.SCREEN: _NAMED,
        _A.STUDY: _NAMED,
        _A.APPROVE: _PRINCIPAL,
        _A.DECLINE: _PRINCIPAL,
        _A.SEND_BACK: _PRINCIPAL,
        _A.SEND: _NAMED,
        _A.RECEIPT: _NAMED,
        _A.RETURN: _NAMED,
        _A.PASS_ON: _NAMED,
        _A.RESULT: _NAMED,
        _A.CLOSE: _NAMED,
    },
)
UNDECIDED = frozenset({ReferralState.SCREENING, ReferralState.OPINION, ReferralState.STUDY})
GROUPS = ("organisational", "disciplinary", "criminal", "educational")
GROUP_LABELS = {
    "organisational": "组织处理",
    "disciplinary": "党纪政务处分",
    "criminal": "移送司法",
    "educational": "批评教育帮助",
}


def transfer_by(
    calendar: Calendar, studied_on: date, workdays: int, *, unblocked_on: date | None, after_block: int
) -> date:
    """Return the day by which a transfer must be made.

    studied_on     the day the conclusive opinion was formed
    unblocked_on   the day the special reason that stood in the way ended; None without one
    source         地方移送办法（宾川县）: 15 working days from the conclusive opinion; where a special reason stood in
                   the way, 10 working days from its end
    """
    limit = calendar.after(studied_on, workdays)
    return limit if unblocked_on is None else max(limit, calendar.after(unblocked_on, after_block))


def totals(counts: Iterable[tuple[str, int]], groups: Mapping[str, str]) -> dict[str, int]:
    """Return {group: people} of sanctions given as (kind, people); `groups` tells the group of each kind."""
    found = dict.fromkeys(GROUPS, 0)
    for kind, number in counts:
        found[groups[kind]] += number
    return found
