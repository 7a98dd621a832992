"""The outbox: one message per recipient, written in the transaction that caused it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.life.lives import MessageState
from models.base import STRICT, check, one_of, only_where


class Message(SQLModel, table=True):
    """A mail to one recipient: ready -> sending (committed before DATA) -> accepted | rejected | unknown.

    What was accepted or is unknown may come back hours later: bounced.
    """

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
                "digest",
            ),
        ),
        check("accepted_has_reply", "state <> 'accepted' OR smtp_reply IS NOT NULL"),
        check("bounced_has_reply", "state <> 'bounced' OR smtp_reply IS NOT NULL"),
        check("sending_has_token", "state <> 'sending' OR (token IS NOT NULL AND lease_until IS NOT NULL)"),
        check("attempts_count", "attempts >= 0"),
        check("carried_by_another", "carried_by IS NULL OR carried_by <> id"),
        Index("ix_message_office_id_state_not_before", "office_id", "state", "not_before"),
        only_where("ix_message_carried_by", "carried_by", where="carried_by IS NOT NULL"),
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
    domain: str  # of the recipient, small letters: mail is paced by it
    state: str
    queued_at: datetime
    not_before: datetime
    token: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    smtp_reply: str | None = None
    settled_at: datetime | None = None
    resolved_by: str | None = None
    carried_by: int | None = Field(default=None, foreign_key="message.id")  # the digest it goes out in


class MessageBody(SQLModel, table=True):
    """The bytes of a mail, made once before its first attempt; a resend sends the same bytes."""

    __tablename__ = "message_body"
    __table_args__ = (check("sha256_hex", "length(sha256) = 64"), STRICT)

    message_id: int = Field(primary_key=True, foreign_key="message.id")
    subject: str
    sha256: str
    mime: bytes = Field(sa_type=LargeBinary)


class MailPace(SQLModel, table=True):
    """How fast mail may go to the account's server, or to one receiving domain, as learned from refusals."""

    __tablename__ = "mail_pace"
    __table_args__ = (
        check("rates_count", "rate >= 0 AND ceiling >= 0 AND tokens >= 0 AND taken >= 0"),
        STRICT,
    )

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    domain: str = Field(primary_key=True)  # "" for the account as a whole
    rate: int  # mails a minute, 0 for no limit
    ceiling: int
    tokens: float
    counted_at: datetime
    held_until: datetime | None = None
    taken: int = 0


class MailDay(SQLModel, table=True):
    """How many mails left on a civil day, for the daily budget of the account."""

    __tablename__ = "mail_day"
    __table_args__ = (check("sent_count", "sent >= 0"), STRICT)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    on_day: date = Field(primary_key=True)
    sent: int


class JournalledMail(SQLModel, table=True):
    """A mail that a journal tells of and a restored database does not: its cause must not send it a second time."""

    __tablename__ = "journalled_mail"
    __table_args__ = (one_of("outcome", ("accepted", "unknown")), STRICT)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    message_id: str = Field(primary_key=True)
    outcome: str
    reply: str
    at: datetime
    number: str  # of the document it carried, empty for none
