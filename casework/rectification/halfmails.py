"""The mail that copies half-month reports to a leader: one a day, a row a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import office_palette
from casework.rectification.halfwatch import reaches
from core.codes import Light
from delivery.mail import Attachment
from models.halfreport import HalfReport
from models.message import Message
from models.organisation import Unit


def half_report_mail(desk: Desk, message: Message) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
    """Return the values of a copy to a leader: the reports that were copied on the day its key names."""
    _office, _half, day, role, _post = message.key.split("/")
    query = (
        select(HalfReport, Unit.name)
        .where(
            col(HalfReport.office_id) == desk.office_id,
            col(HalfReport.copied_on) == date.fromisoformat(day),
            col(Unit.id) == col(HalfReport.unit_id),
        )
        .order_by(col(HalfReport.period_from), col(Unit.code), col(HalfReport.number))
    )
    palette = office_palette(desk)
    rows = [
        {
            "unit": unit,
            "number": row.number,
            "light": palette.word(Light(row.light)),
            "from_on": row.period_from.isoformat(),
            "to_on": row.period_to.isoformat(),
            "percent": "" if row.percent is None else f"{row.percent}%",
            "text": row.text,
            "next_steps": row.next_steps,
            "late": bool(row.sent_on and row.sent_on > row.due_on),
        }
        for row, unit in desk.session.exec(query)
        if reaches(desk, row, role, message.recipient)
    ]
    return {"person": message.recipient_name, "rows": rows}, ()
