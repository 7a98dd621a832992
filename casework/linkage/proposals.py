"""Asking for a screening by whoever sees a case: those outside the compartment never learn whether there was one."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.compartment import knows_all
from casework.linkage.screening import ENDED, open_screening_by_hand
from casework.rectification.cases import find_case
from casework.sight import is_case_in_sight
from casework.staff.people import require_role
from core.errors import InvalidInput, NotFound
from core.life.rectification import CaseState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.referral import Referral

ASKERS = ("officer", "director", "linkage", "reviewer")
PAST = (CaseState.CLOSED, CaseState.LOOK_BACK, CaseState.ARCHIVED, CaseState.WITHDRAWN)


def may_refer(desk: Desk, state: str) -> bool:
    """Tell whether the actor may ask the compartment to look into a case that stands in a state."""
    return state not in PAST and not desk.actor.roles.isdisjoint(ASKERS)


def propose_screening(desk: Desk, case_code: str, reason: str) -> int | None:
    """Open a screening of a case, or add the reason to the one that is under way; return its number to who may know.

    Whoever knows of nothing in the compartment is answered the same either way.
    raises   NotFound for a case out of sight; InvalidInput without a reason; Refused for a suspended case, and to the
             people of the compartment where one is under way
    """
    require_role(desk, ASKERS, "启动线索筛查")
    case, _finding = find_case(desk, case_code)
    if not is_case_in_sight(desk, case.id):
        raise NotFound("没有这个整改事项", found=case_code, expected="问题编号", remedy="核对问题编号")
    if knows_all(desk):
        return key_of(open_screening_by_hand(desk, case_code, reason))
    query = select(Referral).where(col(Referral.case_id) == case.id, col(Referral.state).not_in(ENDED))
    known = desk.session.exec(query.order_by(col(Referral.id))).first()
    if known is None or case.suspended_on is not None:
        open_screening_by_hand(desk, case_code, reason)
        return None
    if not reason.strip():
        raise InvalidInput(
            "启动线索筛查须写明理由", found="空", expected="联动条件如何成立", remedy="补充后重新提交"
        )
    refuse_state_secrets(reason, "启动理由")
    desk.record("referral", key_of(known), "reason", unit_id=case.unit_id, note=reason)
    return None
