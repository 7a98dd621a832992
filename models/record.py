"""What ducha remembers about itself: the audit chain, ticks of the clock, imported calendar years, notes of state."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.lives import CalendarState
from models.base import STRICT, Instant, check, one_of, only_where

SUBJECTS = (
    "office",
    "unit",
    "unit_change",
    "person",
    "campaign",
    "visit",
    "finding",
    "case",
    "document",
    "message",
    "inbound",
    "referral",
    "calendar",
    "declaration",
    "draw",
    "occurrence",
    "plan",
    "request_list",
    "scope_change",
    "milestone",
    "half_report",
    "freeze",
    "delegation",
    "lead",
    "incoming",
    "task",
    "meeting",
    "matter",
    "interview",
    "report",
    "period",
    "filing",
    "institution",
    "contact_point",
    "archive",
    "joint",
    "account",
    "session",
)

DEEDS = (
    "(audit_entry.to_state = 'closed' OR audit_entry.act IN ('submit_plan', 'report_progress', 'correct_on_spot', "
    "'apply_closure', 'return', 'verify', 'look_back', 'reopen', 'flag'))"
)
"""The entries of which statistics count; an index holds them and nothing else."""


class AuditHead(SQLModel, table=True):
    """The newest link of one chain; locked while entries are added."""

    __tablename__ = "audit_head"
    __table_args__ = (check("count_counts", "length >= 0"), STRICT)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    shard: int = Field(primary_key=True)
    length: int = 0
    hash: bytes = Field(sa_type=LargeBinary)


class AuditEntry(SQLModel, table=True):
    """One change: who, when, what, from, to, why. Append-only; each entry hashes the one before it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        one_of("subject", SUBJECTS),
        Index("ix_audit_entry_subject", "subject", "subject_id"),
        # Whole columns and no looking up: statistics go through the deeds of all years.
        only_where(
            "ix_audit_entry_deed",
            "office_id",
            "subject",
            "act",
            "to_state",
            "from_state",
            "on_day",
            "subject_id",
            where=DEEDS.replace("audit_entry.", ""),
        ),
        STRICT,
    )

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    shard: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    on_day: date  # the civil day the act counts for; later entry of an earlier act keeps both
    actor: str
    subject: str
    subject_id: int
    act: str
    from_state: str
    to_state: str
    detail: str  # canonical JSON, "" when there is nothing more to say
    hash: bytes = Field(sa_type=LargeBinary)


class AuditCheckpoint(SQLModel, table=True):
    """The heads of all chains of an office on a day, hashed together."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = (STRICT,)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    on_day: date = Field(primary_key=True)
    lengths: str
    hash: bytes = Field(sa_type=LargeBinary)


class Tick(SQLModel, table=True):
    """The last run of a recurring job; a sweep compares it with the clock before it believes the clock."""

    __table_args__ = (STRICT,)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    job: str = Field(primary_key=True)
    on_day: date
    at: datetime
    boot: str = ""
    uptime_seconds: int = 0


class CalendarTable(SQLModel, table=True):
    """A year of holidays and make-up workdays that two persons put in force; the newest version of a year counts."""

    __tablename__ = "calendar_table"
    __table_args__ = (
        one_of("status", ("official", "provisional")),
        check("two_persons", "confirmed_by <> imported_by"),
        STRICT,
    )

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    year: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    status: str
    content: str  # canonical JSON of the year's table
    imported_by: str
    confirmed_by: str
    imported_at: datetime  # when it came into force


class CalendarProposal(SQLModel, table=True):
    """A year's table that one person brought and that waits for a second: nothing has moved yet.

    `preview` is what would move, as the proposer saw it; `sha256` covers the table and the moves, and a confirmation
    is for exactly that.
    """

    __tablename__ = "calendar_proposal"
    __table_args__ = (
        UniqueConstraint("office_id", "year", "number"),
        only_where("uq_calendar_proposal_open", "office_id", "year", where="state = 'proposed'", unique=True),
        one_of("state", CalendarState),
        one_of("status", ("official", "provisional")),
        check("two_persons", "state <> 'in_force' OR decided_by <> proposed_by"),
        check("open_is_undecided", "state <> 'proposed' OR decided_by IS NULL"),
        check(
            "decided_by_somebody",
            "state NOT IN ('in_force', 'rejected', 'replaced') OR decided_by IS NOT NULL",
        ),
        check("sha256_hex", "length(sha256) = 64"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    year: int
    number: int
    state: str
    status: str
    content: str  # canonical JSON of the year's table
    origin: str  # the file or the package it was read from
    preview: str  # canonical JSON: what would move, become firm, stay
    sha256: str
    proposed_by: str
    proposed_on: date
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str = ""


class Note(SQLModel, table=True):
    """A named fact about the installation, such as a HOLD after a restore."""

    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True)
    value: str
