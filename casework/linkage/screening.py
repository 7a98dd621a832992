"""Opening a screening (线索筛查): the only thing a timer or an event may do towards a referral."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of
from casework.rectification.cases import find_case
from casework.staff.people import require_role
from core.errors import InvalidInput, Refused
from core.life.lives import REFERRAL_MOVES, ReferralState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.rectification import Rectification
from models.referral import Referral

ENDED = (ReferralState.DECLINED.value, ReferralState.CLOSED.value)


def open_screening(
    desk: Desk, case: Rectification, trigger: str, *, within: int | None = None
) -> Referral | None:
    """Open a screening for a case unless one is under way; a person decides what becomes of it.

    trigger   a colour's code, the event's code, or `item` when a person saw the item's own condition of linkage met
    within    working days for the screening where the event has its own; else as the rules of linkage say
    """
    known = desk.session.exec(select(Referral).where(col(Referral.case_id) == case.id)).all()
    if any(row.state not in ENDED for row in known):
        return None
    days = within or rules_of(desk, case.campaign_id).linkage.screening_workdays
    row = Referral(
        office_id=desk.office_id,
        case_id=case.id,
        number=max((row.number for row in known), default=0) + 1,
        state=next(iter(REFERRAL_MOVES))[0].value,
        trigger=trigger,
        opened_on=desk.today,
        screen_by_on=desk.calendar.after(desk.today, days),
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("referral", key_of(row), "open", unit_id=case.unit_id, to_state=row.state, trigger=trigger)
    return row


def open_screening_by_hand(desk: Desk, code: str, reason: str) -> Referral:
    """Open a screening because the item's condition of linkage is met; the reason is kept in the audit.

    raises   InvalidInput without a reason; Refused while a screening or transfer of the case is under way
    source   linkage rules, triggers.item_conditions
    """
    require_role(desk, ("officer", "director", "linkage", "reviewer"), "启动线索筛查")
    if not reason.strip():
        raise InvalidInput(
            "启动线索筛查须写明理由",
            found="空",
            expected="事项目录所列联动条件如何成立",
            remedy="加上 --note 理由",
        )
    refuse_state_secrets(reason, "启动理由")
    case, _finding = find_case(desk, code)
    if case.suspended_on is not None:
        raise Refused(
            "事项已中止计时，不得启动线索筛查",
            found=f"自{case.suspended_on}起中止",
            expected="未中止计时的事项",
            remedy="待中止事由消除、恢复计时后办理",
        )
    row = open_screening(desk, case, "item")
    if row is None:
        raise Refused(
            "该事项已有线索在办",
            found=code,
            expected="没有在办线索的事项",
            remedy="运行 ducha referral list 查看",
        )
    desk.record(
        "referral",
        key_of(row),
        "reason",
        unit_id=case.unit_id,
        note=reason,
    )
    return row
