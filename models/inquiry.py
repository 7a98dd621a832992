"""What is asked of a unit and what comes back: self-reports, papers, interview lists, questionnaires, and counts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.campaignlife import ASKED_LABELS, Counted, InquiryState
from models.base import STRICT, check, one_of


class Inquiry(SQLModel, table=True):
    """A list asked of a unit in a campaign; `visit_id` is gone when the unit was taken out of the campaign."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id", "kind", "number"),
        one_of("kind", ASKED_LABELS),
        one_of("state", InquiryState),
        check("returned_has_day", "(state = 'returned') = (returned_on IS NOT NULL)"),
        Index("ix_inquiry_office_id_state_due_on", "office_id", "state", "due_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    visit_id: int | None = Field(default=None, foreign_key="visit.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: str
    number: int
    title: str
    state: str
    asked_on: date
    asked_by: str
    due_on: date
    due_provisional: bool = False
    returned_on: date | None = None


class InquiryItem(SQLModel, table=True):
    """One thing of a list: what, and how many of it."""

    __tablename__ = "inquiry_item"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "position"),
        check("asked_counts", "count >= 1 AND length(asked) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    inquiry_id: int = Field(foreign_key="inquiry.id")
    position: int
    asked: str
    count: int = 1


class InquiryReturn(SQLModel, table=True):
    """What came back of one thing on a day; append-only, so that totals can be followed."""

    __tablename__ = "inquiry_return"
    __table_args__ = (check("something_came", "count >= 1"), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    item_id: int = Field(foreign_key="inquiry_item.id", index=True)
    count: int
    on_day: date
    entered_on: date
    entered_by: str
    note: str = ""
    sha256: str | None = None


class FieldCount(SQLModel, table=True):
    """What a team did in the field, counted; a wrong entry is set right by another one with its reason."""

    __tablename__ = "field_count"
    __table_args__ = (
        one_of("what", Counted),
        check("something_counted", "count <> 0"),
        check("correction_has_reason", "count > 0 OR length(note) > 0"),
        Index("ix_field_count_campaign_id_what", "campaign_id", "what"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    what: str
    count: int
    on_day: date
    entered_on: date
    entered_by: str
    note: str = ""
