"""Counts over cases: how far rectification is, which lights were lit, what the units asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.climbing import palette_of
from casework.tallies import Column, Scope, Tally, by_code, count_if, share
from core.codes import Light
from core.rectification import (
    CASE_STATE_LABELS,
    CLOCK_RUNS,
    CaseAct,
    CaseState,
    RequestKind,
    RequestState,
)
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification, Rung, SideRequest

CLOSED = (CaseState.CLOSED.value, CaseState.LOOK_BACK.value, CaseState.ARCHIVED.value)
RUNNING = tuple(state.value for state in CLOCK_RUNS)
REQUEST_LABELS = {
    RequestKind.EXTENSION: "延期",
    RequestKind.OBJECTION: "异议",
    RequestKind.SUSPENSION: "中止计时",
}
GRANTED_WORDS = {
    RequestKind.EXTENSION: "批准延期",
    RequestKind.OBJECTION: "异议成立",
    RequestKind.SUSPENSION: "同意中止计时",
}
REFUSED_WORDS = {
    RequestKind.EXTENSION: "不予延期",
    RequestKind.OBJECTION: "异议不成立",
    RequestKind.SUSPENSION: "不予中止计时",
}

# (act, state reached) -> what is counted; an act with a verdict that says no is recorded under its own name.
DEEDS: dict[str, tuple[str, tuple[tuple[CaseAct, CaseState | None], ...]]] = {
    "plans": ("报送整改方案", ((CaseAct.SUBMIT_PLAN, None),)),
    "progress": ("报送整改进展", ((CaseAct.REPORT_PROGRESS, None),)),
    "on_spot": ("当场纠正", ((CaseAct.CORRECT_ON_SPOT, None),)),
    "applied": ("申请销号", ((CaseAct.APPLY_CLOSURE, None),)),
    "returned": (
        "退回补充整改",
        ((CaseAct.RETURN, None), (CaseAct.VERIFY, CaseState.RECTIFYING)),
    ),
    "look_backs": ("开展回头看", ((CaseAct.LOOK_BACK, None),)),
    "rebounds": ("反弹重启", ((CaseAct.REOPEN, None), (CaseAct.LOOK_BACK, CaseState.RECTIFYING))),
    "flags": ("登记升级事件", ((CaseAct.FLAG, None),)),
}


def settled_day() -> tuple[Column, sa.Subquery]:
    """Return the day on which the unit's part was done, and the subquery to outer-join for it.

    The unit's part ends with its last application for closure; a case without one (当场纠正, an imported ledger) is
    settled when it was closed.
    """
    applied = (
        sa.select(
            col(AuditEntry.subject_id).label("case_id"), sa.func.max(col(AuditEntry.on_day)).label("on_day")
        )
        .where(col(AuditEntry.subject) == "case", col(AuditEntry.act) == CaseAct.APPLY_CLOSURE.value)
        .group_by(col(AuditEntry.subject_id))
        .subquery("applied")
    )
    return sa.func.coalesce(applied.c.on_day, col(Rectification.closed_on)), applied


def is_late(due: Column, settled: Column, today: object) -> Column:
    """Return the condition that a case passed a due date: open beyond it, or settled after it."""
    running = col(Rectification.state).in_(RUNNING)
    return sa.or_(sa.and_(running, due < today), sa.and_(sa.not_(running), settled > due))


def _states(scope: Scope) -> tuple[Counter[str], Counter[str]]:
    """Return the cases by state, and the sums over those that were not withdrawn."""
    settled, applied = settled_day()
    state, due = col(Rectification.state), col(Rectification.due_on)
    closed = state.in_(CLOSED)
    late = is_late(due, settled, scope.desk.today)
    measures = {
        "all": sa.func.count(),
        "notified": count_if(due.is_not(None)),
        "overdue": count_if(late),
        "overdue_first": count_if(is_late(col(Rectification.first_due_on), settled, scope.desk.today)),
        "in_time": count_if(sa.and_(closed, sa.or_(due.is_(None), settled <= due))),
        "late": count_if(sa.and_(closed, late)),
        "suspended": count_if(col(Rectification.suspended_on).is_not(None)),
    }
    query = (
        sa.select(state, *measures.values())
        .select_from(Rectification)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .outerjoin(applied, applied.c.case_id == col(Rectification.id))
        .where(*_case_scope(scope, col(Finding.found_on)))
        .group_by(state)
    )
    states: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for code, *numbers in scope.rows(query):
        states[code] += numbers[0]
        if code != CaseState.WITHDRAWN:
            sums.update(dict(zip(measures, map(int, numbers), strict=True)))
    return states, sums


def count_rectification(scope: Scope) -> Iterable[Tally]:
    """Yield how many problems were rectified, in time, late, returned, rebounded."""
    states, sums = _states(scope)
    done = sum(states[code] for code in CLOSED)
    yield Tally("cases.all", "整改事项（不含撤销）", sums["all"], "件")
    yield from by_code("cases.state", CASE_STATE_LABELS, states, "件", "现为“{}”")
    yield Tally("cases.rectified", "已销号问题", done, "个")
    yield Tally("cases.rectified_share", "整改率", share(done, sums["all"]), "%")
    yield Tally("cases.overdue", "逾期（按批准后的期限）", sums["overdue"], "件")
    yield Tally("cases.overdue_share", "逾期率", share(sums["overdue"], sums["notified"]), "%")
    yield Tally("cases.overdue_first", "逾期（按原定期限）", sums["overdue_first"], "件")
    yield Tally("closures.in_time", "按期销号", sums["in_time"], "件")
    yield Tally("closures.late", "逾期销号", sums["late"], "件")
    yield Tally("cases.suspended", "现中止计时", sums["suspended"], "件")
    yield from _deeds(scope)


def _case_scope(scope: Scope, day: Column | None = None) -> list[Column]:
    return scope.within(col(Rectification.office_id), col(Rectification.campaign_id), day)


def _deeds(scope: Scope) -> Iterable[Tally]:
    keys = (col(AuditEntry.act), col(AuditEntry.to_state))
    found = scope.counts(
        sa.select(*keys, sa.func.count())
        .join(Rectification, col(Rectification.id) == col(AuditEntry.subject_id))
        .where(
            *_case_scope(scope, col(AuditEntry.on_day)),
            col(AuditEntry.office_id) == scope.desk.office_id,
            col(AuditEntry.subject) == "case",
        )
        .group_by(*keys)
    )
    for key, (label, acts) in DEEDS.items():
        number = sum(
            times
            for (act, reached), times in found.items()
            if any(act == a and reached == (s or reached) for a, s in acts)
        )
        yield Tally(f"deeds.{key}", label, number, "次")


def count_lights(scope: Scope) -> Iterable[Tally]:
    """Yield lights lit, the highest each case ever had, and those that are on now."""
    lit = scope.counts(
        sa.select(col(Rung.light), sa.func.count())
        .join(Rectification, col(Rectification.id) == col(Rung.case_id))
        .where(*_case_scope(scope, col(Rung.fired_on)))
        .group_by(col(Rung.light))
    )
    twice = scope.rows(
        sa.select(col(Rung.case_id))
        .join(Rectification, col(Rectification.id) == col(Rung.case_id))
        .where(*_case_scope(scope, col(Rung.fired_on)))
        .group_by(col(Rung.case_id), col(Rung.light))
        .having(sa.func.count() > 1)
    )
    keys = (col(Rectification.highest_light), col(Rectification.light))
    standing = scope.counts(sa.select(*keys, sa.func.count()).where(*_case_scope(scope)).group_by(*keys))
    highest: Counter[str] = Counter()
    now: Counter[str] = Counter()
    cleared = 0
    for (top, light), number in standing.items():
        highest[top] += number
        now[light] += number
        cleared += number if light == Light.NONE and top != Light.NONE else 0
    words = _words(scope, {*lit, *highest, *now})
    yield Tally("lights.lit", "亮灯", sum(lit.values()), "次")
    yield from by_code("lights.lit", words, lit, "次", "亮{}")
    yield from by_code("lights.highest", words, highest, "件", "曾亮最高为{}")
    yield from by_code("lights.now", words, now, "件", "现亮{}")
    yield Tally("lights.cleared", "已熄灯", cleared, "件")
    yield Tally("lights.repeated", "同色重复亮灯", len({case for (case,) in twice}), "件")


def _words(scope: Scope, found: Iterable[str]) -> dict[Light, str]:
    """Return the words of the ladder's colours, lowest first, and of others that were found."""
    palette = palette_of(scope.desk, scope.campaign_id)
    shown = {*palette.lights, *(Light(code) for code in found)} - {Light.NONE}
    return {light: palette.word(light) for light in palette.in_order(shown)}


