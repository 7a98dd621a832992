"""The outbox: one message per recipient, written in the transaction that caused it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.life.lives import MessageState
from models.base import STRICT, check, one_of


class Message(SQLModel, table=True):
    """A mail to one recipient: ready -> sending (committed before DATA) -> accepted | rejected | unknown."""

    __table_args__ = (
        one_of("state", MessageState),
        one_of(
            "kind",
            (
                "document",
                "reminder",
                "task",
                "team_reminder",
                "late_reports",
                "notice_collect",
                "staff",
                "half_owed",
                "half_report",
                "portal_code",
            ),
        ),
        check("accepted_has_reply", "state <> 'accepted' OR smtp_reply IS NOT NULL"),
        check("sending_has_token", "state <> 'sending' OR (token IS NOT NULL AND lease_until IS NOT NULL)"),
        check("attempts_count", "attempts >= 0"),
        Index("ix_message_office_id_state_not_before", "office_id", "state", "not_before"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    document_id: int | None = Field(default=None, foreign_key="document.id", index=True)
    visit_id: int | None = Field(default=None, foreign_key="visit.id")
    kind: str
    key: str = Field(unique=True)  # what the message is about and to whom: the same cause never queues twice
    message_id: str = Field(unique=True)
    recipient_name: str
    recipient: str
    state: str
    queued_at: datetime
    not_before: datetime
    token: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    smtp_reply: str | None = None
    settled_at: datetime | None = None
    resolved_by: str | None = None


class MessageBody(SQLModel, table=True):
    """The bytes of a mail, made once before its first attempt; a resend sends the same bytes."""

    __tablename__ = "message_body"
    __table_args__ = (check("sha256_hex", "length(sha256) = 64"), STRICT)

    message_id: int = Field(primary_key=True, foreign_key="message.id")
    subject: str
    sha256: str
    mime: bytes = Field(sa_type=LargeBinary)
