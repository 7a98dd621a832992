"""What happened to a case, in the words of an office: read from the audit chain, nothing about referrals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.lights.climbing import palette_of
from casework.lights.rungview import write_day
from casework.paperwork.kinds import name_of_kind
from casework.rectification.timelinewords import (
    CASE_ACTS,
    CHANNEL_LABELS,
    DAY_WORDS,
    DETAIL_WORDS,
    DOCUMENT_ACTS,
    FINDING_ACTS,
    VERDICT_LABELS,
)
from casework.sight import documents_in_sight
from casework.staff.people import CONTACT_LABELS
from core.codes import Light
from core.ladders.palette import Palette
from core.life.rectification import CASE_STATE_LABELS, CaseAct, CaseState
from models.audit import canonical_json, history_of
from models.base import table_of
from models.campaign import Finding
from models.document import Document, DocumentCase
from models.organisation import Person, Unit
from models.record import AuditEntry
from models.rectification import Rectification

A = CaseAct
SHANGHAI = ZoneInfo("Asia/Shanghai")
INTERNAL = frozenset({"note"})
"""Acts on a case that are the office's own affair: a unit is not shown them."""
UNIT_WORDS = frozenset(
    {
        A.ACKNOWLEDGE, A.SUBMIT_PLAN, A.REPORT_PROGRESS, A.REQUEST_EXTENSION, A.OBJECT, A.APPLY_CLOSURE, A.ENDORSE,
        A.WITHDRAW_REQUEST, A.REQUEST_LONG_TERM, A.RETURN_PLAN, A.RETURN,
    }
)  # fmt: skip
"""Acts whose words a unit reads: its own, and those by which something is sent back to it."""
TOLD_TO_UNITS = frozenset(
    {"verdict", "percent", "until", "due_on", "light", "on", "round", "version", "number"}
)
"""What a unit is told of any other act."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline; `on` is the day it counts for, `at` the instant it was entered.

    late   entered on a later day than it counts for (补录)
    why    the rule by which a light was lit
    """

    on: date
    at: datetime
    what: str
    who: str
    about: str = ""
    detail: str = ""
    light: Light | None = None
    moved: str = ""
    document_id: int | None = None
    late: bool = False
    why: str = ""


def history_with_documents(desk: Desk, case_id: int) -> list[AuditEntry]:
    """Return the entries about a case, its finding and its documents in sight, oldest first; one query."""
    of_case = select(DocumentCase.document_id).where(col(DocumentCase.case_id) == case_id)
    seen = sa.select(col(Document.id)).where(col(Document.id).in_(of_case), documents_in_sight(desk))
    parts = (("case", [case_id]), ("finding", [case_id]), ("document", seen))
    entry = table_of(AuditEntry)
    every = sa.union_all(
        *(
            sa.select(entry).where(
                entry.c.office_id == desk.office_id, entry.c.subject == subject, entry.c.subject_id.in_(ids)
            )
            for subject, ids in parts
        )
    )
    found = desk.session.scalars(sa.select(AuditEntry).from_statement(every))
    return sorted(found, key=lambda one: (one.at, one.shard, one.seq))


def events_of(
    desk: Desk,
    case: Rectification,
    entries: Sequence[AuditEntry],
    about: Mapping[int, str],
    names: Mapping[str, str],
) -> list[Event]:
    """Return the entries that the actor may read as events.

    about   {document in sight: its name with its number}
    """
    palette = palette_of(desk, case.campaign_id)
    return [_event(entry, about, names, palette) for entry in entries if may_read(desk, entry)]


def events_of_finding(
    desk: Desk, finding: Finding, entries: Sequence[AuditEntry], names: Mapping[str, str]
) -> tuple[Event, ...]:
    """Return the life of one finding, oldest first; nothing is read here."""
    palette = palette_of(desk, finding.campaign_id)
    return tuple(_event(entry, {}, names, palette) for entry in entries)


def may_read(desk: Desk, entry: AuditEntry) -> bool:
    """Tell whether the actor may read an entry about a case: notes of the office are not for units."""
    return not (desk.actor.speaks_for_unit and entry.act in INTERNAL)


def words_to(desk: Desk, entry: AuditEntry) -> tuple[str, str]:
    """Return who did something and what an entry says of it, to whoever reads: (actor, detail).

    A unit reads its own words, and of the office's those that ask something of it; people of the office are the office.
    """
    if not desk.actor.speaks_for_unit:
        return entry.actor, entry.detail
    actor = entry.actor if entry.actor.rpartition(":")[2] in CONTACT_LABELS else "office"
    if not entry.detail or entry.act in UNIT_WORDS:
        return actor, entry.detail
    told = {key: value for key, value in json.loads(entry.detail).items() if key in TOLD_TO_UNITS}
    return actor, canonical_json(told) if told else ""


