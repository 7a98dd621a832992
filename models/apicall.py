"""Calls of programs that were answered already: the same call sent again gets the same answer and does nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import STRICT, check


class ApiCall(SQLModel, table=True):
    """A writing call that was done, under the key its caller chose, with the answer it got.

    call_sha256   over method, address and body: the same key with another call is a mistake of the caller
    """

    __tablename__ = "api_call"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        check("key_given", "length(key) > 0"),
        check("sha256_hex", "length(call_sha256) = 64"),
        check("status_done", "status BETWEEN 200 AND 299"),
        Index("ix_api_call_made_at", "made_at"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    key: str
    call_sha256: str
    status: int
    answer: str  # the JSON text that was sent
    made_at: datetime
