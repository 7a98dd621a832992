"""Milestones as a calendar file that the partner of a joint campaign puts into its diary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casework.desk import Desk
from casework.mail.queueing import mail_domain
from delivery.invitation import CalendarDay, make_day_calendar


def calendar_of_milestones(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return listed milestones that have a day as an .ics file of whole days, for the partner's diary."""
    host = mail_domain(desk)
    days = [
        CalendarDay(
            f"{desk.office.code}/{row['campaign']}/{row['code']}@{host}",
            f"{row['campaign']} {row['name']}",
            date.fromisoformat(row["due_on"]),
        )
        for row in rows
        if row["due_on"]
    ]
    return make_day_calendar(days, desk.now)
