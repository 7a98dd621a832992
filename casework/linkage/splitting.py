"""A transfer in several parts: each goes to its own receiver and lives its own life from the study on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.clues import case_of, find_referral, kept, linkage_of, open_clue_task, words
from casework.linkage.handover import close
from casework.linkage.referrals import check_receiver
from casework.staff.people import require_role
from core.errors import Refused
from core.life.lives import ReferralState
from core.life.referrallife import UNDECIDED
from models.base import key_of
from models.referral import Referral

ENDED = (ReferralState.DECLINED, ReferralState.CLOSED)


def split(desk: Desk, referral_id: int, *, receiver: str, matter: str, instead: bool = False) -> Referral:
    """Split off a part of a matter for another receiver; it carries opinion and study, and waits for its own approval.

    matter    which part of the matter goes there
    instead   the part replaces a transfer that was returned, which is closed
    raises    Refused once a matter has ended; InvalidInput for an unknown receiver
    source    监察法实施条例（2021年编号）第一百六十八条至第一百七十二条: partly own, split; not own, returned
    """
    origin = find_referral(desk, referral_id)
    require_role(desk, ("linkage", "director"), "分送线索")
    check_receiver(linkage_of(desk, origin), receiver)
    words(matter, "分送的部分", "--matter")
    if ReferralState(origin.state) in ENDED or (instead and origin.state != ReferralState.RETURNED.value):
        raise Refused(
            "不能分送该线索",
            found=f"状态 {origin.state}",
            expected="被退回的移送" if instead else "尚未办结的线索",
            remedy="运行 ducha referral show 查看",
        )
    part = _part_of(desk, origin, receiver, matter)
    desk.session.add(part)
    desk.session.flush()
    desk.record(
        "referral",
        key_of(part),
        "open",
        unit_id=case_of(desk, part).unit_id,
        to_state=part.state,
        origin=origin.id,
        receiver=receiver,
    )
    if part.transfer_by_on is not None:
        open_clue_task(desk, part, f"transfer:{desk.today}", "作出移送决定并送出", part.transfer_by_on)
    if instead:
        close(desk, referral_id, reason=f"改送，另作线索{part.id}")
    return kept(desk, part)


def _part_of(desk: Desk, origin: Referral, receiver: str, matter: str) -> Referral:
    """Return the new part: where the study is not over yet it stands with its origin, else it is studied already."""
    undecided = ReferralState(origin.state) in UNDECIDED
    state = ReferralState(origin.state) if undecided else ReferralState.STUDY
    rules = linkage_of(desk, origin)
    limit = origin.transfer_by_on
    if state is ReferralState.STUDY and origin.sent_on is not None:
        limit = desk.calendar.after(desk.today, rules.reroute_workdays)
    return Referral(
        office_id=desk.office_id,
        case_id=origin.case_id,
        number=origin.number,
        part=_next_part(desk, origin),
        origin_id=origin.origin_id or origin.id,
        matter=matter,
        state=state.value,
        trigger=origin.trigger,
        opened_on=desk.today,
        screen_by_on=origin.screen_by_on,
        receiver=receiver,
        opinion=origin.opinion,
        opinion_by=origin.opinion_by,
        opinion_on=origin.opinion_on,
        study_note=origin.study_note,
        studied_on=origin.studied_on,
        participants=origin.participants,
        transfer_by_on=limit,
    )


def _next_part(desk: Desk, origin: Referral) -> int:
    query = select(sa.func.max(col(Referral.part))).where(
        col(Referral.case_id) == origin.case_id, col(Referral.number) == origin.number
    )
    return (desk.session.exec(query).one() or 0) + 1


def parts_of(desk: Desk, row: Referral) -> list[dict[str, object]]:
    """Return the other parts of the same screening: number, receiver, state."""
    query = select(Referral).where(
        col(Referral.case_id) == row.case_id,
        col(Referral.number) == row.number,
        col(Referral.id) != row.id,
    )
    return [
        {"id": one.id, "part": one.part, "receiver": one.receiver, "matter": one.matter, "state": one.state}
        for one in desk.session.exec(query.order_by(col(Referral.part)))
    ]
