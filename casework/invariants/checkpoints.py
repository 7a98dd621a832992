"""The daily checkpoints over the audit chains, part of INV-6: each is what the chains were at the end of its day."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

import sqlalchemy as sa

from casework.desk import Desk
from models.audit import GENESIS
from models.base import table_of
from models.record import AuditCheckpoint, AuditEntry

PLACES_AT_ONCE = 500  # below the limit of variables of SQLite
ENTRY = table_of(AuditEntry)


def broken_checkpoints(desk: Desk) -> Iterator[object]:
    """Yield the days whose checkpoint is not that of the chains; a few questions, however many days there are."""
    point = table_of(AuditCheckpoint)
    query = sa.select(point).where(point.c.office_id == desk.office_id).order_by(point.c.on_day)
    rows = desk.session.connection().execute(query).all()
    heads = [[tuple(map(int, part.split(":"))) for part in row.lengths.split(",")] for row in rows]
    known = _hashes_at(desk, {(shard, seq) for pairs in heads for shard, seq in pairs})
    for row, pairs in zip(rows, heads, strict=True):
        # An empty chain starts from zeros.
        hashes = b"".join(known.get((shard, seq), GENESIS) for shard, seq in pairs)
        if hashlib.sha256(hashes).digest() != bytes(row.hash):
            yield row.on_day


def _hashes_at(desk: Desk, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return the hash at some places of the chains, each (shard, seq)."""
    query = sa.select(ENTRY.c.seq, ENTRY.c.hash).where(
        ENTRY.c.office_id == desk.office_id,
        ENTRY.c.shard == sa.bindparam("which"),
        ENTRY.c.seq.in_(sa.bindparam("places", expanding=True)),
    )
    found: dict[tuple[int, int], bytes] = {}
    for which in {shard for shard, _seq in places}:
        wanted = sorted(seq for shard, seq in places if shard == which)
        for start in range(0, len(wanted), PLACES_AT_ONCE):
            given = {"which": which, "places": wanted[start : start + PLACES_AT_ONCE]}
            for seq, link in desk.session.connection().execute(query, given):
                found[which, seq] = bytes(link)
    return found
