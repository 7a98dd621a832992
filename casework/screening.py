"""Opening a screening (线索筛查): the only thing a timer or an event may do towards a referral."""

from __future__ import annotations

from sqlmodel import col, select

from casework.climbing import rules_of
from casework.desk import Desk
from core.lives import REFERRAL_MOVES, ReferralState
from models.base import key_of
from models.rectification import Rectification
from models.referral import Referral

ENDED = (ReferralState.DECLINED.value, ReferralState.CLOSED.value)


def open_screening(desk: Desk, case: Rectification, trigger: str) -> Referral | None:
    """Open a screening for a case unless one is under way; a person decides what becomes of it.

    trigger   `black`, or the event's code
    """
    known = desk.session.exec(select(Referral).where(col(Referral.case_id) == case.id)).all()
    if any(row.state not in ENDED for row in known):
        return None
    days = rules_of(desk, case.campaign_id).linkage.screening_workdays
    row = Referral(
        office_id=desk.office_id,
        case_id=case.id,
        number=len(known) + 1,
        state=next(iter(REFERRAL_MOVES))[0].value,
        trigger=trigger,
        opened_on=desk.today,
        screen_by_on=desk.calendar.after(desk.today, days),
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("referral", key_of(row), "open", unit_id=case.unit_id, to_state=row.state, trigger=trigger)
    return row
