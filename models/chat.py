"""Notices to the chat groups of the staff: each once a channel, remembered so that a second run repeats nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import STRICT, check, one_of

RESULTS = ("trying", "sent", "failed")


class ChatNotice(SQLModel, table=True):
    """One notice to one channel; a `trying` one whose process ended is never sent again.

    channel   the start of the SHA-256 of its secret address
    key       what it is about, such as `daily/2026-06-30`
    """

    __tablename__ = "chat_notice"
    __table_args__ = (
        UniqueConstraint("office_id", "channel", "key"),
        one_of("result", RESULTS),
        check("tries_count", "tries >= 1"),
        check("failed_has_error", "result <> 'failed' OR error <> ''"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    channel: str
    key: str
    text: str
    result: str
    tries: int = 1
    tried_at: datetime
    error: str = ""
