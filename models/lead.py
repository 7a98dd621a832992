"""Leads (线索) that came in, who brought them (kept apart), and the extensions of their clocks."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Line, Secrecy
from core.life.leadlife import Dispute, ExtensionState, LeadClock, LeadState
from models.base import STRICT, check, one_of, only_where


class Lead(SQLModel, table=True):
    """A lead that came in; nothing here tells who brought it.

    `compartment`: the whole lead is known to named people only, as with what 巡察 or 纪检监察 hand over.
    `route_due_on`, `check_due_on`, `answer_due_on`, `reply_due_on`: registering and routing, the first check, the
    answer of the unit it was passed to, the reply to the source; each with its own clock.
    """

    __table_args__ = (
        UniqueConstraint("office_id", "year", "serial"),
        UniqueConstraint("office_id", "source", "source_ref"),
        one_of("line", Line),
        one_of("secrecy", Secrecy),
        one_of("state", LeadState),
        one_of("dispute", Dispute, nullable=True),
        check("serial_counts", "serial >= 1"),
        check("transferred_to_somebody", "state <> 'transferred' OR to_unit_id IS NOT NULL"),
        check("decided_has_day", "state NOT IN ('established', 'not_handled') OR decided_on IS NOT NULL"),
        check("merged_into_another", "merged_into_id IS NULL OR merged_into_id <> id"),
        check("merged_has_target", "state <> 'merged' OR merged_into_id IS NOT NULL"),
        check("answered_has_day", "state <> 'replied' OR replied_on IS NOT NULL"),
        Index("ix_lead_office_id_state", "office_id", "state"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    year: int
    serial: int
    number: str
    source: str  # a code of the lead rules
    source_ref: str | None = None  # the number the source gave it
    line: str
    state: str
    secrecy: str = Secrecy.INTERNAL.value
    compartment: bool = False
    real_name: bool = False  # 实名
    accusation: bool = False  # 检举控告: never passed to the unit it is about
    reply_required: bool = True
    received_on: date
    registered_on: date
    registered_by: str
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    item: str | None = None
    title: str
    text: str
    route_due_on: date
    check_due_on: date | None = None
    answer_due_on: date | None = None
    reply_due_on: date | None = None
    handler: str | None = None
    checked_on: date | None = None
    checked_by: str | None = None
    opinion: str | None = None
    dispute: str | None = None
    legal_note: str = ""
    outcome: str | None = None  # transferred, established or not_handled: what was decided last
    decided_by: str | None = None
    decided_on: date | None = None
    reason: str = ""
    to_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    document_id: int | None = Field(default=None, foreign_key="document.id")
    answered_on: date | None = None
    answer: str = ""
    substantiated: bool | None = None  # whether the check or the answer found it true
    reply_document_id: int | None = Field(default=None, foreign_key="document.id")
    replied_on: date | None = None
    reply_channel: str | None = None
    reply_note: str = ""
    merged_into_id: int | None = Field(default=None, foreign_key="lead.id")
    closed_on: date | None = None


class LeadSource(SQLModel, table=True):
    """Who brought a lead; only named people and the registrar read it, and every look is noted."""

    __tablename__ = "lead_source"
    __table_args__ = (STRICT,)

    lead_id: int = Field(foreign_key="lead.id", primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    name: str
    contact: str = ""
    note: str = ""


class LeadExtension(SQLModel, table=True):
    """A numbered request to extend a clock of a lead: approved by another person, and the other side told."""

    __tablename__ = "lead_extension"
    __table_args__ = (
        UniqueConstraint("lead_id", "clock", "number"),
        only_where("uq_lead_extension_open", "lead_id", where="state = 'requested'", unique=True),
        one_of("clock", LeadClock),
        one_of("state", ExtensionState),
        check("two_persons", "decided_by IS NULL OR decided_by <> asked_by"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    lead_id: int = Field(foreign_key="lead.id")
    clock: str
    number: int
    state: str
    due_before: date
    until_on: date
    reason: str
    asked_by: str
    asked_on: date
    decided_by: str | None = None
    decided_on: date | None = None
    told_on: date | None = None
    told_how: str = ""
