"""Why and when campaigns take place: yearly plans, references to them, recurring occurrences, milestones, scope."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.campaignlife import OccurrenceState, ScopeState
from models.base import STRICT, check, one_of, only_where


class AnnualPlan(SQLModel, table=True):
    """A yearly 督查检查考核计划 in which campaigns must stand; `items` are its entries, one a line."""

    __tablename__ = "annual_plan"
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        check("year_sane", "year BETWEEN 2000 AND 2200"),
        check("named", "length(title) > 0 AND length(number) > 0 AND length(items) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    year: int
    title: str
    number: str  # its 文号
    items: str
    sha256: str | None = None  # the scanned document
    registered_by: str
    registered_on: date


class PlanReference(SQLModel, table=True):
    """Why a campaign may take place: its entry in a yearly plan, or an exception somebody else approved."""

    __tablename__ = "plan_reference"
    __table_args__ = (
        check("one_reason", "(item IS NULL) <> (exception IS NULL)"),
        check("item_has_document", "item IS NULL OR length(document) > 0"),
        check(
            "exception_approved", "exception IS NULL OR (approved_by IS NOT NULL AND approved_on IS NOT NULL)"
        ),
        check("approved_by_other", "approved_by IS NULL OR approved_by <> given_by"),
        STRICT,
    )

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    office_id: int = Field(foreign_key="office.id", index=True)
    annual_plan_id: int | None = Field(default=None, foreign_key="annual_plan.id")
    document: str = ""
    number: str = ""
    item: str | None = None
    exception: str | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    sha256: str | None = None
    given_by: str
    given_on: date


class CampaignOriginal(SQLModel, table=True):
    """A look-back and a campaign it looks back at."""

    __tablename__ = "campaign_original"
    __table_args__ = (check("not_itself", "campaign_id <> original_id"), STRICT)

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    original_id: int = Field(primary_key=True, foreign_key="campaign.id", index=True)


class CampaignCase(SQLModel, table=True):
    """A settled case that a look-back looks at."""

    __tablename__ = "campaign_case"
    __table_args__ = (STRICT,)

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    case_id: int = Field(primary_key=True, foreign_key="rectification.id", index=True)


class Occurrence(SQLModel, table=True):
    """One period of a recurring plan that was started or passed over; what is merely due is computed."""

    __table_args__ = (
        UniqueConstraint("office_id", "plan", "unit", "period"),
        one_of("state", OccurrenceState),
        check("done_has_day", "state = 'planned' OR (ended_on IS NOT NULL AND ended_by IS NOT NULL)"),
        check("skip_has_reason", "state <> 'skipped' OR length(reason) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    plan: str
    unit: str = ""  # code; empty when one occurrence is for all units
    period: str
    due_on: date
    state: str
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", unique=True)
    made_on: date
    made_by: str
    ended_on: date | None = None
    ended_by: str | None = None
    reason: str = ""


class Milestone(SQLModel, table=True):
    """A day by which a step of a campaign is to be done; its light is arithmetic and not stored.

    The rule it came from is kept in the row, so that later edits of the rules do not touch running campaigns.
    """

    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        one_of("unit", ("workday", "day")),
        check("warn_counts", "warn_workdays >= 0"),
        check("done_by_somebody", "(done_on IS NULL) = (done_by IS NULL)"),
        Index("ix_milestone_office_id_done_on_due_on", "office_id", "done_on", "due_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    position: int
    code: str
    name: str
    anchor: str
    offset_days: int  # working days where `unit` says so
    unit: str
    warn_workdays: int
    who: str
    reached: str = ""
    shared: bool = False
    due_on: date | None = None
    due_provisional: bool = False
    done_on: date | None = None
    done_by: str | None = None
    note: str = ""

    @property
    def offset(self) -> int:
        return self.offset_days


class ScopeChange(SQLModel, table=True):
    """A change of what a campaign covers: the old scope and the new, asked by one and decided by another."""

    __tablename__ = "scope_change"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        only_where("uq_scope_change_open", "campaign_id", where="state = 'requested'", unique=True),
        one_of("state", ScopeState),
        check("decided_by_other", "state NOT IN ('approved', 'refused') OR decided_by <> asked_by"),
        check("open_is_undecided", "(state = 'requested') = (decided_by IS NULL)"),
        check("reason_given", "length(reason) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    number: int
    what: str  # add_units, drop_units, add_items, drop_items, period; joined by 、
    change: str  # canonical JSON of what is asked
    old_scope: str  # canonical JSON: period, items and every visit with days, team and items
    new_scope: str
    reason: str
    state: str
    asked_by: str
    asked_on: date
    decided_by: str | None = None
    decided_on: date | None = None
    decision_note: str = ""
    sha256: str | None = None  # the scanned approval
