"""Which limits of the compartment and of leads another calendar moves: only later, and only those that were counted.

A limit moves when it still is what its rule gave under the old calendar; a day that somebody named (in a paper, in an
extension) is no result of counting and stays. Nothing about these limits is told outside their own history.
source   民法典 第二百零一条、第二百零三条
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from casework.desk import Desk
from casework.intake.leads import origin_of
from casework.linkage.clues import case_of, linkage_of
from core.calendar.workdays import Calendar
from core.life.incominglife import INCOMING_ENDED
from core.life.leadlife import ENDED, LeadState
from core.life.lives import ReferralState
from core.life.referrallife import transfer_by
from core.rulebook.clocks import find_clock
from core.rulebook.linkage import LinkageRules
from models.base import key_of, table_of
from models.incoming import Incoming
from models.lead import Lead
from models.referral import Referral

MODELS: dict[str, type[SQLModel]] = {"referral": Referral, "lead": Lead, "incoming": Incoming}
OPEN_REFERRALS = (
    ReferralState.SCREENING,
    ReferralState.STUDY,
    ReferralState.APPROVED,
    ReferralState.RECEIVED,
    ReferralState.RETURNED,
)


@dataclass(frozen=True, slots=True)
class LimitMove:
    """A limit of our own work that moves later; the column tells which, `unit_id` in whose chain it is told."""

    subject: str
    row_id: int
    unit_id: int | None
    column: str
    before: date
    after: date


def limit_moves(desk: Desk, calendar: Calendar) -> list[LimitMove]:
    """Return the limits of screenings, transfers, leads and what was handed over that end later under a calendar."""
    every = (*_referrals(desk, calendar), *_leads(desk, calendar), *_incoming(desk, calendar))
    return [one for one in every if one.after > one.before]


def write_limits(desk: Desk, moves: Iterable[LimitMove], year: int) -> None:
    """Write the limits that move later; nothing about them leaves their compartment."""
    for one in moves:
        table = table_of(MODELS[one.subject])
        desk.session.connection().execute(
            sa.update(table).where(table.c.id == one.row_id).values({one.column: one.after})
        )
        desk.record(one.subject, one.row_id, "set_due", unit_id=one.unit_id, limit=one.column,
                    before=one.before, after=one.after, calendar_year=year)  # fmt: skip
    desk.session.expire_all()


def _referrals(desk: Desk, calendar: Calendar) -> Iterator[LimitMove]:
    query = select(Referral).where(
        col(Referral.office_id) == desk.office_id, col(Referral.state).in_(OPEN_REFERRALS)
    )
    for row in desk.session.exec(query.order_by(col(Referral.id))):
        rules = linkage_of(desk, row)
        column = COLUMNS[ReferralState(row.state)]
        before, derived = getattr(row, column), _derive(row, rules, desk.calendar)
        after = _derive(row, rules, calendar)
        if before is not None and before == derived and after is not None:
            yield LimitMove("referral", key_of(row), case_of(desk, row).unit_id, column, before, after)


COLUMNS = {
    ReferralState.SCREENING: "screen_by_on",
    ReferralState.STUDY: "transfer_by_on",
    ReferralState.APPROVED: "transfer_by_on",
    ReferralState.RECEIVED: "feedback_due_on",
    ReferralState.RETURNED: "reroute_by_on",
}


def _derive(row: Referral, rules: LinkageRules, calendar: Calendar) -> date | None:
    """Return what the rules give for the limit that runs in the state of a referral."""
    state = ReferralState(row.state)
    if state is ReferralState.SCREENING:
        return calendar.after(row.opened_on, rules.screening_workdays)
    if state in (ReferralState.STUDY, ReferralState.APPROVED):
        return row.studied_on and transfer_by(
            calendar,
            row.studied_on,
            rules.transfer_workdays,
            unblocked_on=row.unblocked_on,
            after_block=rules.after_block_workdays,
        )
    days = rules.feedback_workdays if state is ReferralState.RECEIVED else rules.reroute_workdays
    return row.receipt_on and calendar.after(row.receipt_on, days)


def _leads(desk: Desk, calendar: Calendar) -> Iterator[LimitMove]:
    query = select(Lead).where(col(Lead.office_id) == desk.office_id, col(Lead.state).not_in(ENDED))
    for row in desk.session.exec(query.order_by(col(Lead.id))):
        origin = origin_of(desk, row.source)
        counted = [("route_due_on", origin.route, row.state == LeadState.REGISTERED)]
        if origin.reply is not None:
            counted.append(("reply_due_on", origin.reply, row.replied_on is None))
        for column, limit, runs in counted:
            before = getattr(row, column)
            if runs and before == limit.due(row.received_on, desk.calendar).due_on:
                after = limit.due(row.received_on, calendar).due_on
                yield LimitMove("lead", key_of(row), None, column, before, after)


def _incoming(desk: Desk, calendar: Calendar) -> Iterator[LimitMove]:
    query = select(Incoming).where(
        col(Incoming.office_id) == desk.office_id,
        col(Incoming.state).not_in(INCOMING_ENDED),
        col(Incoming.due_on).is_not(None),
        col(Incoming.answered_on).is_(None),
    )
    for row in desk.session.exec(query.order_by(col(Incoming.id))):
        derived, after = (_due_of_incoming(desk, row, one) for one in (desk.calendar, calendar))
        if row.due_on is not None and after is not None and row.due_on == derived:
            yield LimitMove("incoming", key_of(row), None, "due_on", row.due_on, after)


def _due_of_incoming(desk: Desk, row: Incoming, calendar: Calendar) -> date | None:
    """Return what the kind's clock gives; None for a day that the paper itself set, or an urgent variant."""
    kind = desk.rules.linkage.incoming.get(row.kind)
    if kind is None:
        return None
    if kind.clock is not None:
        return find_clock(desk.rules.clocks, kind.clock).due(row.received_on, calendar).due_on
    return calendar.after(row.received_on, kind.reply_workdays) if kind.reply_workdays else None
