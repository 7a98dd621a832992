"""Reports and periods as pages show them: what was kept, what may be closed next, and a paper to read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.reports.issuing import find_report
from casework.staff.people import require_role
from casework.wholeoffice import need_office
from core.calendar.periods import ONE, PERIOD_LABELS, PeriodKind, last_ended, name_period, period_of
from core.errors import InvalidInput
from core.life.periodlife import PERIOD, REPORT, REPORT_KIND_LABELS, PeriodState, ReportState
from delivery.paper import Paper, read_paper
from models.campaign import Campaign
from models.period import Report, StatPeriod

SHOWN = 12


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period in a list."""

    kind: PeriodKind
    name: str
    from_on: date
    to_on: date
    state: str
    closed: bool
    closed_by: str
    closed_on: date | None
    sha256: str


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The period of a kind that is closed next; `over` once it may be."""

    kind: PeriodKind
    word: str
    name: str
    from_on: date
    to_on: date
    over: bool


def period_lines(desk: Desk) -> tuple[PeriodLine, ...]:
    """Return the periods, the newest first, without their content."""
    need_office(desk, "查看统计期")
    names = (
        StatPeriod.kind, StatPeriod.from_on, StatPeriod.to_on, StatPeriod.state, StatPeriod.closed_by,
        StatPeriod.closed_on, StatPeriod.sha256,
    )  # fmt: skip
    query = (
        select(*(col(name) for name in names))
        .where(col(StatPeriod.office_id) == desk.office_id)
        .order_by(col(StatPeriod.from_on).desc(), col(StatPeriod.kind))
    )
    return tuple(_line(row) for row in desk.session.exec(query))


def _line(row: Any) -> PeriodLine:
    kind, state = PeriodKind(row.kind), PeriodState(row.state)
    return PeriodLine(
        kind, name_period(kind, row.from_on), row.from_on, row.to_on, PERIOD.state_labels[state],
        state is PeriodState.CLOSED, row.closed_by or "", row.closed_on, row.sha256 or "",
    )  # fmt: skip


def next_periods(desk: Desk, lines: tuple[PeriodLine, ...]) -> tuple[NextPeriod, ...]:
    """Return for each kind the period that comes after the last closed one, else the last that is over."""
    found = []
    for kind in PeriodKind:
        closed = [one.to_on for one in lines if one.kind is kind and one.closed]
        first, last = period_of(kind, max(closed) + ONE) if closed else last_ended(kind, desk.today)
        found.append(
            NextPeriod(kind, PERIOD_LABELS[kind], name_period(kind, first), first, last, last < desk.today)
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A kept report in a list."""

    id: int
    kind: str
    title: str
    issue: str
    state: ReportState
    word: str
    drafted_by: str
    drafted_on: date
    issued_on: date | None


def report_lines(desk: Desk, kind: str = "") -> tuple[ReportLine, ...]:
    """Return the kept reports, the newest first, without their papers; raise InvalidInput for an unknown kind."""
    if kind and kind not in REPORT_KIND_LABELS:
        raise InvalidInput(
            "没有这种报告",
            found=kind[:40],
            expected="、".join(REPORT_KIND_LABELS.values()),
            remedy="重新筛选",
        )
    need_office(desk, "查看报告")
    names = (
        Report.id, Report.kind, Report.title, Report.year, Report.issue, Report.state, Report.drafted_by,
        Report.drafted_on, Report.issued_on,
    )  # fmt: skip
    query = select(*(col(name) for name in names))
    query = query.where(col(Report.office_id) == desk.office_id).order_by(col(Report.id).desc())
    if kind:
        query = query.where(col(Report.kind) == kind)
    return tuple(_report_line(row) for row in desk.session.exec(query))


def _report_line(row: Any) -> ReportLine:
    state = ReportState(row.state)
    issue = f"{row.year}年第{row.issue}期" if row.issue else ""
    return ReportLine(
        row.id, REPORT_KIND_LABELS.get(row.kind, row.kind), row.title, issue, state, REPORT.state_labels[state],
        row.drafted_by, row.drafted_on, row.issued_on,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One kept report to read: its paper without the drawings, which the file for WPS carries."""

    row: Report
    line: ReportLine
    paper: Paper
    drawings: tuple[str, ...]
    may_issue: bool
    may_end: bool


def report_view(desk: Desk, number: int) -> ReportPage:
    """Return one kept report; raise NotFound."""
    need_office(desk, "查看报告")
    row = find_report(desk, number)
    data = json.loads(row.content)
    paper = read_paper(json.dumps(data["paper"], ensure_ascii=False).encode())
    line = _report_line(row)
    draft, issued = line.state is ReportState.DRAFT, line.state is ReportState.ISSUED
    director = "director" in desk.actor.roles
    return ReportPage(
        row, line, paper, tuple(caption for _key, caption, _svg in data["drawings"]),
        draft and director and row.drafted_by != desk.actor.code,
        (draft and bool(desk.actor.roles & {"officer", "director"})) or (issued and director),
    )  # fmt: skip


def report_campaigns(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return code and title of the campaigns that a report may be about."""
    query = select(Campaign.code, Campaign.title).where(
        col(Campaign.office_id) == desk.office_id, col(Campaign.opened_on).is_not(None)
    )
    found = desk.session.exec(query.order_by(col(Campaign.opened_on).desc(), col(Campaign.code)).limit(200))
    return tuple((code, f"{code} {title}") for code, title in found)


def require_drafter(desk: Desk) -> None:
    """Raise NotAllowed for who may not draft reports."""
    require_role(desk, ("officer", "director"), "起草报告")
