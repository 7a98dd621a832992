"""What must be true after any number of deaths: the books agree with the mail server's journal and with themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from casework.upkeep.doctor import examine
from models.audit import verify_chains
from models.database import sqlite_module
from tests.proof.county import World, read_rows

# What a day must come to, however often it was interrupted; numbers are compared as sets, for their order is free.
OUTCOME = {
    "rungs": "SELECT case_id, round, due_version, code, light, fired_on FROM rung",
    "cases": "SELECT id, light, highest_light, next_due_on, set_aside FROM rectification",
    "documents": "SELECT unit_id, kind, part, state, drafted_on, authorised_by, number IS NULL FROM document",
    "on documents": """SELECT d.unit_id, d.kind, d.part, c.case_id, c.light FROM document_case c
                       JOIN document d ON d.id = c.document_id""",
    "mails": """SELECT m.kind, d.unit_id, d.kind, d.part, m.recipient FROM message m
                LEFT JOIN document d ON d.id = m.document_id""",
    "files": "SELECT d.unit_id, d.kind, f.role FROM document_file f JOIN document d ON d.id = f.document_id",
    "screenings": "SELECT case_id, number, state, trigger FROM referral",
    "numbers": "SELECT series, year, serial FROM document WHERE serial IS NOT NULL",
    "letters": "SELECT source, key, sha256, kind, state, outcome, header_id FROM inbound_mail",
    "evidence": "SELECT subject, subject_id, act, name, sha256 FROM evidence",
}

# A mail that goes out in a digest arrives under the Message-ID of the digest.
CARRIED = """SELECT m.message_id, coalesce(d.message_id, m.message_id) FROM message m
             LEFT JOIN message d ON d.id = m.carried_by"""


@dataclass(slots=True)
class Verdict:
    """What became of a world; everything but the first two is a fault.

    lost      accepted in the books, and the mail server has never seen it
    twice     taken by the mail server more than once
    ghosts    taken by the mail server, and the books do not know it
    waiting   still to be sent though everything was drained
    """

    mails: int = 0
    unknown: int = 0
    lost: int = 0
    twice: int = 0
    ghosts: int = 0
    waiting: int = 0
    broken: int = 0

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def faults(self) -> int:
        return self.lost + self.twice + self.ghosts + self.waiting + self.broken


def check_mails(database: Path, taken: Mapping[str, int]) -> Verdict:
    """Compare the outbox with what the mail server took."""
    states = dict(read_rows(database, "SELECT message_id, state FROM message"))
    carried = dict(read_rows(database, CARRIED))
    return Verdict(
        mails=len(states),
        unknown=sum(state == "unknown" for state in states.values()),
        lost=sum(
            state == "accepted" and not taken.get(carried[message]) for message, state in states.items()
        ),
        twice=sum(count > 1 for count in taken.values()),
        ghosts=len(set(taken) - set(states)),
        waiting=sum(state in ("ready", "sending") for state in states.values()),
    )


def outcome(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return what a day came to."""
    return {name: read_rows(world.database, query) for name, query in OUTCOME.items()}


def check_world(world: World, expected: Mapping[str, object] | None = None) -> list[str]:
    """Return everything that does not hold: invariants, chains, the file itself, and the outcome of a calm day."""
    found = [f"integrity_check: {said}" for (said,) in _integrity(world.database) if said != "ok"]
    edge = world.edge()
    try:
        with edge.desk(readonly=True) as desk:
            found += [
                f"{one.id} {one.broken}: {'; '.join(one.examples)}"
                for one in examine(desk).invariants
                if one.broken
            ]
            found += [f"chain: {bad}" for bad in verify_chains(desk.session, desk.office_id)[1]]
    finally:
        edge.engine.dispose()
    for name, rows in outcome(world).items() if expected else ():
        if rows != (expected or {})[name]:
            found.append(f"{name}: {_difference(rows, (expected or {})[name])}")
    return found


def _difference(rows: object, wanted: object) -> str:
    assert isinstance(rows, list)
    assert isinstance(wanted, list)
    have, want = Counter(map(repr, rows)), Counter(map(repr, wanted))
    return f"missing {list((want - have).elements())[:3]}, too many {list((have - want).elements())[:3]}"


def _integrity(database: Path) -> list[tuple[str]]:
    connection = sqlite_module().connect(database)
    try:
        return list(connection.execute("PRAGMA integrity_check").fetchall())
    finally:
        connection.close()
