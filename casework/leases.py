"""Leases: one machine at a time does a piece of recurring work, and one that was overtaken writes nothing more.

A lease is a row with a holder, a fence that grows with each taking, and an end by the database's own clock. Every
transaction of the work proves its fence first and keeps the row locked until it ends, so that nobody takes the lease
between the proof and the commit. A holder that stalls longer than its lease finds another fence when it wakes up.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from core.errors import LeaseLost
from models.base import table_of
from models.lease import Lease, clock_of
from models.revision import REVISION, require_schema
from system.process import is_dead, make_token

LEASE = table_of(Lease)
RENEW_AFTER = 1 / 3  # of a lease: two renewals may fail before it runs out
KEY = sa.and_(
    LEASE.c.office_id == sa.bindparam("of_office"),
    LEASE.c.name == sa.bindparam("of_name"),
    LEASE.c.shard == sa.bindparam("of_shard"),
)


@dataclass(slots=True)
class Hold:
    """A lease as its holder knows it; `renewed` is on the monotonic clock of this machine."""

    office_id: int
    name: str
    shard: int
    holder: str
    fence: int
    seconds: float
    renewed: float = field(default_factory=time.monotonic)

    @property
    def key(self) -> dict[str, object]:
        return {"of_office": self.office_id, "of_name": self.name, "of_shard": self.shard}


def take_lease(session: Session, office_id: int, name: str, shard: int, seconds: float) -> Hold | None:
    """Take a lease that is free, has run out, or belongs to a process of this machine that is gone; else None.

    seconds   until others may take it, unless it is renewed
    raises    Refused when the database has another schema than this program
    """
    _end_when_idle(session, seconds)
    require_schema(session)
    key = {"of_office": office_id, "of_name": name, "of_shard": shard}
    _make_row(session, office_id, name, shard)
    query = sa.select(LEASE.c.holder, LEASE.c.until, LEASE.c.fence).where(KEY)
    # A locked row is in use at this moment, by its holder or by somebody who is taking it.
    row = session.connection().execute(query.with_for_update(skip_locked=True), key).first()
    if row is None:
        return None
    now = clock_of(session)
    if row.holder and row.until > now and not is_dead(row.holder):
        return None
    hold = Hold(office_id, name, shard, make_token(), row.fence + 1, seconds)
    changed = sa.update(LEASE).where(KEY)
    values = {
        "fence": hold.fence,
        "holder": hold.holder,
        "until": now + timedelta(seconds=seconds),
        "revision": REVISION,
        "taken_at": now,
    }
    session.connection().execute(changed.values(**values), key)
    return hold


def prove_lease(session: Session, hold: Hold) -> None:
    """Make sure that the lease is still held, and keep it so until this transaction ends; renew it when it is old.

    raises   LeaseLost when somebody else has taken it; Refused when the schema was changed meanwhile
    """
    _end_when_idle(session, hold.seconds)
    require_schema(session)
    query = sa.select(LEASE.c.fence).where(KEY).with_for_update(read=True)
    found = session.connection().execute(query, hold.key).scalar()
    if found != hold.fence:
        raise LeaseLost(
            "这项工作已由另一台机器接手，本次未写入",
            found=f"{hold.name}（第{hold.shard}片）的令牌号是{found}",
            expected=str(hold.fence),
            remedy="无须处理，接手的一方会办完；经常出现的，检查本机是否停顿",
        )
    if time.monotonic() - hold.renewed > hold.seconds * RENEW_AFTER:
        _renew(session, hold)


def _end_when_idle(session: Session, seconds: float) -> None:
    """Let the server end this transaction when it hears nothing: a machine that is stopped or cut off in the middle of
    one would keep the row locked for ever, and with it the lease.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        limit = f"{int(seconds * 1000)}ms"
        connection.execute(sa.select(sa.func.set_config("idle_in_transaction_session_timeout", limit, True)))


def _renew(session: Session, hold: Hold) -> None:
    until = clock_of(session) + timedelta(seconds=hold.seconds)
    session.connection().execute(sa.update(LEASE).where(KEY).values(until=until), hold.key)
    hold.renewed = time.monotonic()


def give_lease(session: Session, hold: Hold) -> None:
    """Give a lease back, unless somebody else has it by now."""
    _end_when_idle(session, hold.seconds)
    own = sa.update(LEASE).where(KEY, LEASE.c.fence == hold.fence)
    session.connection().execute(own.values(holder="", until=clock_of(session)), hold.key)


def _make_row(session: Session, office_id: int, name: str, shard: int) -> None:
    """Write the row of a lease that was never taken; two who do so at once write one."""
    connection = session.connection()
    key = {"of_office": office_id, "of_name": name, "of_shard": shard}
    if connection.execute(sa.select(LEASE.c.fence).where(KEY), key).first() is not None:
        return
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    now = clock_of(session)
    row = {"fence": 0, "holder": "", "until": now, "revision": REVISION, "taken_at": now}
    where = {"office_id": office_id, "name": name, "shard": shard}
    connection.execute(make(LEASE).values(**where, **row).on_conflict_do_nothing())
