"""What a sweep writes: documents, their rows, reminders, rungs and the new colours, a few bulk statements a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import SYSTEM, Desk
from casework.lights.climbing import palette_of, rules_of
from casework.linkage.screening import open_screening
from casework.mail.queueing import message_row, unit_recipients
from casework.paperwork.hashing import hash_content
from core.codes import Light
from core.life.lives import DocumentState
from core.rulebook import Rung
from models.audit import canonical_json
from models.base import table_of
from models.document import Document, DocumentCase
from models.keys import insert_numbered
from models.message import Message
from models.organisation import Unit
from models.rectification import Rectification
from models.rectification import Rung as RungRow

CASE, RUNG, UNIT = table_of(Rectification), table_of(RungRow), table_of(Unit)
DOCUMENT, DOCUMENT_CASE, MESSAGE = table_of(Document), table_of(DocumentCase), table_of(Message)

# campaign, unit, kind, and whether it is an automatic reminder: those never share a document with drafts
Key = tuple[int, int, str, bool]


@dataclass(slots=True)
class SweepReport:
    """What sweeps did, as outside programs read it."""

    today: date
    due: int = 0
    issued: dict[str, int] = field(default_factory=dict)
    drafted: dict[str, int] = field(default_factory=dict)
    set_aside: list[dict[str, str]] = field(default_factory=list)
    held: str | None = None

    def count(self, into: dict[str, int], kind: str, more: int = 1) -> None:
        into[kind] = into.get(kind, 0) + more

    def went(self, kind: str | None, *, was_drafted: bool) -> None:
        """Count a draft that went by its authorisation; `was_drafted` when this report counts it as a draft."""
        if kind is None:
            return
        if was_drafted:
            self.count(self.drafted, kind, -1)
        self.count(self.issued, kind)

    def add(self, part: SweepReport) -> None:
        """Add what one committed batch did."""
        self.due += part.due
        self.set_aside += part.set_aside
        for kind, number in part.issued.items():
            self.count(self.issued, kind, number)
        for kind, number in part.drafted.items():
            self.count(self.drafted, kind, number)

    def as_dict(self) -> dict[str, object]:
        return {
            "today": self.today.isoformat(),
            "due": self.due,
            "issued": self.issued,
            "drafted": self.drafted,
            "set_aside": self.set_aside,
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class Fired:
    """A case that gets a rung today; `row` is the row as the sweep read it."""

    row: Any
    rung: Rung
    next_due_on: date | None
    key: Key


def key_of_rung(row: Any, rung: Rung) -> Key:
    """Return the document of today on which a case stands with its rung."""
    return (row.campaign_id, row.unit_id, rung.document, rung.issue == "automatic")


def write_rungs(desk: Desk, fired: Sequence[Fired], report: SweepReport) -> list[int]:
    """Write everything that follows from the rungs of a batch; return the drafts a standing authorisation lets go."""
    documents = _documents(desk, fired, report)
    rung_ids = _insert_rungs(desk, fired, documents)
    _write_cases(desk, fired, rung_ids)
    _open_screenings(desk, fired)
    return _authorised(desk, fired, documents)


def _documents(desk: Desk, fired: Sequence[Fired], report: SweepReport) -> dict[Key, int]:
    """Write or find the document of each key of today; return their ids."""
    grouped: dict[Key, list[Fired]] = {}
    for one in fired:
        grouped.setdefault(one.key, []).append(one)
    wanted = {key: group[0] for key, group in grouped.items()}
    documents = _open_drafts(desk, wanted)
    fresh = [key for key in wanted if key not in documents]
    if fresh:
        parts = _used_parts(desk, fresh)
        rows = []
        for key in fresh:
            parts[key[:3]] = parts.get(key[:3], 0) + 1
            content = _reminder_content(grouped[key]) if key[3] else None
            rows.append({**_document_row(desk, key, content), "part": parts[key[:3]]})
        numbers = insert_numbered(desk.session.connection(), DOCUMENT, rows)
        for key, row, number in zip(fresh, rows, numbers, strict=True):
            documents[key] = number
            report.count(report.issued if key[3] else report.drafted, key[2])
            desk.record("document", number, "issue" if key[3] else "draft", unit_id=key[1], to_state=row["state"],
                        kind=key[2])  # fmt: skip
        _queue_reminders(desk, {key: documents[key] for key in fresh if key[3]}, wanted)
    _write_document_cases(desk, fired, documents)
    return documents


def _open_drafts(desk: Desk, wanted: dict[Key, Fired]) -> dict[Key, int]:
    """Return today's sweep drafts that can still take a row: drafts nobody has reviewed or signed."""
    query = sa.select(DOCUMENT.c.id, DOCUMENT.c.campaign_id, DOCUMENT.c.unit_id, DOCUMENT.c.kind).where(
        DOCUMENT.c.unit_id.in_(sorted({key[1] for key in wanted})),
        DOCUMENT.c.drafted_on == desk.today,
        DOCUMENT.c.by_sweep.is_(True),
        DOCUMENT.c.state == DocumentState.DRAFT.value,
    )
    found: dict[Key, int] = {
        (row.campaign_id, row.unit_id, row.kind, False): row.id
        for row in desk.session.connection().execute(query)
    }
    return {key: number for key, number in found.items() if key in wanted}


