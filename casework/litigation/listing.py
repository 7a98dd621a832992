"""A matter as people read it: with everything about it, and why it shows its light."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.aftermath import ones_missing
from casework.litigation.assessing import derived_factors
from casework.litigation.clocks import list_clocks_of
from casework.litigation.files import MatterFile, find_matter, reasons_of, units_of
from casework.litigation.lights import derive
from casework.litigation.linking import cases_of
from casework.litigation.matterlist import matter_row
from casework.litigation.ones import ones_values
from casework.paperwork.kinds import name_of_kind
from casework.staff.people import split
from core.ladders.litigation import score
from core.ladders.matters import FACTS
from core.life.matterlife import (
    FAULT_LABELS,
    MATTER,
    PAPER_KIND_LABELS,
    PLAINTIFF_LABELS,
    Fault,
    PaperKind,
    Plaintiff,
)
from models.audit import history_of
from models.document import Document
from models.matter import LitigationMatter, MatterSheet
from models.matterwork import MatterPaper

HIDDEN_FROM_UNITS = frozenset({"link", "note"})  # the office's own notes of calls and talks are not theirs


def show_matter(desk: Desk, number: str, *, timeline: bool = True) -> dict[str, Any]:
    """Return one matter with its dates, facts, events, assessments, sheets, 三个一, papers and history."""
    file = find_matter(desk, number)
    found = _described(desk, file) | {
        "clocks": list_clocks_of(desk, file),
        "facts": [
            {"code": one.code, "fact": FACTS[one.code], "since": one.since_on.isoformat(), "basis": one.basis}
            for one in file.facts.values()
        ],
        "events": [
            {
                "code": one.code,
                "event": file.ladder.event(one.code).event,
                "on": one.on_day.isoformat(),
                "basis": one.basis,
            }
            for one in file.events
        ],
        "assessments": [_assessment(file, one) for one in file.assessments],
        "ones": ones_values(file),
        "papers": _papers(desk, file),
        "sheets": _sheets(desk, file),
        "acts": list(MATTER.acts(file.row.state, desk.actor.roles)),
    }
    if not desk.actor.speaks_for_unit:
        found["cases"] = cases_of(desk, file)
    if timeline:
        found["timeline"] = _timeline(desk, file)
    return found


def _described(desk: Desk, file: MatterFile) -> dict[str, Any]:
    """Return what was registered of a matter, in words."""
    row = file.row
    units = units_of(desk, (row.unit_id, *file.parties))
    own = units[row.unit_id]
    previous = desk.session.get(LitigationMatter, row.previous_id) if row.previous_id else None
    return matter_row(file, own.code, own.name) | {
        "parties": [units[one].name for one in file.parties],
        "plaintiff": PLAINTIFF_LABELS[Plaintiff(row.plaintiff)],
        "claim": row.claim,
        "item": row.item,
        "handler": row.handler,
        "agent": row.agent,
        "attendee": row.attendee,
        "note": row.note,
        "previous": previous.number if previous else None,
        "secrecy": row.secrecy,
        "rules_sha256": row.rules_sha256,
        "registered_on": row.registered_on.isoformat(),
        "closed_on": _iso(row.closed_on),
        "served_on": _iso(file.result.served_on) if file.result else None,
        "decided_on": _iso(file.result.decided_on) if file.result else None,
    }


def _assessment(file: MatterFile, one: Any) -> dict[str, Any]:
    graded = score(file.ladder, split(one.factors))
    return {
        "number": one.number,
        "on": one.on_day.isoformat(),
        "points": graded.points,
        "light": graded.light.value,
        "factors": one.factors,
        "reasons": reasons_of(one),
        "by": one.recorded_by,
    }


def _papers(desk: Desk, file: MatterFile) -> list[dict[str, Any]]:
    query = select(MatterPaper).where(col(MatterPaper.matter_id) == file.id).order_by(col(MatterPaper.id))
    told = []
    for one in desk.session.exec(query):
        paper: dict[str, Any] = {
            "paper": PAPER_KIND_LABELS[PaperKind(one.kind)],
            "code": one.kind,
            "on": one.on_day.isoformat(),
            "text": one.content,
            "next": one.next_steps,
            "copied_to": one.copied_to,
            "by": one.recorded_by,
        }
        # What a recap says of responsibility is for the office; the unit has the recap itself.
        if one.fault and not desk.actor.speaks_for_unit:
            paper["fault"] = FAULT_LABELS[Fault(one.fault)]
        told.append(paper)
    return told


def _sheets(desk: Desk, file: MatterFile) -> list[dict[str, Any]]:
    query = (
        select(MatterSheet, Document)
        .join(Document, col(Document.id) == col(MatterSheet.document_id))
        .where(col(MatterSheet.matter_id) == file.id)
        .order_by(col(MatterSheet.id))
    )
    if desk.actor.speaks_for_unit:  # a unit knows of a sheet once it was issued
        query = query.where(col(Document.issued_on).is_not(None))
    return [
        {
            "light": sheet.light,
            "round": sheet.round,
            "on": sheet.fired_on.isoformat(),
            "document": sheet.document_id,
            "name": name_of_kind(desk, document.kind, document.rules_sha256),
            "number": document.number,
            "document_state": document.state,
        }
        for sheet, document in desk.session.exec(query)
    ]


def _timeline(desk: Desk, file: MatterFile) -> list[dict[str, str]]:
    entries = history_of(desk.session, desk.office_id, "matter", [file.id])
    hidden = HIDDEN_FROM_UNITS if desk.actor.speaks_for_unit else frozenset()
    return [
        {
            "on": entry.on_day.isoformat(),
            "actor": entry.actor,
            "act": entry.act,
            "from": entry.from_state,
            "to": entry.to_state,
            "detail": entry.detail,
        }
        for entry in entries
        if entry.act not in hidden
    ]


def explain_matter(desk: Desk, number: str) -> dict[str, Any]:
    """Return why a matter shows its light: every turn replayed under its frozen rules, and what may change it next."""
    return explain_file(desk, find_matter(desk, number))


def explain_file(desk: Desk, file: MatterFile) -> dict[str, Any]:
    """Return why a matter that was loaded already shows its light."""
    derived = derive(desk, file)
    palette = file.ladder.palette
    row = file.row
    return {
        "number": row.number,
        "state": row.state,
        "light": derived.light.value,
        "light_word": palette.word(derived.light),
        "meaning": palette.meaning(derived.light),
        "highest_light": derived.highest.value,
        "stored_light": row.light,
        "agrees": (row.light, row.highest_light, row.round)
        == (derived.light.value, derived.highest.value, derived.round),
        "round": derived.round,
        "next_on": _iso(derived.next_due_on),
        "turns": [
            {
                "on": turn.on.isoformat(),
                "cause": turn.cause,
                "before": turn.before.value,
                "after": turn.after.value,
                "why": turn.why,
            }
            for turn in derived.standing.turns
        ],
        "factors": [
            {"code": one.code, "holds": one.holds, "why": one.why}
            for one in derived_factors(desk, file, desk.today)
        ],
        "clocks": list_clocks_of(desk, file),
        "ones_missing": ones_missing(file, derived.light),
        "rules": f"litigation/{file.ladder.key}",
        "rules_sha256": row.rules_sha256,
        "calendar": desk.calendar.version,
        "guardrails": list(file.ladder.guardrails),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