def document_entries(desk: Desk, document: Document) -> list[AuditEntry]:
    """Return what the chain tells about one document, oldest first."""
    return list(history_of(desk.session, desk.office_id, "document", [document.id or 0]))


def document_events(
    desk: Desk, document: Document, entries: Sequence[AuditEntry], names: Mapping[str, str]
) -> tuple[Event, ...]:
    """Return the entries about one document as lines of a timeline."""
    about = {document.id or 0: _about(desk, document)}
    palette = palette_of(desk, document.campaign_id)
    return tuple(_event(entry, about, names, palette) for entry in entries)


def names_of(desk: Desk, codes: Iterable[str], units: Sequence[Unit]) -> dict[str, str]:
    """Return how each code of an actor is written on a page; at most two queries."""
    names = {SYSTEM: "系统"}
    names |= {code: leader.name for code, leader in desk.office_rules.leaders.items()}
    for unit in units:
        names |= {f"{unit.code}:{role}": f"{unit.name}{label}" for role, label in CONTACT_LABELS.items()}
    contacts = {code.rpartition(":")[0] for code in codes if ":" in code and code not in names}
    if contacts:  # of a unit that answered for the case before
        former = select(Unit).where(col(Unit.office_id) == desk.office_id, col(Unit.code).in_(contacts))
        for unit in desk.session.exec(former):
            names |= {f"{unit.code}:{role}": f"{unit.name}{label}" for role, label in CONTACT_LABELS.items()}
    unknown = sorted({code for code in codes if code and ":" not in code and code not in names})
    if unknown:
        query = select(Person.code, Person.name).where(
            col(Person.office_id) == desk.office_id, col(Person.code).in_(unknown)
        )
        names |= dict(desk.session.exec(query).all())
    return names


def _event(entry: AuditEntry, about: Mapping[int, str], names: Mapping[str, str], palette: Palette) -> Event:
    said: dict[str, object] = json.loads(entry.detail) if entry.detail else {}
    document_id = entry.subject_id if entry.subject == "document" and entry.subject_id in about else None
    detail = _detail(entry, said, palette)
    if was_entered_late(entry):
        detail = f"{detail}（{write_day(entry.at.astimezone(SHANGHAI).date())}补录）"
    return Event(
        on=entry.on_day,
        at=entry.at,
        what=_label(entry),
        who=names.get(entry.actor, entry.actor),
        about=about[document_id] if document_id is not None else "",
        detail=detail,
        light=Light(str(said["light"])) if "light" in said else None,
        moved=_moved(entry),
        document_id=document_id,
        late=was_entered_late(entry),
    )


def was_entered_late(entry: AuditEntry) -> bool:
    """Tell whether an act was entered on a later civil day than the one it counts for (补录)."""
    return entry.at.astimezone(SHANGHAI).date() > entry.on_day


def _label(entry: AuditEntry) -> str:
    tables = {"case": CASE_ACTS, "finding": FINDING_ACTS, "document": DOCUMENT_ACTS}
    return tables.get(entry.subject, {}).get(entry.act, entry.act)


def _about(desk: Desk, document: Document) -> str:
    name = name_of_kind(desk, document.kind, document.rules_sha256)
    return f"{name}（{document.number}）" if document.number else name


def _moved(entry: AuditEntry) -> str:
    if entry.subject != "case" or not entry.from_state or entry.from_state == entry.to_state:
        return ""
    return (
        f"{CASE_STATE_LABELS[CaseState(entry.from_state)]} → {CASE_STATE_LABELS[CaseState(entry.to_state)]}"
    )


def _detail(entry: AuditEntry, said: Mapping[str, object], palette: Palette) -> str:
    parts = [f"由{said['before']}转{said['unit']}"] if entry.act == "reassign" else []
    if "verdict" in said:
        parts.append(VERDICT_LABELS.get(str(said["verdict"]), str(said["verdict"])))
    if "light" in said:
        parts.append(palette.word(Light(str(said["light"]))))
    if "percent" in said:
        parts.append(f"完成率{str(said['percent']).removesuffix('%')}%")
    parts += [_on_day(word, said[key]) for key, word in DAY_WORDS.items() if key in said]
    if "channel" in said:
        parts.append(CHANNEL_LABELS.get(str(said["channel"]), str(said["channel"])))
    if said.get("by_authorisation"):
        parts.append("依常设授权")
    words = {"reason": "理由：", "signed_for": "代签："} if entry.subject == "document" else DETAIL_WORDS
    parts += [f"{word}{said[key]}" for key, word in words.items() if key in said]
    return "；".join(dict.fromkeys(parts))


def _on_day(word: str, value: object) -> str:
    try:
        return word + write_day(date.fromisoformat(str(value)))
    except ValueError:
        return f"{word}{value}"
