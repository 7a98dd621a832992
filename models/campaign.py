"""Campaigns, their frozen rules, visits, teams and what was checked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import CampaignKind, CheckResult, Line, Severity, UnitOpinion
from core.life.lives import CampaignState, FindingState
from models.base import STRICT, check, one_of, only_where


class RuleSet(SQLModel, table=True):
    """A frozen, resolved rule set under its SHA-256; never changed, never deleted."""

    __tablename__ = "rule_set"
    __table_args__ = (check("sha256_hex", "length(sha256) = 64"), STRICT)

    sha256: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    frozen_at: datetime


class Campaign(SQLModel, table=True):
    """A 督察批次: an approved plan, its visits, and the rules it froze when it opened."""

    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        one_of("kind", CampaignKind),
        one_of("line", Line),
        one_of("state", CampaignState),
        check("period_order", "period_to >= period_from"),
        check("open_has_rules", "state IN ('planned', 'approved', 'called_off') OR rules_sha256 IS NOT NULL"),
        check("approved_by_other", "approved_by IS NULL OR approved_by <> planned_by"),
        check("unannounced_is_hidden", "kind <> 'unannounced' OR hidden"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    code: str
    title: str
    kind: str
    line: str
    state: str
    plan: str  # the plan file as canonical JSON
    period_from: date
    period_to: date
    rules_sha256: str | None = Field(default=None, foreign_key="rule_set.sha256")
    planned_by: str
    planned_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    scheme_sha256: str | None = None  # the scanned 督察方案
    opened_on: date | None = None
    closed_on: date | None = None
    hidden: bool = False  # nothing of it may reach the unit before the team is there (暗访)


class Visit(SQLModel, table=True):
    """One inspection of one unit in a campaign; `items` is the snapshot of what is checked."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id"),
        UniqueConstraint("office_id", "unit_id", "monthly"),
        check("day_order", "to_on >= from_on"),
        # A visit may be taken out of a campaign; its number is part of keys and of the audit, so it never comes again.
        {**STRICT, "sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    from_on: date
    to_on: date
    place: str
    items: str  # item ids joined by 、
    reasons: str = ""
    self_report_due_on: date | None = None
    self_report_on: date | None = None
    workbook_returned_on: date | None = None
    monthly: str | None = None  # kind and month, where a unit may have only one such visit a month


class VisitMember(SQLModel, table=True):
    """An inspector on a visit; exactly one of them leads."""

    __tablename__ = "visit_member"
    __table_args__ = (one_of("role", ("leader", "member")), STRICT)

    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    role: str


class CheckRecord(SQLModel, table=True):
    """What the team found for one item: the row of the checklist, a working paper (督察底稿) when it failed."""

    __tablename__ = "check_record"
    __table_args__ = (
        UniqueConstraint("visit_id", "item", "position"),
        one_of("result", CheckResult),
        one_of("severity", Severity, nullable=True),
        one_of("unit_opinion", UnitOpinion, nullable=True),
        check("failed_is_described", "result <> 'failed' OR (problem <> '' AND severity IS NOT NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    visit_id: int = Field(foreign_key="visit.id")
    item: str
    position: int = 1
    result: str
    problem: str = ""
    facts: str = ""
    severity: str | None = None
    materials: str = ""
    checked_on: date
    inspector: str
    unit_opinion: str | None = None
    opinion_note: str = ""


class Finding(SQLModel, table=True):
    """A problem (问题); `code` is the number that unit and office use for it and for its case."""

    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        one_of("severity", Severity),
        one_of("state", FindingState),
        one_of("visibility", ("office", "joint")),
        one_of("raised_from", Severity, nullable=True),
        check("repeat_is_earlier", "repeat_of IS NULL OR (repeat_of <> id AND repeat_count >= 1)"),
        # Few findings have either, and few are not confirmed (those without a case are among them): an index of those
        # few is small, and a planner trusts it.
        only_where("ix_finding_lead_id", "lead_id", where="lead_id IS NOT NULL"),
        only_where("ix_finding_repeat_of", "repeat_of", where="repeat_of IS NOT NULL"),
        only_where("ix_finding_no_case", "office_id", where=f"state <> '{FindingState.CONFIRMED}'"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    code: str
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    check_record_id: int | None = Field(default=None, foreign_key="check_record.id", unique=True)
    item: str
    severity: str
    problem: str
    facts: str = ""
    state: str
    visibility: str = "office"  # joint: the partner of a joint campaign may see it too
    unit_opinion: str | None = None
    found_by: str
    found_on: date
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    lead_id: int | None = Field(default=None, foreign_key="lead.id")  # the lead it comes from
    repeat_of: int | None = Field(default=None, foreign_key="finding.id")
    repeat_count: int = 0  # how many of its unit and item came before, within the years of the rule
    raised_from: str | None = None  # the severity before it was raised as a repeat
