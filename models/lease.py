"""Leases: which machine does a piece of an office's recurring work now, and with which number it may write."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from models.base import STRICT, check, one_of

LEASED = ("sweep", "reminders", "watch", "reports", "doctor", "intake")


class Lease(SQLModel, table=True):
    """One piece of work of an office, with its holder; `fence` grows by one with each taking and never falls."""

    __table_args__ = (
        one_of("name", LEASED),
        check("shard_counts", "shard >= 0"),
        check("fence_counts", "fence >= 0"),
        STRICT,
    )

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    name: str = Field(primary_key=True)
    shard: int = Field(primary_key=True)
    fence: int
    holder: str  # a token of system/process.py, empty while nobody has it
    until: datetime  # by the clock of the database
    revision: str  # of the schema that the holder's program knows
    taken_at: datetime  # by the clock of the database


def clock_of(session: Session) -> datetime:
    """Return what the clock of the database says: two machines that disagree about the time agree about this one."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        told: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return told.astimezone(UTC)
    text = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')").scalar_one()
    return datetime.fromisoformat(text)
