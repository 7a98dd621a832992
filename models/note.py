"""Notes of calls, talks and visits (联系记录): what was said, with whom, and when to come back to it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.base import STRICT, check, one_of

NOTE_SUBJECTS = ("case", "campaign", "visit", "lead", "matter", "unit")
NOTE_KINDS = ("telephone", "talk", "visit", "other")


class ContactNote(SQLModel, table=True):
    """One note; it is never changed, a correction is another note."""

    __tablename__ = "contact_note"
    __table_args__ = (
        one_of("subject", NOTE_SUBJECTS),
        one_of("kind", NOTE_KINDS),
        check("text_given", "length(text) > 0"),
        check("follow_up_later", "follow_up_on IS NULL OR follow_up_on >= on_day"),
        Index("ix_contact_note_subject", "subject", "subject_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    subject: str
    subject_id: int
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    kind: str
    on_day: date
    with_whom: str = ""
    text: str
    follow_up_on: date | None = None
    written_by: str
    entered_at: datetime