def _used_parts(desk: Desk, keys: Sequence[Key]) -> dict[tuple[int, int, str], int]:
    """Return how many sweep documents each (campaign, unit, kind) has today already."""
    query = (
        sa.select(DOCUMENT.c.campaign_id, DOCUMENT.c.unit_id, DOCUMENT.c.kind, sa.func.max(DOCUMENT.c.part))
        .where(
            DOCUMENT.c.unit_id.in_(sorted({key[1] for key in keys})),
            DOCUMENT.c.drafted_on == desk.today,
            DOCUMENT.c.by_sweep.is_(True),
        )
        .group_by(DOCUMENT.c.campaign_id, DOCUMENT.c.unit_id, DOCUMENT.c.kind)
    )
    return {(row[0], row[1], row[2]): row[3] for row in desk.session.connection().execute(query)}


def _reminder_content(fired: Sequence[Fired]) -> str:
    """Return what an unnumbered reminder says, frozen when it goes out: its cases as they stood."""
    cases = [
        {"case": one.row.id, "due_on": one.row.due_on, "percent": one.row.percent, "rung": one.rung.code}
        for one in fired
    ]
    return canonical_json({"cases": cases})


def _document_row(desk: Desk, key: Key, content: str | None) -> dict[str, Any]:
    """Return a draft, or with content an unnumbered reminder that is issued as it is."""
    campaign_id, unit_id, kind, automatic = key
    campaign = desk.campaign(campaign_id)
    rules_sha256 = campaign.rules_sha256 or ""
    rule = rules_of(desk, campaign_id).document(kind)
    return {
        "office_id": desk.office_id,
        "campaign_id": campaign_id,
        "unit_id": unit_id,
        "kind": kind,
        "content_kind": rule.content.value,
        "line": campaign.line,
        "state": (DocumentState.ISSUED if automatic else DocumentState.DRAFT).value,
        "secrecy": rule.secrecy.value,
        "by_sweep": True,
        "drafted_on": desk.today,
        "drafted_by": SYSTEM,
        "title": "",
        "inputs": "{}",
        "rules_sha256": campaign.rules_sha256,
        "issued_on": desk.today if automatic else None,
        "content": content,
        "content_sha256": hash_content(content, "", rules_sha256) if content is not None else None,
    }


