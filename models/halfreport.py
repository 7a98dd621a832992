"""Half-month reports (半月报): one row for each case or matter and period that owes one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Light, Secrecy
from core.life.halflife import HalfReportState
from models.base import STRICT, check, one_of

HALF_SUBJECTS = ("case", "matter")


class HalfReport(SQLModel, table=True):
    """What a case or a matter owes for a half of a month; opened when the period is over, never before."""

    __tablename__ = "half_report"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "period_from"),
        one_of("subject", HALF_SUBJECTS),
        one_of("state", HalfReportState),
        one_of("light", Light),
        one_of("secrecy", Secrecy),
        check("period_order", "period_to > period_from"),
        check("due_after_period", "due_on > period_to"),
        check("percent_range", "percent IS NULL OR percent BETWEEN 0 AND 100"),
        check("sent_has_day", "(state = 'sent') = (sent_on IS NOT NULL)"),
        check("sent_says_something", "state <> 'sent' OR (text <> '' AND sent_by <> '')"),
        check("waived_has_reason", "state <> 'waived' OR reason <> ''"),
        Index("ix_half_report_office_id_state_due_on", "office_id", "state", "due_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    subject: str
    subject_id: int
    number: str  # how people call the case or matter
    title: str = ""
    unit_id: int = Field(foreign_key="unit.id", index=True)
    period_from: date
    period_to: date
    due_on: date
    due_provisional: bool = False
    light: str = Light.NONE.value  # the colour at the end of the period, for which it is owed
    cc: str = ""  # leader roles who get a copy, joined by 、
    secrecy: str = Secrecy.INTERNAL.value
    state: str
    text: str = ""
    next_steps: str = ""
    percent: int | None = None
    sent_on: date | None = None
    sent_by: str = ""
    reason: str = ""
    read_on: date | None = None
    read_by: str | None = None
    copied_on: date | None = None  # the day on which the mails to the leaders were queued
