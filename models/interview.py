"""Interviews (约谈): when, where, about what, and how many persons of each role were asked and came."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Line
from core.life.interviewlife import InterviewRole, InterviewState
from models.base import STRICT, check, one_of
from models.record import SUBJECTS


class Interview(SQLModel, table=True):
    """An interview with people of a unit; its notice is a document that names it."""

    __table_args__ = (
        one_of("state", InterviewState),
        one_of("line", Line),
        one_of("about", SUBJECTS, nullable=True),
        check("about_is_whole", "(about IS NULL) = (about_id IS NULL)"),
        check("held_has_day", "(state = 'held') = (held_on IS NOT NULL)"),
        check("held_has_minutes", "state <> 'held' OR minutes_sha256 IS NOT NULL"),
        Index("ix_interview_office_id_state", "office_id", "state"),
        Index("ix_interview_about", "about", "about_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    line: str
    about: str | None = None  # what it is about, as an audit subject: case, lead, matter, document
    about_id: int | None = None
    state: str
    reason: str
    interviewer: str  # who asks: a post, as it is printed
    planned_on: date  # the day for which it is planned
    planned_at: str = ""  # the hour, as it is printed
    place: str
    held_on: date | None = None
    minutes_sha256: str | None = None
    note: str = ""
    noted_by: str
    noted_on: date


class InterviewPerson(SQLModel, table=True):
    """Persons of one role in an interview: a count, or one person by name."""

    __tablename__ = "interview_person"
    __table_args__ = (
        UniqueConstraint("interview_id", "role", "name"),
        one_of("role", InterviewRole),
        check("counts_hold", "invited >= 0 AND came >= 0"),
        check("named_is_one", "name = '' OR (invited <= 1 AND came <= 1)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    interview_id: int = Field(foreign_key="interview.id")
    role: str
    name: str = ""
    invited: int = 0
    came: int = 0
