"""The audit chain: entries are appended in the transaction of the change and each hashes the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.base import table_of
from models.record import AuditCheckpoint, AuditEntry, AuditHead

SHARDS = 8
GENESIS = b"\0" * 32
HEAD = table_of(AuditHead)
# Every transaction that changes something runs these: written once, they need not be put together again.
APPEND = sa.insert(table_of(AuditEntry))
HEADS_LOCKED = (
    sa.select(HEAD.c.shard, HEAD.c.length, HEAD.c.hash)
    .where(
        HEAD.c.office_id == sa.bindparam("office"), HEAD.c.shard.in_(sa.bindparam("shards", expanding=True))
    )
    .order_by(HEAD.c.shard)
    .with_for_update()
)
STORE_HEAD = (
    sa.update(HEAD)
    .where(HEAD.c.office_id == sa.bindparam("office"), HEAD.c.shard == sa.bindparam("which"))
    .values(length=sa.bindparam("count"), hash=sa.bindparam("link"))
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change to be recorded; `shard` is chosen by `shard_of` so that one unit's history is one chain."""

    shard: int
    on_day: date
    actor: str
    subject: str
    subject_id: int
    act: str
    from_state: str = ""
    to_state: str = ""
    detail: Mapping[str, object] | None = None


def shard_of(unit_id: int | None) -> int:
    """Return the chain that keeps the history of a unit; what belongs to no unit goes to chain 0."""
    return (unit_id or 0) % SHARDS


def in_part(unit_id: sa.Column[int], shard: int, shards: int) -> sa.ColumnElement[bool]:
    """Return the condition that a unit belongs to one of some parts; no two parts ever write to the same chain."""
    return sa.true() if shards == 1 else (unit_id % SHARDS) % shards == shard


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, dates as ISO."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def append_changes(session: Session, office_id: int, changes: Sequence[Change], now: datetime) -> None:
    """Append changes to their chains, in the given order, inside the caller's transaction."""
    if not changes:
        return
    heads = _lock_heads(session, office_id, sorted({change.shard for change in changes}))
    stamp = now.isoformat(timespec="microseconds")
    rows = []
    for change in changes:
        length, previous = heads[change.shard]
        row = _row(office_id, length + 1, change)
        link = _link(previous, stamp, row)
        heads[change.shard] = (length + 1, link)
        rows.append({**row, "at": now, "hash": link})
    session.connection().execute(APPEND, rows)
    _store_heads(session, office_id, heads)


def _row(office_id: int, seq: int, change: Change) -> dict[str, object]:
    """Return the columns of an entry that its link covers, in the order in which it covers them."""
    return {
        "office_id": office_id,
        "shard": change.shard,
        "seq": seq,
        "on_day": change.on_day,
        "actor": change.actor,
        "subject": change.subject,
        "subject_id": change.subject_id,
        "act": change.act,
        "from_state": change.from_state,
        "to_state": change.to_state,
        "detail": canonical_json(change.detail) if change.detail else "",
    }


COVERED = (
    *("office_id", "shard", "seq", "on_day", "actor", "subject", "subject_id"),
    *("act", "from_state", "to_state", "detail"),
)


def _lock_heads(session: Session, office_id: int, shards: list[int]) -> dict[int, tuple[int, bytes]]:
    asked = session.connection().execute(HEADS_LOCKED, {"office": office_id, "shards": shards})
    found = {row.shard: (row.length, bytes(row.hash)) for row in asked}
    missing = [shard for shard in shards if shard not in found]
    if missing:
        # All chains of an office are started together: two writers cannot both start the same one.
        session.connection().execute(
            sa.insert(HEAD),
            [{"office_id": office_id, "shard": s, "length": 0, "hash": GENESIS} for s in missing],
        )
        found.update(dict.fromkeys(missing, (0, GENESIS)))
    return found


def _store_heads(session: Session, office_id: int, heads: Mapping[int, tuple[int, bytes]]) -> None:
    session.connection().execute(
        STORE_HEAD,
        [
            {"office": office_id, "which": shard, "count": length, "link": link}
            for shard, (length, link) in heads.items()
        ],
    )


def _link(previous: bytes, stamp: str, row: Mapping[str, object]) -> bytes:
    """Return the hash of an entry over the one before it; the instant comes first, as ISO text in UTC."""
    text = "\x1f".join((stamp, *(str(row[name]) for name in COVERED)))
    return hashlib.sha256(previous + text.encode("utf-8")).digest()