def _write_document_cases(desk: Desk, fired: Sequence[Fired], documents: dict[Key, int]) -> None:
    rows = [
        {
            "document_id": documents[one.key],
            "case_id": one.row.id,
            "light": one.rung.light.value,
            "due_on": one.row.due_on,
        }
        for one in fired
    ]
    desk.session.connection().execute(sa.insert(DOCUMENT_CASE), rows)


def _queue_reminders(desk: Desk, reminders: dict[Key, int], wanted: dict[Key, Fired]) -> None:
    """Queue the reminder mails of the blue rung, one per contact the rung names."""
    units = {key[1] for key in reminders}
    query = sa.select(Unit).where(UNIT.c.id.in_(sorted(units)))
    contacts = {unit.id: unit for unit in desk.session.scalars(query)}
    rows = []
    for key, document_id in reminders.items():
        roles = tuple(role.value for role in wanted[key].rung.recipients)
        rows += [
            message_row(desk, "reminder", f"document/{document_id}", recipient, document_id=document_id)
            for recipient in unit_recipients(contacts[key[1]], roles)
        ]
    if rows:
        desk.session.connection().execute(sa.insert(MESSAGE), rows)


def _insert_rungs(desk: Desk, fired: Sequence[Fired], documents: dict[Key, int]) -> list[int]:
    rows = [
        {
            "case_id": one.row.id,
            "round": one.row.round,
            "due_version": one.row.due_version,
            "code": one.rung.code,
            "light": one.rung.light.value,
            "fired_on": desk.today,
            "document_id": documents[one.key],
        }
        for one in fired
    ]
    return insert_numbered(desk.session.connection(), RUNG, rows)


def _write_cases(desk: Desk, fired: Sequence[Fired], rung_ids: Sequence[int]) -> None:
    rows = []
    palettes = {number: palette_of(desk, number) for number in {one.row.campaign_id for one in fired}}
    tops: dict[tuple[int, str, Light], str] = {}
    for one, rung_id in zip(fired, rung_ids, strict=True):
        both = (one.row.campaign_id, one.row.highest_light, one.rung.light)
        if both not in tops:
            tops[both] = palettes[both[0]].highest((Light(both[1]), both[2])).value
        rows.append(
            {
                "which": one.row.id,
                "colour": one.rung.light.value,
                "top": tops[both],
                "rung": rung_id,
                "day": one.next_due_on,
            }
        )
        desk.record(
            "case", one.row.id, "light", unit_id=one.row.unit_id, from_state=one.row.state, to_state=one.row.state,
            light=one.rung.light.value, before=one.row.light, rung=one.rung.code,
        )  # fmt: skip
    desk.session.connection().execute(
        sa.update(CASE)
        .where(CASE.c.id == sa.bindparam("which"))
        .values(
            light=sa.bindparam("colour"),
            highest_light=sa.bindparam("top"),
            last_rung_id=sa.bindparam("rung"),
            next_due_on=sa.bindparam("day"),
            set_aside=None,
        ),
        rows,
    )


def _open_screenings(desk: Desk, fired: Sequence[Fired]) -> None:
    """Open a screening for each case whose new colour asks for one; the timer decides nothing more."""
    triggers = {
        number: rules_of(desk, number).linkage.triggers.lights
        for number in {one.row.campaign_id for one in fired}
    }
    for one in fired:
        if one.rung.light in triggers[one.row.campaign_id]:
            case = desk.session.get(Rectification, one.row.id)
            assert case is not None
            open_screening(desk, case, one.rung.light.value)


def _authorised(desk: Desk, fired: Sequence[Fired], documents: dict[Key, int]) -> list[int]:
    """Return today's drafts whose rung may go by a standing authorisation that exists and is in force."""
    found: dict[int, None] = {}
    for one in fired:
        if one.rung.issue != "authorised":
            continue
        code = desk.campaign(one.row.campaign_id).code
        if desk.office_rules.authorisation(one.rung.document, code, desk.today) is not None:
            found[documents[one.key]] = None
    return list(found)
