"""What is noted at a visit beside its checklist: the self-report that came in, counts of fieldwork."""

from __future__ import annotations

from datetime import date

from casework.desk import Desk
from casework.inspection.checklists import record_self_report
from casework.inspection.fieldcounts import note_count
from casework.inspection.visitfile import VisitFile
from casework.staff.people import require_role
from core.errors import Refused

NOTERS = ("officer", "inspector", "leader", "director")


def note_self_report_of(desk: Desk, file: VisitFile) -> None:
    """Note that the self-report of a visit's unit has come in today; raise Refused when it was noted before."""
    require_role(desk, NOTERS, "登记自查报告")
    if file.visit.self_report_on is not None:
        raise Refused(
            "自查报告已经登记",
            found=str(file.visit.self_report_on),
            expected="尚未登记",
            remedy="无须重复登记",
        )
    record_self_report(desk, file.campaign.code, file.unit.code)


def count_at(desk: Desk, file: VisitFile, what: str, count: int, on: date | None, note: str) -> None:
    """Note what the team of a visit did at its unit, counted in its own unit."""
    note_count(desk, file.campaign.code, file.unit.code, what, count, on=on, note=note)
