"""The mails about half-month reports: units are asked for what they owe, leaders get copies of what came."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import office_palette
from casework.mail.filling import portal_address
from casework.mail.queueing import NothingToSay, queue, unit_recipients
from casework.rectification.halfwatch import may_be_told, reaches
from casework.units.lineage import addressee
from core.codes import Light
from core.life.halflife import HalfReportState
from delivery.mail import Attachment
from models.halfreport import HalfReport
from models.message import Message
from models.organisation import Unit

LIAISON = "liaison"


def ask_units(desk: Desk) -> dict[str, object]:
    """Queue one mail to the liaison of each unit that owes reports by a day that is still to come, once for the day."""
    query = (
        select(Unit, col(HalfReport.due_on))
        .join(HalfReport, col(HalfReport.unit_id) == col(Unit.id))
        .where(
            col(HalfReport.office_id) == desk.office_id,
            col(HalfReport.state) == HalfReportState.OWED.value,
            col(HalfReport.due_on) >= desk.today,
        )
        .distinct()
        .order_by(col(Unit.id), col(HalfReport.due_on))
    )
    asked = 0
    for unit, due_on in desk.session.exec(query).all():
        for who in unit_recipients(addressee(desk, unit), (LIAISON,)):
            asked += queue(desk, "half_owed", f"half_owed/{unit.id}/{due_on}", who)
    return {"asked": asked}


def half_owed_mail(desk: Desk, message: Message) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
    """Return the values of a mail to a unit: what it still owes by the day its key names.

    A work secret is told to the office's own domains only. raises NothingToSay when everything came meanwhile
    """
    _office, _owed, unit_id, due_on, _role = message.key.split("/")
    query = (
        select(HalfReport)
        .where(
            col(HalfReport.office_id) == desk.office_id,
            col(HalfReport.unit_id) == int(unit_id),
            col(HalfReport.due_on) == date.fromisoformat(due_on),
            col(HalfReport.state).in_((HalfReportState.OWED.value, HalfReportState.LATE.value)),
        )
        .order_by(col(HalfReport.number))
    )
    owed = [row for row in desk.session.exec(query) if may_be_told(desk, row, message.recipient)]
    if not owed:
        raise NothingToSay("半月报均已报送")
    palette = office_palette(desk)
    rows = [
        {
            "number": row.number,
            "light": palette.word(Light(row.light)),
            "from_on": row.period_from.isoformat(),
            "to_on": row.period_to.isoformat(),
            "title": row.title,
        }
        for row in owed
    ]
    return {
        "unit": desk.session.get_one(Unit, int(unit_id)).name,
        "due_on": due_on,
        "provisional": any(row.due_provisional for row in owed),
        "rows": rows,
        "portal": portal_address(desk),
    }, ()


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
