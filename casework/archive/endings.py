"""Whether something has ended, so that its file may be packed, and what people call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.linkage.referrals import find_referral
from casework.rectification.cases import find_case
from core.errors import InvalidInput, Refused
from core.life.lives import CampaignState, ReferralState
from core.life.rectification import CASE_STATE_LABELS, SETTLED, CaseState
from models.base import key_of
from models.campaign import Finding


@dataclass(frozen=True, slots=True)
class Ending:
    """A subject that has ended; `year` is that of its end."""

    subject: str
    subject_id: int
    code: str
    title: str
    year: int
    state: str
    rules_sha256: str | None


def ending_of(desk: Desk, subject: str, code: str) -> Ending:
    """Return what has ended, by its code; raise Refused while it has not, NotFound, or InvalidInput."""
    known = ENDINGS.get(subject)
    if known is None:
        raise InvalidInput(
            "不能为这类事项装卷", found=subject, expected="、".join(ENDINGS), remedy="改用所列类别"
        )
    return known(desk, code)


def _refuse(what: str, state: str, expected: str) -> Refused:
    return Refused(f"{what}尚未办结，不能装卷", found=state, expected=expected, remedy="办结后再装卷")


def _case(desk: Desk, code: str) -> Ending:
    case, finding = find_case(desk, code)
    state = CaseState(case.state)
    if state not in SETTLED:
        raise _refuse("整改事项", CASE_STATE_LABELS[state], "已销号、已归档或已撤销")
    campaign = desk.campaign(case.campaign_id)
    ended = case.closed_on or case.due_on or desk.today
    return Ending(
        "case",
        case.id,
        code,
        finding.problem[:60],
        ended.year,
        CASE_STATE_LABELS[state],
        campaign.rules_sha256,
    )


def _campaign(desk: Desk, code: str) -> Ending:
    row = find_campaign(desk, code)
    if row.state != CampaignState.CLOSED.value:
        raise _refuse("督察批次", row.state, "已结束的批次")
    ended: date = row.closed_on or desk.today
    return Ending("campaign", key_of(row), code, row.title, ended.year, "已结束", row.rules_sha256)


def _referral(desk: Desk, code: str) -> Ending:
    row = find_referral(desk, int(code) if code.isdigit() else 0)
    if row.state not in (ReferralState.CLOSED.value, ReferralState.DECLINED.value):
        raise _refuse("线索", row.state, "已办结或不予移送")
    finding = desk.session.exec(select(Finding.code).where(col(Finding.id) == row.case_id)).one()
    ended = row.result_on or row.decided_on or desk.today
    return Ending("referral", key_of(row), code, f"{finding} 线索移送", ended.year, "已办结", None)


ENDINGS: Mapping[str, Callable[[Desk, str], Ending]] = {
    "case": _case,
    "campaign": _campaign,
    "referral": _referral,
}
