"""Periods of statistics and their closed numbers, reports, and what the office registers only to count it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.calendar.periods import PeriodKind
from core.life.periodlife import PeriodState, ReportState
from models.base import STRICT, check, one_of, only_where

FILING_KINDS = ("annual_report", "work_statement")
REPORT_KINDS = ("bulletin", "campaign", "rectification", *PeriodKind)


class StatPeriod(SQLModel, table=True):
    """A period of statistics; closing stores every number, and what each was made of, under one SHA-256."""

    __tablename__ = "stat_period"
    __table_args__ = (
        UniqueConstraint("office_id", "kind", "from_on"),
        one_of("kind", PeriodKind),
        one_of("state", PeriodState),
        check("day_order", "to_on >= from_on"),
        check("closed_is_whole", "(state = 'closed') = (content IS NOT NULL AND closed_by IS NOT NULL)"),
        check("content_has_hash", "(content IS NULL) = (sha256 IS NULL)"),
        check("closed_after_end", "closed_on IS NULL OR closed_on > to_on"),
        check("sha256_hex", "sha256 IS NULL OR length(sha256) = 64"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    kind: str
    from_on: date
    to_on: date
    state: str
    content: str | None = (
        None  # canonical JSON: numbers, what they were made of, corrections to earlier periods
    )
    sha256: str | None = None
    closed_by: str | None = None
    closed_on: date | None = None
    closed_at: datetime | None = None


class Report(SQLModel, table=True):
    """A report as it was drafted: its paper never changes; issuing gives a bulletin its number (第N期) in the year."""

    __table_args__ = (
        UniqueConstraint("office_id", "kind", "year", "issue"),
        one_of("kind", REPORT_KINDS),
        one_of("state", ReportState),
        check("issued_is_signed", "state NOT IN ('issued', 'void') OR issued_by IS NOT NULL"),
        check("issuer_is_not_author", "issued_by IS NULL OR issued_by <> drafted_by"),
        check("sha256_hex", "length(sha256) = 64"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    kind: str
    year: int
    issue: int | None = None
    state: str
    title: str
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    from_on: date | None = None
    to_on: date | None = None
    content: str  # the paper and the plots as canonical JSON
    sha256: str
    drafted_by: str
    drafted_on: date
    issued_by: str | None = None
    issued_on: date | None = None


class Filing(SQLModel, table=True):
    """A yearly report (年度报告) or statement (述法) of one unit: when it was due, filed, made public."""

    __table_args__ = (
        UniqueConstraint("office_id", "unit_id", "kind", "year"),
        one_of("kind", FILING_KINDS),
        check("public_after_filed", "published_on IS NULL OR filed_on IS NOT NULL"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: str
    year: int
    due_on: date
    filed_on: date | None = None
    published_on: date | None = None
    recorded_by: str


class ContactPoint(SQLModel, table=True):
    """A place outside the office where people can turn to it (行政执法监督基层联系点)."""

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        check("point_is_named", "length(code) > 0 AND length(name) > 0"),
        check("point_day_order", "until_on IS NULL OR until_on >= from_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    code: str
    name: str
    from_on: date
    until_on: date | None = None
    recorded_by: str


class Institution(SQLModel, table=True):
    """A rule or system that a unit made or changed when it rectified (建章立制)."""

    __table_args__ = (
        UniqueConstraint("office_id", "unit_id", "title"),
        check("title_given", "length(title) > 0"),
        only_where(
            "ix_institution_case_id", "case_id", where="case_id IS NOT NULL"
        ),
        STRICT,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="rectification.id")
    title: str
    made_on: date
    recorded_by: str
    recorded_on: date
