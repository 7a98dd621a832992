"""Mail that came in: each is written down once with what it is, tied to what it is about, and has its effect.

The machine answers nothing and acknowledges nothing: a return makes a task, a word of a person goes to its document or
to a person, everything else is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from casework.desk import Desk
from casework.mail.intakefiles import keep_original, list_parts
from casework.mail.intakereplies import thread
from casework.mail.intakereturns import came_through, take_back
from casework.moves import follow
from core.inbound import BOUNCES, FOR_A_PERSON, InboundKind, Outcome
from core.life.inboundlife import INBOUND, InboundAct
from delivery.inbound.classifying import Verdict
from delivery.inbound.reading import InboundLetter
from models.base import key_of, table_of
from models.inbound import InboundMail

ROW = table_of(InboundMail)
FLOOD_MAILS, FLOOD_SPAN = 20, timedelta(hours=1)
ASKED = 500  # keys that one query names
UNSAID = "（带有密级标志，内容未保存）"
# What a robot or a stranger can send without end; reports of servers come as mails of ours went out.
COUNTED = (InboundKind.HUMAN, InboundKind.UNCLEAR, InboundKind.AUTO_REPLY)
PUT_AWAY = (Outcome.DUPLICATE, Outcome.FLOOD)
THROUGH = (InboundKind.DELIVERED, InboundKind.RELAYED)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it lay in the mailbox, read and classified; `mime` is cut off for one that is too large."""

    source: str
    key: str
    size: int
    sha256: str
    mime: bytes
    letter: InboundLetter
    verdict: Verdict


def known_keys(desk: Desk, source: str, keys: Sequence[str]) -> set[str]:
    """Return which mails of a mailbox have been handled."""
    found: set[str] = set()
    for place in range(0, len(keys), ASKED):
        query = sa.select(ROW.c.key).where(
            ROW.c.office_id == desk.office_id,
            ROW.c.source == source,
            ROW.c.key.in_(keys[place : place + ASKED]),
        )
        found |= set(desk.session.connection().execute(query).scalars())
    return found


def take_in(desk: Desk, arrival: Arrival) -> InboundMail:
    """Write down a mail and do what follows from it, all in the transaction of the desk.

    raises   sqlalchemy's IntegrityError when another reader has it already
    """
    row = _row(desk, arrival)
    kind = arrival.verdict.kind
    if _is_copy(desk, row):
        row.outcome = Outcome.DUPLICATE.value
    elif kind in COUNTED and _is_flood(desk, row):
        row.outcome = Outcome.FLOOD.value
    _write(desk, row)
    if row.outcome == Outcome.NOTED:
        keep_original(desk, row, arrival.mime)
        list_parts(desk, row, arrival.letter)
        _act_on(desk, row, arrival)
    _settle(desk, row)
    return row


def set_aside(desk: Desk, arrival: Arrival, error: str) -> InboundMail:
    """Write down a mail that could not be handled, for a person to look at in the mailbox."""
    row = _row(desk, replace(arrival, verdict=Verdict(InboundKind.BROKEN, error)))
    row.outcome = Outcome.FAILED.value
    _write(desk, row)
    return row


def _row(desk: Desk, arrival: Arrival) -> InboundMail:
    letter, verdict = arrival.letter, arrival.verdict
    secret = verdict.kind is InboundKind.SECRET
    name, address = letter.sender
    return InboundMail(
        office_id=desk.office_id,
        source=arrival.source,
        key=arrival.key,
        sha256=arrival.sha256,
        size=arrival.size,
        read_at=desk.now,
        sent_at=letter.sent_at,
        kind=verdict.kind.value,
        why=verdict.why[:300],
        state=INBOUND.start.value,
        outcome=Outcome.NOTED.value,
        header_id=letter.message_id[:300],
        sender_name=name,
        sender=address,
        subject=UNSAID if secret else letter.subject,
        text="" if secret else letter.text,
        recipient=next(iter(verdict.recipients), "")[:254],
        status=verdict.status,
        diagnosis=verdict.diagnosis,
    )


def _write(desk: Desk, row: InboundMail) -> None:
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "inbound", key_of(row), "read", to_state=row.state, kind=row.kind, outcome=row.outcome, reason=row.why
    )


def _is_copy(desk: Desk, row: InboundMail) -> bool:
    """Tell whether the same mail was handled under another place: a restored mailbox, two addresses of ours."""
    same = ROW.c.sha256 == row.sha256
    if row.header_id:
        again = sa.and_(ROW.c.header_id == row.header_id, ROW.c.sender == row.sender, ROW.c.text == row.text)
        same = sa.or_(same, again)
    query = sa.select(ROW.c.id).where(
        ROW.c.office_id == desk.office_id, same, ROW.c.outcome != Outcome.FAILED.value
    )
    return desk.session.connection().execute(query.limit(1)).first() is not None


def _is_flood(desk: Desk, row: InboundMail) -> bool:
    query = sa.select(sa.func.count()).where(
        ROW.c.office_id == desk.office_id,
        ROW.c.sender == row.sender,
        ROW.c.read_at > desk.now - FLOOD_SPAN,
        ROW.c.kind.in_([kind.value for kind in COUNTED]),
    )
    count: int = desk.session.connection().execute(query).scalar_one()
    return count >= FLOOD_MAILS


def _act_on(desk: Desk, row: InboundMail, arrival: Arrival) -> None:
    kind = arrival.verdict.kind
    if kind in BOUNCES:
        take_back(desk, row, arrival.letter, arrival.verdict)
    elif kind in THROUGH:
        came_through(desk, row, arrival.verdict)
    elif kind in (InboundKind.HUMAN, InboundKind.UNCLEAR):
        thread(desk, row, arrival.letter, arrival.verdict)


def _settle(desk: Desk, row: InboundMail) -> None:
    """Leave to a person what is theirs and found no place, and put the rest away."""
    kind, outcome = InboundKind(row.kind), Outcome(row.outcome)
    if outcome is Outcome.THREADED:
        _follow(desk, row, InboundAct.THREAD)
    elif outcome in PUT_AWAY or (kind not in FOR_A_PERSON and outcome is not Outcome.UNMATCHED):
        _follow(desk, row, InboundAct.NOTE)


def _follow(desk: Desk, row: InboundMail, act: InboundAct) -> None:
    follow(desk, row, INBOUND, act, detail={"outcome": row.outcome, "document": row.document_id})
    desk.session.add(row)
