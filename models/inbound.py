"""Mail that came in: each handled once, with what it was taken for and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.inbound import Basis, InboundKind, Outcome
from core.life.inboundlife import InboundState
from models.base import STRICT, check, one_of


class InboundMail(SQLModel, table=True):
    """One mail of the mailbox; `source` and `key` name its place there, so that it is never handled twice.

    The mail itself lies in the files under its `sha256` when `kept`; the mailbox is not emptied either way.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (
        UniqueConstraint("office_id", "source", "key"),
        one_of("kind", InboundKind),
        one_of("state", InboundState),
        one_of("basis", Basis, nullable=True),
        one_of("outcome", Outcome),
        check("size_counts", "size >= 0"),
        check(
            "match_has_basis",
            "(message_row IS NULL AND document_id IS NULL AND case_id IS NULL) OR basis IS NOT NULL",
        ),
        check("filed_has_place", "state <> 'filed' OR document_id IS NOT NULL OR case_id IS NOT NULL"),
        check("dismissed_has_reason", "state <> 'dismissed' OR note <> ''"),
        check("planned_has_day", "outcome <> 'retry_planned' OR retry_on IS NOT NULL"),
        Index("ix_inbound_mail_office_id_state", "office_id", "state", "id"),
        Index("ix_inbound_mail_office_id_sha256", "office_id", "sha256"),
        Index("ix_inbound_mail_office_id_sender", "office_id", "sender", "read_at"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    source: str
    key: str
    sha256: str
    size: int
    read_at: datetime
    sent_at: datetime | None = None  # as its Date says
    kind: str
    why: str = ""  # why it was taken for that, or what is wrong with it
    state: str
    outcome: str
    header_id: str = ""  # its own Message-ID
    sender_name: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    recipient: str = ""  # of a report: whose mail it is about
    status: str = ""  # of a report: the code of RFC 3463
    diagnosis: str = ""
    message_row: int | None = Field(default=None, foreign_key="message.id", index=True)
    document_id: int | None = Field(default=None, foreign_key="document.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="rectification.id", index=True)
    basis: str | None = None
    retry_on: date | None = None
    kept: bool = False
    handled_by: str | None = None
    handled_on: date | None = None
    note: str = ""


class InboundPart(SQLModel, table=True):
    """A file that came with a mail; `evidence_id` once it passed the checks of uploads and was kept with a matter."""

    __tablename__ = "inbound_part"
    __table_args__ = (check("size_counts", "size >= 0"), STRICT)

    inbound_id: int = Field(primary_key=True, foreign_key="inbound_mail.id")
    place: int = Field(primary_key=True)
    name: str
    media_type: str
    size: int
    sha256: str
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id")
    note: str = ""  # why it was not kept