def start_chains(session: Session, office_id: int) -> None:
    """Create the empty chains of a new office."""
    session.connection().execute(
        sa.insert(HEAD),
        [{"office_id": office_id, "shard": s, "length": 0, "hash": GENESIS} for s in range(SHARDS)],
    )


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A place where a chain does not verify."""

    office_id: int
    shard: int
    seq: int
    why: str


def verify_chains(session: Session, office_id: int) -> tuple[int, list[BrokenLink]]:
    """Recompute every link of an office; return the number of entries and the places that do not fit."""
    head = table_of(AuditHead)
    broken: list[BrokenLink] = []
    checked = 0
    heads = session.connection().execute(sa.select(head).where(head.c.office_id == office_id)).all()
    for top in heads:
        seen, wrong = _verify_chain(session, top)
        checked += seen
        if wrong is not None:
            broken.append(wrong)
    return checked, broken


def _verify_chain(session: Session, top: Any) -> tuple[int, BrokenLink | None]:
    """Recompute one chain from its start; return how many entries were read and the first place that does not fit."""
    entry = table_of(AuditEntry)
    previous, count = GENESIS, 0
    query = (
        sa.select(entry)
        .where(entry.c.office_id == top.office_id, entry.c.shard == top.shard)
        .order_by(entry.c.seq)
        .execution_options(yield_per=2_000)
    )
    with session.connection().execute(query) as rows:
        for count, row in enumerate(rows.mappings(), start=1):
            link = _link(previous, row["at"].isoformat(timespec="microseconds"), dict(row))
            if row["seq"] != count or link != bytes(row["hash"]):
                return count, BrokenLink(top.office_id, top.shard, row["seq"], "内容与链值不符")
            previous = link
    if (count, previous) != (top.length, bytes(top.hash)):
        return count, BrokenLink(top.office_id, top.shard, top.length, "链尾缺失")
    return count, None


def write_checkpoint(session: Session, office_id: int, day: date) -> None:
    """Store the hash over all chain heads of an office, once a day; a later call on the day changes nothing."""
    if session.get(AuditCheckpoint, (office_id, day)) is not None:
        return
    query = sa.select(HEAD).where(HEAD.c.office_id == office_id).order_by(HEAD.c.shard)
    rows = session.connection().execute(query).all()
    lengths = ",".join(f"{row.shard}:{row.length}" for row in rows)
    digest = hashlib.sha256(b"".join(bytes(row.hash) for row in rows)).digest()
    session.add(AuditCheckpoint(office_id=office_id, on_day=day, lengths=lengths, hash=digest))


def history_of(session: Session, office_id: int, subject: str, ids: Iterable[int]) -> Iterator[AuditEntry]:
    """Yield the entries about some things of one kind, oldest first."""
    entry = table_of(AuditEntry)
    query = (
        sa.select(AuditEntry)
        .where(entry.c.office_id == office_id, entry.c.subject == subject, entry.c.subject_id.in_(list(ids)))
        .order_by(entry.c.at, entry.c.shard, entry.c.seq)
    )
    yield from session.scalars(query)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry with what its hash covers, so that it can be checked where the database is not."""

    entry: AuditEntry
    covered: tuple[str, ...]
    previous: bytes


def links_of(session: Session, entries: Sequence[AuditEntry]) -> list[Link]:
    """Return entries with the hash before each, in the order of their chains; two queries."""
    if not entries:
        return []
    entry = table_of(AuditEntry)
    shards: dict[int, list[int]] = {}
    for one in entries:
        shards.setdefault(one.shard, []).append(one.seq - 1)
    before = sa.or_(
        *(sa.and_(entry.c.shard == shard, entry.c.seq.in_(places)) for shard, places in shards.items())
    )
    query = sa.select(entry.c.shard, entry.c.seq, entry.c.hash).where(
        entry.c.office_id == entries[0].office_id, before
    )
    known = {(row.shard, row.seq): bytes(row.hash) for row in session.connection().execute(query)}
    return [
        Link(
            one,
            (
                one.at.isoformat(timespec="microseconds"),
                *(str(getattr(one, name)) for name in COVERED),
            ),
            known.get((one.shard, one.seq - 1), GENESIS),
        )
        for one in sorted(entries, key=lambda one: (one.shard, one.seq))
    ]
