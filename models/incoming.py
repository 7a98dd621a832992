"""Matters that 纪检监察, 巡察, 检察 and others handed to the office: their own compartment."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Line, Secrecy
from core.life.incominglife import IncomingState
from models.base import STRICT, check, one_of


class Incoming(SQLModel, table=True):
    """A matter handed over with its clock; its items (事项) are rows of `linkage_item`."""

    __table_args__ = (
        UniqueConstraint("office_id", "year", "serial"),
        UniqueConstraint("office_id", "sender", "their_number"),
        one_of("line", Line),
        one_of("secrecy", Secrecy),
        one_of("state", IncomingState),
        check("serial_counts", "serial >= 1"),
        check("assigned_to_somebody", "state <> 'assigned' OR owner IS NOT NULL"),
        check("answered_has_day", "state <> 'answered' OR answered_on IS NOT NULL"),
        check("due_has_basis", "due_on IS NULL OR due_basis <> ''"),
        Index("ix_incoming_office_id_state", "office_id", "state"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    year: int
    serial: int
    number: str
    sender: str  # a receiver's code of the linkage rules, or `other`
    sender_name: str
    kind: str  # a kind of the linkage rules
    their_number: str | None = None
    line: str
    state: str
    secrecy: str = Secrecy.WORK_SECRET.value
    received_on: date
    registered_by: str
    title: str
    text: str
    reply_required: bool = True
    due_on: date | None = None
    due_basis: str = ""
    due_provisional: bool = False
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    case_id: int | None = Field(default=None, foreign_key="rectification.id")
    lead_id: int | None = Field(default=None, foreign_key="lead.id")
    owner: str | None = None
    assigned_on: date | None = None
    document_id: int | None = Field(default=None, foreign_key="document.id")
    answered_on: date | None = None
    answer_channel: str | None = None
    answer: str = ""
    closed_on: date | None = None
    end_note: str = ""
