"""The list of screenings and transfers for those who may know: state and limits, nothing of what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leadboard import left_workdays
from casework.linkage.compartment import known_ids, require_knowing
from casework.paging import Cursor, Page, page_keys
from core.errors import InvalidInput
from core.life.lives import REFERRAL_STATE_LABELS, ReferralState
from models.base import key_of, table_of
from models.campaign import Finding
from models.organisation import Unit
from models.rectification import Rectification
from models.referral import Referral

TABLE = table_of(Referral)
STATES = {state.value: label for state, label in REFERRAL_STATE_LABELS.items()}
EVERY, LATE = "all", "late"
OVER = (ReferralState.DECLINED.value, ReferralState.CLOSED.value)
TRIGGERS = {"black": "黑灯", "item": "事项联动条件成立"}


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A screening or transfer as the list shows it: its state and limits, not what it says."""

    id: int
    case: str
    unit: str
    part: int
    receiver: str
    trigger: str
    state: str
    state_word: str
    opened_on: date
    limit: str
    due_on: date | None
    left: int | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class ReferralBoard:
    """One page of what the reader may know of."""

    state: str
    page: Page[ReferralRow]
    counts: dict[str, int]
    may_open: bool


def referrals_view(desk: Desk, state: str, cursor: Cursor | None) -> ReferralBoard:
    """Return one page of what the reader may know of, the newest first.

    state    "" for what is under way, a state, late, or all
    raises   NotAllowed for whoever knows of nothing here; InvalidInput for an unknown state
    """
    require_knowing(desk, "查看贯通移送")
    if state not in {"", EVERY, LATE, *ReferralState}:
        raise InvalidInput("筛选条件不正确", found=state[:40], expected="页面所列选项", remedy="重新选择")
    known = known_ids(desk, "referral")
    sight = sa.and_(
        TABLE.c.office_id == desk.office_id, sa.true() if known is None else TABLE.c.id.in_(known)
    )
    query = sa.select(TABLE.c.id, TABLE.c.opened_on).where(sight)
    if state == "":
        query = query.where(TABLE.c.state.not_in(OVER))
    elif state == LATE:
        query = query.where(_late(desk))
    elif state != EVERY:
        query = query.where(TABLE.c.state == state)
    connection = desk.session.connection()
    keys = page_keys(connection, query, TABLE.c.opened_on, TABLE.c.id, cursor, newest_first=True)
    counted = connection.execute(
        sa.select(TABLE.c.state, sa.func.count()).where(sight).group_by(TABLE.c.state)
    )
    rows = _rows(desk, [number for number, _day in keys.rows])
    return ReferralBoard(
        state,
        keys.showing(rows),
        {row[0]: row[1] for row in counted},
        bool(desk.actor.roles & {"officer", "director", "linkage", "reviewer"}),
    )


def _late(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for what is past its limit; as linkagewatch.watch has it."""
    limits = (
        ((ReferralState.SCREENING,), TABLE.c.screen_by_on),
        ((ReferralState.STUDY, ReferralState.APPROVED), TABLE.c.transfer_by_on),
        ((ReferralState.RETURNED,), TABLE.c.reroute_by_on),
        ((ReferralState.RECEIVED,), TABLE.c.feedback_due_on),
    )
    past = (
        sa.and_(TABLE.c.state.in_([one.value for one in states]), day < desk.today) for states, day in limits
    )
    return sa.and_(TABLE.c.blocked_on.is_(None), sa.or_(*past))


def limit_of(row: Referral) -> tuple[str, date | None]:
    """Return the limit that runs now, in words, and its day."""
    state = ReferralState(row.state)
    if row.blocked_on is not None:
        return "暂缓移送", None
    running = {
        ReferralState.SCREENING: ("筛查", row.screen_by_on),
        ReferralState.STUDY: ("决定并送出", row.transfer_by_on),
        ReferralState.APPROVED: ("送出", row.transfer_by_on),
        ReferralState.RETURNED: ("改送", row.reroute_by_on),
        ReferralState.RECEIVED: ("对方反馈", row.feedback_due_on),
    }
    return running.get(state, ("", None))


def _rows(desk: Desk, ids: list[int]) -> tuple[ReferralRow, ...]:
    query = (
        select(Referral, Finding.code, Unit.name)
        .join(Finding, col(Finding.id) == col(Referral.case_id))
        .join(Rectification, col(Rectification.id) == col(Referral.case_id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .where(col(Referral.id).in_(ids))
    )
    found = {key_of(row): (row, code, unit) for row, code, unit in desk.session.exec(query)}
    names = receivers_of(desk)
    return tuple(_row(desk, *found[number], names) for number in ids)


def _row(desk: Desk, row: Referral, code: str, unit: str, names: Mapping[str, str]) -> ReferralRow:
    limit, due_on = limit_of(row)
    return ReferralRow(
        key_of(row), code, unit, row.part, names.get(row.receiver or "", row.receiver or ""),
        trigger_word(row.trigger), row.state, STATES[row.state], row.opened_on, limit, due_on,
        left_workdays(desk, due_on) if due_on else None, row.blocked_on is not None,
    )  # fmt: skip


def receivers_of(desk: Desk) -> dict[str, str]:
    """Return {code: name} of the bodies that receive, as the office writes them."""
    own = desk.office_rules.receivers
    return {code: own.get(code, one.name) for code, one in desk.rules.linkage.receivers.items()}


def trigger_word(trigger: str) -> str:
    """Return what opened a screening, in words."""
    return TRIGGERS.get(trigger, f"升级事件{trigger}")
