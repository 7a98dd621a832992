"""The facts about a unit that scoring may name, counted: what `core.unitfacts` says in words, said in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.filing import FILINGS, INSTITUTIONS, ON_TIME, asked
from casework.counts.problems import CHECKS, CONFIRMED, FINDINGS
from casework.counts.rectifying import (
    CASES,
    CLOSED,
    ENTRIES,
    IN_TIME,
    RUNGS,
    STANDING,
    case_state,
    deed,
    due_on,
    overdue,
)
from casework.counts.rounds import VISITS
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Condition, Indicator, Section, Source
from core.codes import CheckResult, Light, Severity
from core.life.lives import FindingState
from core.life.rectification import CaseAct, CaseState
from core.unitfacts import UNIT_FACTS
from models.campaign import CheckRecord, Finding, Visit
from models.rectification import Rectification, Rung

_KEPT = sa.and_(STANDING, col(Finding.state) == FindingState.CONFIRMED.value)
_JUDGED = sa.and_(_KEPT, col(Rectification.suspended_on).is_(None))
_JUDGED_CHECK = col(CheckRecord.result).in_((CheckResult.PASSED.value, CheckResult.FAILED.value))
_REPORTED = col(Visit.self_report_on) <= col(Visit.self_report_due_on)
_GRAVE = col(Rectification.severity) == Severity.GRAVE.value


def _due(scope: Scope) -> Column:
    return sa.and_(_JUDGED, due_on.is_not(None), sa.or_(scope.desk.today > due_on, case_state.in_(CLOSED)))


def _due_done(scope: Scope) -> Column:
    return sa.and_(_due(scope), case_state.in_(CLOSED))


def _in_time(scope: Scope) -> Column:
    return sa.and_(_due(scope), IN_TIME)


def _overdue(scope: Scope) -> Column:
    return sa.and_(_due(scope), overdue(scope))


def _grave_overdue(scope: Scope) -> Column:
    return sa.and_(_overdue(scope), _GRAVE)


def _report_due(scope: Scope) -> Column:
    due = col(Visit.self_report_due_on)
    return sa.and_(due.is_not(None), sa.or_(due < scope.desk.today, col(Visit.self_report_on).is_not(None)))


_RETURNED = deed((CaseAct.RETURN, None), (CaseAct.VERIFY, CaseState.RECTIFYING))
_REBOUND = deed((CaseAct.REOPEN, None), (CaseAct.LOOK_BACK, CaseState.RECTIFYING))
_SQL: dict[str, tuple[Source, Condition | None, Column | None]] = {
    "checks": (CHECKS, _JUDGED_CHECK, None),
    "failed_checks": (CHECKS, col(CheckRecord.result) == CheckResult.FAILED.value, None),
    "findings": (FINDINGS, CONFIRMED, None),
    "grave_findings": (FINDINGS, sa.and_(CONFIRMED, col(Finding.severity) == Severity.GRAVE.value), None),
    "due_cases": (CASES, _due, due_on),
    "due_done": (CASES, _due_done, due_on),
    "in_time": (CASES, _in_time, due_on),
    "overdue": (CASES, _overdue, due_on),
    "grave_overdue": (CASES, _grave_overdue, due_on),
    "returned": (ENTRIES, sa.and_(_KEPT, _RETURNED), None),
    "rebounds": (ENTRIES, sa.and_(_KEPT, _REBOUND), None),
    "top_lights": (RUNGS, sa.and_(_JUDGED, col(Rung.light).in_((Light.RED.value, Light.BLACK.value))), None),
    "reports_asked": (VISITS, _report_due, None),
    "reports_in_time": (VISITS, _REPORTED, None),
    "filings_asked": (FILINGS, asked, None),
    "filings_in_time": (FILINGS, ON_TIME, None),
    "institutions": (INSTITUTIONS, None, None),
    "on_spot": (ENTRIES, sa.and_(_KEPT, deed((CaseAct.CORRECT_ON_SPOT, None))), None),
}
UNIT_COUNTS: dict[str, Indicator] = {
    name: Indicator(
        f"score.{name}", fact.label, fact.unit, fact.definition, _SQL[name][0], _SQL[name][1], day=_SQL[name][2],
        by_day=False,
    )
    for name, fact in UNIT_FACTS.items()
}  # fmt: skip
SCORED = Section(20, "评价口径", tuple(UNIT_COUNTS.values()))