def count_requests(scope: Scope) -> Iterable[Tally]:
    """Yield extensions, objections and suspensions: asked, granted, refused, waiting, and days of extension."""
    kind, state = col(SideRequest.kind), col(SideRequest.state)
    within = _case_scope(scope, col(SideRequest.asked_on))
    of_case = sa.join(SideRequest, Rectification, col(Rectification.id) == col(SideRequest.case_id))
    found = scope.counts(
        sa.select(kind, state, sa.func.count()).select_from(of_case).where(*within).group_by(kind, state)
    )
    for code, label in REQUEST_LABELS.items():
        one = {s: found.get((code.value, s.value), 0) for s in RequestState}
        yield Tally(
            f"{code}.asked",
            f"申请{label}" if code != RequestKind.OBJECTION else "提出异议",
            sum(one.values()),
            "件",
        )
        yield Tally(f"{code}.granted", GRANTED_WORDS[code], one[RequestState.GRANTED], "件")
        yield Tally(f"{code}.refused", REFUSED_WORDS[code], one[RequestState.REFUSED], "件")
        yield Tally(f"{code}.waiting", f"{label}待决定", one[RequestState.REQUESTED], "件")
        if code is RequestKind.EXTENSION:
            yield Tally(
                "extension.days", "批准延期合计（自然日）", _extended_days(scope, of_case, within), "日"
            )


def _extended_days(scope: Scope, of_case: sa.Join, within: list[Any]) -> int:
    """Return the calendar days granted; days are subtracted here because the two databases differ in it."""
    rows = scope.rows(
        sa.select(col(SideRequest.due_before), col(SideRequest.granted_until_on))
        .select_from(of_case)
        .where(
            *within,
            col(SideRequest.kind) == RequestKind.EXTENSION.value,
            col(SideRequest.state) == RequestState.GRANTED.value,
            col(SideRequest.due_before).is_not(None),
            col(SideRequest.granted_until_on).is_not(None),
        )
    )
    return sum((until - before).days for before, until in rows)
