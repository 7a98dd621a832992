"""Reports that are kept: drafted once and never changed, issued by the director, bulletins numbered by year."""

from __future__ import annotations

import json
from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.moves import take
from casework.reports.periods import hash_of
from casework.reports.reporting import Composed, Drawing
from casework.staff.people import require_role
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.periodlife import REPORT, ReportAct
from core.text.secrecy import refuse_state_secrets
from delivery.fonts import Fonts
from delivery.paper import Paper, read_paper, write_paper
from delivery.plotpictures import print_svg
from delivery.reportdoc import render_report_docx
from models.audit import canonical_json
from models.base import key_of
from models.period import Report

PERIODICAL = ("bulletin", "half_month", "month", "quarter")


def keep_report(desk: Desk, composed: Composed) -> Report:
    """Write a report as a draft, with its paper and drawings under one hash."""
    require_role(desk, ("officer", "director"), "起草报告")
    content = canonical_json(
        {
            "paper": json.loads(write_paper(composed.paper)),
            "drawings": [list(one) for one in composed.drawings],
        }
    )
    row = Report(
        office_id=desk.office_id, kind=composed.kind, year=composed.year, state=REPORT.start.value,
        title=composed.title, campaign_id=composed.campaign_id, from_on=composed.from_on, to_on=composed.to_on,
        content=content, sha256=hash_of(content), drafted_by=desk.actor.code, drafted_on=desk.today,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.record("report", key_of(row), "open", to_state=row.state, sha256=row.sha256, kind=row.kind)
    return row


def issue_report(desk: Desk, number: int) -> Report:
    """Issue a drafted report for the director; a report takes the next issue (第N期) of its kind and year.

    raises   NotAllowed for its author; IllegalMove when it is not a draft
    """
    row = find_report(desk, number)
    if row.drafted_by == desk.actor.code:
        raise NotAllowed(
            "起草人不能印发自己的报告", found=desk.actor.code, expected="另一人", remedy="由主任印发"
        )
    last = desk.session.execute(
        sa.select(sa.func.max(col(Report.issue))).where(
            col(Report.office_id) == desk.office_id, col(Report.kind) == row.kind,
            col(Report.year) == desk.today.year,
        )
    ).scalar_one()  # fmt: skip
    with desk.session.no_autoflush:
        # The issue counts in the year in which it goes out, and a void keeps its number.
        year, issue = desk.today.year, (last or 0) + 1
        take(desk, row, REPORT, ReportAct.ISSUE, detail={"issue": issue, "year": year})
        row.issue, row.year = issue, year
        row.issued_by, row.issued_on = desk.actor.code, desk.today
    desk.session.add(row)
    desk.session.flush()
    return row


def end_report(desk: Desk, number: int, reason: str) -> Report:
    """Give up a draft, or declare an issued report void; its number is not used again."""
    if not reason.strip():
        raise InvalidInput("须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "理由")
    row = find_report(desk, number)
    act = ReportAct.DROP if row.state == REPORT.start.value else ReportAct.VOID
    take(desk, row, REPORT, act, detail={"reason": reason})
    desk.session.add(row)
    desk.session.flush()
    return row


def find_report(desk: Desk, number: int) -> Report:
    """Return a report of the office; raise NotFound, for a unit too."""
    row = desk.session.get(Report, number)
    if row is None or row.office_id != desk.office_id or desk.actor.speaks_for_unit:
        raise NotFound(
            "没有这份报告", found=str(number), expected="报告编号", remedy="运行 ducha report list"
        )
    return row


def list_reports(desk: Desk) -> list[Report]:
    """Return the reports of the office, the newest first; none for a unit."""
    if desk.actor.speaks_for_unit:
        return []
    query = select(Report).where(col(Report.office_id) == desk.office_id)
    return list(desk.session.exec(query.order_by(col(Report.id).desc())))


def print_report(desk: Desk, row: Report) -> bytes:
    """Return a kept report as .docx, with the issue it was given."""
    data = json.loads(row.content)
    paper = read_paper(json.dumps(data["paper"], ensure_ascii=False).encode())
    number = _number(row.kind, row.year, row.issue)
    return _print(desk, replace(paper, number=number, signed_on=row.issued_on), data["drawings"])


def print_composed(desk: Desk, composed: Composed) -> bytes:
    """Return a report that is not kept as .docx, without an issue."""
    number = _number(composed.kind, composed.year, None)
    return _print(desk, replace(composed.paper, number=number), composed.drawings)


def _number(kind: str, year: int, issue: int | None) -> str | None:
    """Return the issue as it is printed; what is no periodical has a 文号 instead, which a document gives."""
    return f"{year}年第{issue or '　'}期" if kind in PERIODICAL else None


def _print(desk: Desk, paper: Paper, drawings: tuple[Drawing, ...] | list[Drawing]) -> bytes:
    fonts = Fonts.find(desk.settings.fonts)
    return render_report_docx(paper, [print_svg(key, caption, svg, fonts) for key, caption, svg in drawings])
