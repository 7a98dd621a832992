"""What is being written and not yet submitted: drafts of campaign plans, checklists filled in on pages, their files."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.base import STRICT, check, one_of

DRAFT_FIELDS = ("result", "problem", "facts", "severity", "materials", "day", "inspector", "opinion", "note")


class PlanDraft(SQLModel, table=True):
    """The answers of somebody who plans a campaign step by step; gone once the plan is stored."""

    __tablename__ = "plan_draft"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    owner: str = Field(index=True)
    answers: str  # {field of the form: values} as JSON, as they were typed
    begun_on: date
    changed_at: datetime


class CheckDraft(SQLModel, table=True):
    """One field of a checklist as it was last typed on the pages; `revision` grows with each change of this field."""

    __tablename__ = "check_draft"
    __table_args__ = (
        check("revision_counts", "revision >= 1"),
        check("place_counts", "position BETWEEN 1 AND 99"),
        one_of("field", DRAFT_FIELDS),
        STRICT,
    )

    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    item: str = Field(primary_key=True)
    position: int = Field(primary_key=True)  # which problem of the item; the first one also holds its result
    field: str = Field(primary_key=True)
    value: str
    revision: int
    sent: str = ""  # keys of the changes that made it, the newest last: one that is sent twice counts once
    changed_by: str
    changed_at: datetime


class CheckAttachment(SQLModel, table=True):
    """A photo or file kept as evidence of one problem of a checklist; `removed_on` takes it off, the file stays."""

    __tablename__ = "check_attachment"
    __table_args__ = (
        check("place_counts", "position BETWEEN 1 AND 99"),
        check("removed_by_somebody", "(removed_on IS NULL) = (removed_by IS NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    item: str
    position: int
    evidence_id: int = Field(foreign_key="evidence.id", unique=True)
    media: str = ""  # of a picture that may be shown on a page; empty for other files
    removed_on: date | None = None
    removed_by: str | None = None
