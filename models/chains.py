"""In which audit chain the history of a thing is kept: where its first entry is, though its unit has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import Session

from models.audit import Change
from models.base import table_of
from models.genealogy import UnitChange
from models.record import AuditEntry

ENTRY, CHANGE = table_of(AuditEntry), table_of(UnitChange)
ANY_CHANGE = sa.select(CHANGE.c.id).where(CHANGE.c.office_id == sa.bindparam("office")).limit(1)
IDS_AT_ONCE = 500
Thing = tuple[str, int]


def keep_chains(session: Session, office_id: int, changes: Sequence[Change]) -> list[Change]:
    """Return changes with the chain of each put right: a life stays in the chain in which it began.

    The order of a life is the order of its chain, so it must not go on in another one when a merger or a split gives
    its case, its drafts or its tasks to another unit. An office whose units never changed is asked one question.
    """
    found = list(changes)
    if not found or not _units_changed(session, office_id):
        return found
    homes = _homes(session, office_id, {(one.subject, one.subject_id) for one in found})
    kept = []
    for one in found:
        thing = (one.subject, one.subject_id)
        if thing not in homes and one.to_state and not one.from_state:
            homes[thing] = one.shard  # it begins here and now
        kept.append(replace(one, shard=homes.get(thing, one.shard)))
    return kept


def _units_changed(session: Session, office_id: int) -> bool:
    return session.connection().execute(ANY_CHANGE, {"office": office_id}).first() is not None


def _homes(session: Session, office_id: int, things: set[Thing]) -> dict[Thing, int]:
    """Return the chain in which each life began; what has no life yet is missing."""
    by_subject: dict[str, list[int]] = defaultdict(list)
    for subject, number in sorted(things):
        by_subject[subject].append(number)
    homes: dict[Thing, int] = {}
    for subject, numbers in by_subject.items():
        for start in range(0, len(numbers), IDS_AT_ONCE):
            query = sa.select(ENTRY.c.subject_id, ENTRY.c.shard).where(
                ENTRY.c.office_id == office_id,
                ENTRY.c.subject == subject,
                ENTRY.c.subject_id.in_(numbers[start : start + IDS_AT_ONCE]),
                ENTRY.c.from_state == "",
                ENTRY.c.to_state != "",
            )
            rows = session.connection().execute(query)
            homes |= {(subject, row.subject_id): row.shard for row in rows}
    return homes
