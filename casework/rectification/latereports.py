"""Half-month reports that are late: marked the day after they were due, asked for while their subject still runs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from casework.ahead import rows_beside
from casework.desk import Desk
from casework.moves import take
from casework.tasks import finish_for, open_task
from core.life.halflife import HALF_REPORT, HalfReportAct, HalfReportState
from core.life.matterlife import OVER
from core.life.rectification import SETTLED
from models.base import key_of
from models.halfreport import HalfReport
from models.matter import LitigationMatter
from models.organisation import Unit
from models.rectification import Rectification


def late_key(report_id: int) -> str:
    """Return the cause of the task to ask for a report that is late."""
    return f"half:{report_id}:late"


def lapse(desk: Desk) -> int:
    """Mark the reports whose day is over as late, and ask an officer to call; return how many.

    Nobody is asked to call about a case or matter that has ended meanwhile; that it sent no report stays counted.
    """
    query = (
        select(HalfReport, Unit)
        .where(
            col(HalfReport.office_id) == desk.office_id,
            col(HalfReport.state) == HalfReportState.OWED.value,
            col(HalfReport.due_on) < desk.today,
            col(Unit.id) == col(HalfReport.unit_id),
        )
        .order_by(col(HalfReport.id))
    )
    late = list(desk.session.exec(query))
    ended = _ended(desk, [row for row, _unit in late])
    for row, unit in late:
        take(desk, row, HALF_REPORT, HalfReportAct.LAPSE, unit_id=row.unit_id)
        desk.session.add(row)
        if (row.subject, row.subject_id) in ended:
            continue
        open_task(
            desk, late_key(key_of(row)), kind="half_report_late", subject="half_report", subject_id=key_of(row),
            title=f"催报半月报：{unit.name} {row.number}（{row.period_from}至{row.period_to}，{row.due_on}到期）",
            role="officer", due_on=desk.today, unit_id=row.unit_id,
        )  # fmt: skip
    return len(late)


def _ended(desk: Desk, rows: Sequence[HalfReport]) -> set[tuple[str, int]]:
    """Return the cases and matters of these reports that need no call any more."""
    ids = {kind: [row.subject_id for row in rows if row.subject == kind] for kind in ("case", "matter")}
    cases = select(Rectification.id).where(
        col(Rectification.id).in_(ids["case"]),
        col(Rectification.state).in_([state.value for state in SETTLED]),
    )
    matters = select(LitigationMatter.id).where(
        col(LitigationMatter.id).in_(ids["matter"]),
        col(LitigationMatter.state).in_([state.value for state in OVER]),
    )
    ended = {("case", number) for number in desk.session.exec(cases)} if ids["case"] else set()
    if ids["matter"]:
        ended |= {("matter", number or 0) for number in desk.session.exec(matters)}
    return ended


def end_late_calls(desk: Desk, subject: str, subject_id: int, note: str) -> None:
    """Finish the tasks to ask for late reports of a case or matter that has ended."""
    for number in _late_of(desk, subject, subject_id):
        finish_for(desk, late_key(number), note)


def _late_of(desk: Desk, subject: str, subject_id: int) -> list[int]:
    if subject == "case":
        known = rows_beside(desk, HalfReport, subject_id)
        return [key_of(one) for one in known if one.state == HalfReportState.LATE]
    late = select(HalfReport.id).where(
        col(HalfReport.subject) == subject,
        col(HalfReport.subject_id) == subject_id,
        col(HalfReport.state) == HalfReportState.LATE.value,
    )
    return [number or 0 for number in desk.session.exec(late)]
