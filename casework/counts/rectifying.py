"""Cases: how far rectification is, closures, which lights were lit, what the units asked for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import said, same
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section, Share, Source
from core.life.rectification import (
    CASE_STATE_LABELS,
    CLOCK_RUNS,
    CaseAct,
    CaseState,
)
from models.base import table_of
from models.campaign import Campaign, Finding
from models.record import DEEDS, AuditEntry
from models.rectification import Rectification, Rung, SideRequest

CLOSED = (CaseState.CLOSED.value, CaseState.LOOK_BACK.value, CaseState.ARCHIVED.value)
RUNNING = tuple(state.value for state in CLOCK_RUNS)
case_state, due_on = col(Rectification.state), col(Rectification.due_on)
STANDING = case_state != CaseState.WITHDRAWN.value

# The unit's part ends with its last application for closure; a case without one (当场纠正, an imported ledger) is
# settled when it was closed.
SETTLED = sa.func.coalesce(col(Rectification.applied_on), col(Rectification.closed_on))
# Every case has both; a number needs them only when it is narrowed or its rows are shown.
_OF_FINDING = table_of(Rectification).outerjoin(table_of(Finding), col(Finding.id) == col(Rectification.id))
_WITH_CAMPAIGN = _OF_FINDING.outerjoin(table_of(Campaign), col(Campaign.id) == col(Rectification.campaign_id))
_SHOWN = (col(Finding.code), col(Finding.item), case_state, due_on)


def _of_cases(name: str, tables: sa.FromClause, **more: Any) -> Source:
    kept: dict[str, Any] = {
        "key": col(Rectification.id), "office": col(Rectification.office_id),
        "campaign": col(Rectification.campaign_id), "unit": col(Rectification.unit_id),
        "kind": col(Campaign.kind), "shown": _SHOWN,
    }  # fmt: skip
    return Source(name, tables, **{**kept, **more})


CASES = _of_cases(
    "case",
    _WITH_CAMPAIGN,
    day=col(Finding.found_on),
)
# How the lights stand is asked of all cases, whenever they were found.
LIT_CASES = _of_cases("case", _WITH_CAMPAIGN, shown=(*_SHOWN, col(Rectification.light)))
ENTRIES = _of_cases(
    "entry",
    table_of(AuditEntry)
    .outerjoin(table_of(Rectification), col(Rectification.id) == col(AuditEntry.subject_id))
    .outerjoin(table_of(Finding), col(Finding.id) == col(AuditEntry.subject_id))
    .outerjoin(table_of(Campaign), col(Campaign.id) == col(Rectification.campaign_id)),
    office=col(AuditEntry.office_id),
    where=(col(AuditEntry.subject) == "case", sa.literal_column(DEEDS)),
    key=sa.cast(col(AuditEntry.shard), sa.String) + "-" + sa.cast(col(AuditEntry.seq), sa.String),
    day=col(AuditEntry.on_day),
    shown=(col(Finding.code), col(AuditEntry.on_day), col(AuditEntry.act)),
)
RUNGS = _of_cases(
    "rung",
    _WITH_CAMPAIGN.join(table_of(Rung), col(Rung.case_id) == col(Rectification.id)),
    key=col(Rung.id),
    day=col(Rung.fired_on),
    shown=(col(Finding.code), col(Rung.light), col(Rung.fired_on)),
)
REQUESTS = _of_cases(
    "request",
    _WITH_CAMPAIGN.join(table_of(SideRequest), col(SideRequest.case_id) == col(Rectification.id)),
    key=col(SideRequest.id),
    day=col(SideRequest.asked_on),
    shown=(col(Finding.code), col(SideRequest.kind), col(SideRequest.asked_on), col(SideRequest.state)),
)


def is_late(due: Column, settled: Column, today: object) -> Column:
    """Return the condition that a case passed a due date: open beyond it, or settled after it."""
    running = case_state.in_(RUNNING)
    return sa.or_(sa.and_(running, due < today), sa.and_(sa.not_(running), settled > due))


def overdue(scope: Scope) -> Column:
    """Return the condition that a standing case passed its due date as it was extended."""
    return sa.and_(STANDING, is_late(due_on, SETTLED, scope.desk.today))


def _overdue_first(scope: Scope) -> Column:
    return sa.and_(STANDING, is_late(col(Rectification.first_due_on), SETTLED, scope.desk.today))


IN_TIME = sa.and_(case_state.in_(CLOSED), sa.or_(due_on.is_(None), due_on >= SETTLED))


def _closed_late(scope: Scope) -> Column:
    return sa.and_(case_state.in_(CLOSED), overdue(scope))


def deed(*acts: tuple[CaseAct, CaseState | None]) -> Column:
    """Return the condition that an entry tells one of the acts; a verdict that says no has a name of its own."""
    return sa.or_(
        *(
            sa.and_(
                col(AuditEntry.act) == act.value, col(AuditEntry.to_state) == reached.value if reached else sa.true()
            )
            for act, reached in acts
        )
    )  # fmt: skip


_ENDED = sa.and_(
    col(AuditEntry.to_state) == CaseState.CLOSED.value, col(AuditEntry.from_state) != CaseState.CLOSED.value
)
_DEEDS = (
    ("closed", "销号", "销号的次数（反弹后再销号的另计），计入销号之日", _ENDED),
    ("plans", "报送整改方案", "报送整改方案的次数", deed((CaseAct.SUBMIT_PLAN, None))),
    ("progress", "报送整改进展", "报送进展的次数", deed((CaseAct.REPORT_PROGRESS, None))),
    ("on_spot", "当场纠正", "当场纠正的次数", deed((CaseAct.CORRECT_ON_SPOT, None))),
    ("applied", "申请销号", "申请销号的次数", deed((CaseAct.APPLY_CLOSURE, None))),
    (
        "returned",
        "退回补充整改",
        "退回或核查未通过的次数",
        deed((CaseAct.RETURN, None), (CaseAct.VERIFY, CaseState.RECTIFYING)),
    ),
    ("look_backs", "开展回头看", "回头看的次数", deed((CaseAct.LOOK_BACK, None))),
    (
        "rebounds",
        "反弹重启",
        "重新启动整改的次数",
        deed((CaseAct.REOPEN, None), (CaseAct.LOOK_BACK, CaseState.RECTIFYING)),
    ),
    ("flags", "登记升级事件", "登记升级事件的次数", deed((CaseAct.FLAG, None))),
)
CLOSING = Section(
    14,
    "整改与销号",
    (
        Indicator(
            "cases.all",
            "整改事项（不含撤销）",
            "件",
            "问题的整改事项，撤销的不计",
            CASES,
            STANDING,
            by_day=False,
        ),
        Family(
            "cases.state",
            "件",
            "整改事项，按现在的状态",
            CASES,
            (case_state,),
            same,
            said(CASE_STATE_LABELS, "现为“{}”"),
            by_day=False,
        ),
        Indicator(
            "cases.rectified",
            "已销号问题",
            "个",
            "现已销号的问题",
            CASES,
            case_state.in_(CLOSED),
            by_day=False,
        ),
        Share("cases.rectified_share", "整改率", "已销号问题占整改事项", "cases.rectified", "cases.all"),
        Indicator(
            "cases.notified",
            "已定期限的整改事项",
            "件",
            "文书已签发、有到期日的整改事项",
            CASES,
            sa.and_(STANDING, due_on.is_not(None)),
            by_day=False,
        ),
        Indicator(
            "cases.overdue",
            "逾期（按批准后的期限）",
            "件",
            "超过批准延期后的到期日仍未完成，或到期后才完成",
            CASES,
            overdue,
            by_day=False,
        ),
        Share("cases.overdue_share", "逾期率", "逾期事项占已定期限的事项", "cases.overdue", "cases.notified"),
        Indicator(
            "cases.overdue_first",
            "逾期（按原定期限）",
            "件",
            "超过最初的到期日，不论后来是否延期",
            CASES,
            _overdue_first,
            by_day=False,
        ),
        Indicator(
            "closures.in_time",
            "按期销号",
            "件",
            "单位在到期日前申请销号并已销号",
            CASES,
            IN_TIME,
            by_day=False,
        ),
        Indicator(
            "closures.late", "逾期销号", "件", "到期后才申请而已销号", CASES, _closed_late, by_day=False
        ),
        Indicator(
            "cases.suspended",
            "现中止计时",
            "件",
            "现在中止计时的整改事项",
            CASES,
            sa.and_(STANDING, col(Rectification.suspended_on).is_not(None)),
            by_day=False,
        ),
        *(
            Indicator(f"deeds.{key}", label, "次", f"{definition}", ENTRIES, where)
            for key, label, definition, where in _DEEDS
        ),
    ),
)
