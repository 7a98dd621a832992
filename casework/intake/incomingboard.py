"""Matters handed to the office as pages show them: the list of what one may know of, and one with its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import Filters, one_of
from casework.intake.incomingreplies import CHANNELS
from casework.intake.incomingviews import find_incoming
from casework.intake.keptfiles import KeptFile, files_of
from casework.intake.leadboard import left_workdays
from casework.intake.lifeline import Look, Words, chronicle_of
from casework.linkage.compartment import known_ids, note_view, require_knowing
from casework.linkage.looking import LOOKS, Item, Letter, items_in, letter_of, may_audit
from casework.paging import Cursor, Page, page_keys
from casework.rectification.timeline import Event, names_of
from casework.sight import is_case_in_sight
from core.codes import LINE_LABELS, Line
from core.life.incominglife import INCOMING, INCOMING_ENDED, IncomingAct, IncomingState
from models.base import key_of, table_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.incoming import Incoming
from models.lead import Lead
from models.organisation import Unit

TABLE = table_of(Incoming)
STATE_LABELS = {state.value: label for state, label in INCOMING.state_labels.items()}
OVER = tuple(state.value for state in INCOMING_ENDED)
EVERY, LATE = "all", "late"
WORDS = Words(
    INCOMING,
    {
        "open": "登记", "draft_reply": "拟制复函", "add_item": "列入事项", "name_reader": "指定知悉人员",
        "revoke_reader": "撤销知悉人员",
    },
    CHANNELS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncomingFilters(Filters):
    """What a reader narrows the list to; an empty state is what is under way."""

    state: str = one_of(EVERY, LATE, *IncomingState)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """A matter as the list shows it: from whom and until when, not what it says."""

    id: int
    number: str
    sender: str
    kind: str
    state: str
    state_word: str
    received_on: date
    due_on: date | None
    left: int | None
    owner: str


@dataclass(frozen=True, slots=True)
class IncomingBoard:
    """One page of what was handed over."""

    filters: IncomingFilters
    page: Page[IncomingRow]
    kinds: tuple[tuple[str, str], ...]
    may_register: bool


@dataclass(frozen=True, slots=True)
class IncomingPage:
    """One matter for its page."""

    row: Incoming
    kind: str
    line: str
    state_word: str
    owner: str
    unit: Unit | None
    campaign: str
    case: str
    lead: str
    left: int | None
    items: list[Item]
    names: Mapping[str, str]
    letter: Letter | None
    files: list[KeptFile]
    life: tuple[Event, ...]
    looks: tuple[Look, ...] | None
    acts: tuple[str, ...]


def incoming_view(desk: Desk, filters: IncomingFilters, cursor: Cursor | None) -> IncomingBoard:
    """Return one page of what the reader may know of, the newest first; raise NotAllowed for who knows of nothing."""
    require_knowing(desk, "查看来文交办")
    known = known_ids(desk, "incoming")
    query = sa.select(TABLE.c.id, TABLE.c.received_on).where(TABLE.c.office_id == desk.office_id)
    if known is not None:
        query = query.where(TABLE.c.id.in_(known))
    if filters.state == "":
        query = query.where(TABLE.c.state.not_in(OVER))
    elif filters.state == LATE:
        query = query.where(
            TABLE.c.due_on < desk.today, TABLE.c.answered_on.is_(None), TABLE.c.state.not_in(OVER)
        )
    elif filters.state != EVERY:
        query = query.where(TABLE.c.state == filters.state)
    if filters.kind:
        query = query.where(TABLE.c.kind == filters.kind)
    keys = page_keys(
        desk.session.connection(), query, TABLE.c.received_on, TABLE.c.id, cursor, newest_first=True
    )
    kinds = tuple((code, one.name) for code, one in desk.rules.linkage.incoming.items())
    rows = _rows(desk, [number for number, _day in keys.rows], dict(kinds))
    return IncomingBoard(filters, keys.showing(rows), kinds, may_audit(desk))


def _rows(desk: Desk, ids: list[int], kinds: Mapping[str, str]) -> tuple[IncomingRow, ...]:
    found = {key_of(row): row for row in desk.session.exec(select(Incoming).where(col(Incoming.id).in_(ids)))}
    names = names_of(desk, {row.owner for row in found.values() if row.owner}, ())
    return tuple(_row(desk, found[number], kinds, names) for number in ids)


def _row(desk: Desk, row: Incoming, kinds: Mapping[str, str], names: Mapping[str, str]) -> IncomingRow:
    waits = row.due_on is not None and row.answered_on is None and row.state not in OVER
    return IncomingRow(
        id=key_of(row),
        number=row.number,
        sender=row.sender_name,
        kind=kinds.get(row.kind, row.kind),
        state=row.state,
        state_word=STATE_LABELS[row.state],
        received_on=row.received_on,
        due_on=row.due_on,
        left=left_workdays(desk, row.due_on) if waits and row.due_on else None,
        owner=names.get(row.owner or "", row.owner or ""),
    )


def incoming_page(desk: Desk, incoming_id: int) -> IncomingPage:
    """Return one matter for its page; the look is noted. Raises NotFound."""
    held = _fetch(desk, incoming_id)  # the session forgets what nobody holds
    row = find_incoming(desk, incoming_id)
    note_view(desk, "incoming", incoming_id)
    items = items_in(desk, "incoming", incoming_id)
    files = files_of(desk, "incoming", incoming_id)
    kind = desk.rules.linkage.incoming.get(row.kind)
    codes = {one.owner for one in items} | {one.by for one in files} | {row.owner or ""}
    told = chronicle_of(desk, "incoming", incoming_id, codes, row.document_id)
    waits = row.due_on is not None and row.answered_on is None and row.state not in OVER
    return IncomingPage(
        row=row,
        kind=kind.name if kind else row.kind,
        line=LINE_LABELS[Line(row.line)],
        state_word=STATE_LABELS[row.state],
        owner=told.names.get(row.owner or "", row.owner or ""),
        unit=held[1],
        campaign=_campaign(desk, row),
        case=_case(desk, row),
        lead=_lead(desk, row),
        left=left_workdays(desk, row.due_on) if waits and row.due_on else None,
        items=items,
        names=told.names,
        letter=letter_of(desk, row.document_id),
        files=files,
        life=told.life(WORDS),
        looks=told.looks(LOOKS) if may_audit(desk) else None,
        acts=_acts(desk, row, items),
    )


def _fetch(desk: Desk, incoming_id: int) -> Any:
    """Read a matter with what it names in one query; nothing is shown before find_incoming let it pass."""
    query = (
        sa.select(Incoming, Unit, Campaign, Finding, Lead, Document)
        .outerjoin(Unit, col(Unit.id) == col(Incoming.unit_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Incoming.campaign_id))
        .outerjoin(Finding, col(Finding.id) == col(Incoming.case_id))
        .outerjoin(Lead, col(Lead.id) == col(Incoming.lead_id))
        .outerjoin(Document, col(Document.id) == col(Incoming.document_id))
    )
    return desk.session.execute(query.where(col(Incoming.id) == incoming_id)).first()


def _campaign(desk: Desk, row: Incoming) -> str:
    return desk.session.get_one(Campaign, row.campaign_id).code if row.campaign_id else ""


def _case(desk: Desk, row: Incoming) -> str:
    if row.case_id is None or not is_case_in_sight(desk, row.case_id):
        return ""
    return desk.session.get_one(Finding, row.case_id).code


def _lead(desk: Desk, row: Incoming) -> str:
    return desk.session.get_one(Lead, row.lead_id).number if row.lead_id else ""


def _acts(desk: Desk, row: Incoming, items: list[Item]) -> tuple[str, ...]:
    """Return what the actor may do now; what must be refused for want of a reply or of an item is not offered."""
    found = list(INCOMING.acts(row.state, desk.actor.roles))
    unanswered = row.reply_required and row.answered_on is None
    close = IncomingAct.CLOSE.value
    if close in found and (unanswered or any(one.state == "open" for one in items)):
        found.remove(close)
    if may_audit(desk) and row.state not in OVER:
        found.append("draft_reply")
    return tuple(found)
