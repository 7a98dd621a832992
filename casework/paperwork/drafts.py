"""Drafts of documents: what they are about and where they belong; their words are composed when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from casework.ahead import note_sheet
from casework.desk import Desk
from casework.lights.climbing import rules_of, rules_of_document
from casework.paperwork.hiddenpapers import knows_document
from core.codes import Light, Line
from core.errors import NotFound
from core.life.lives import DocumentState
from core.rulebook.documents import DocumentRule
from models.audit import canonical_json
from models.base import key_of, table_of
from models.campaign import Campaign
from models.document import Document, DocumentCase

THING = "文书"
DRAFT_ROW = sa.insert(table_of(Document)).returning(table_of(Document).c.id)
CASE_ROW = sa.insert(table_of(DocumentCase))


@dataclass(frozen=True, slots=True)
class CaseOnDocument:
    """A case as it stands on a document."""

    case_id: int
    light: Light = Light.NONE
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: its line, its unit, its rules, and its campaign or what else it is about."""

    line: Line
    unit_id: int
    rules_sha256: str | None
    campaign_id: int | None = None
    about: str | None = None
    about_id: int | None = None


def place_in(campaign: Campaign, unit_id: int) -> Place:
    """Return where a document of a campaign for a unit belongs."""
    return Place(Line(campaign.line), unit_id, campaign.rules_sha256, campaign.id)


def draft_document(
    desk: Desk,
    kind: str,
    campaign: Campaign,
    unit_id: int,
    *,
    inputs: dict[str, object] | None = None,
    cases: Sequence[CaseOnDocument] = (),
    author: str | None = None,
) -> Document:
    """Write a draft of a kind for a unit; its content is composed when somebody looks at it and frozen at signing.

    kind     the code of a document rule that the campaign froze; raises NotFound
    author   SYSTEM for a letter that follows from a decision, so that whoever decided may also sign it
    """
    place = place_in(campaign, unit_id)
    rule = rules_of(desk, key_of(campaign)).document(kind)
    return write_draft(desk, rule, place, inputs=inputs, cases=cases, author=author)


def write_draft(
    desk: Desk,
    rule: DocumentRule,
    place: Place,
    *,
    inputs: Mapping[str, object] | None = None,
    cases: Sequence[CaseOnDocument] = (),
    author: str | None = None,
) -> Document:
    """Store a new document as a draft of a kind, with its cases, and note it."""
    number = insert_draft(desk, rule, place, inputs=inputs, cases=cases, author=author)
    return desk.session.get_one(Document, number)


def insert_draft(
    desk: Desk,
    rule: DocumentRule,
    place: Place,
    *,
    inputs: Mapping[str, object] | None = None,
    cases: Sequence[CaseOnDocument] = (),
    author: str | None = None,
) -> int:
    """Do as `write_draft` does, and return the id of the document: for letters that nobody reads at once."""
    row = {
        "office_id": desk.office_id,
        "campaign_id": place.campaign_id,
        "about": place.about,
        "about_id": place.about_id,
        "unit_id": place.unit_id,
        "kind": rule.code,
        "content_kind": rule.content.value,
        "line": place.line.value,
        "state": DocumentState.DRAFT.value,
        "secrecy": rule.secrecy.value,
        "drafted_on": desk.today,
        "drafted_by": author or desk.actor.code,
        "inputs": canonical_json(inputs or {}),
        "rules_sha256": place.rules_sha256,
    }
    number = int(desk.session.connection().execute(DRAFT_ROW, row).scalar_one())
    _put_on(desk, number, cases)
    desk.record("document", number, "draft", unit_id=place.unit_id, to_state="draft", kind=rule.code)
    return number


def _put_on(desk: Desk, document_id: int, cases: Sequence[CaseOnDocument]) -> None:
    rows = [
        {"document_id": document_id, "case_id": c.case_id, "light": c.light.value, "due_on": c.due_on}
        for c in cases
    ]
    if rows:
        note_sheet(desk, [c.case_id for c in cases])
        desk.session.connection().execute(CASE_ROW, rows)


def find_document(desk: Desk, document_id: int) -> Document:
    """Return a document of this office that the actor may know of; raise NotFound."""
    row = desk.session.get(Document, document_id)
    if row is None or row.office_id != desk.office_id or not knows_document(desk, row):
        raise NotFound(
            "没有这份文书", found=str(document_id), expected="文书编号", remedy="运行 ducha notice list 查看"
        )
    return row


def rule_of(desk: Desk, document: Document) -> DocumentRule:
    """Return the rule of a document's kind in the rules its campaign froze."""
    return rules_of_document(desk, document).document(document.kind)
