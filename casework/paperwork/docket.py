"""The list of documents: newest first, narrowed by kind, state, unit, campaign, and the words of number and title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import Filters, one_of
from casework.paging import Cursor, Page, page_keys
from casework.paperwork.kinds import kinds_in_order
from casework.paperwork.paperview import document_view, need_paper, visible_document
from casework.rows import DocumentRow, document_rows, visible_documents
from casework.sight import campaigns_in_sight, units_in_sight
from core.codes import DocumentContent
from core.errors import InvalidInput
from core.life.lives import DocumentState
from models.base import table_of
from models.campaign import Campaign
from models.document import Document
from models.organisation import Unit

__all__ = [
    "Docket",
    "DocumentFilters",
    "document_view",
    "documents_view",
    "need_paper",
    "visible_document",
]
DOCUMENT = table_of(Document)
# What the state filter takes beside the states: what waits for a person.
WAITING, UNSERVED = "waiting", "unserved"
WAITING_STATES = (DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.SIGNED)


@dataclass(frozen=True, slots=True)
class DocumentFilters(Filters):
    """What a reader narrows the documents to; empty means no limit. `q` are words of the number or the title."""

    kind: str = ""
    state: str = one_of(WAITING, UNSERVED, *DocumentState)
    unit: str = ""
    campaign: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Docket:
    """One page of documents; `counts` are by state under the other filters."""

    filters: DocumentFilters
    page: Page[DocumentRow]
    counts: dict[DocumentState, int]
    kinds: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    campaigns: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int | None:
        """How many documents the filters leave; None where the counts by state cannot tell."""
        if self.filters.state == UNSERVED:
            return None
        states = {"": tuple(DocumentState), WAITING: WAITING_STATES}.get(self.filters.state)
        wanted = states or (DocumentState(self.filters.state),)
        return sum(self.counts.get(state, 0) for state in wanted)


def documents_view(desk: Desk, filters: DocumentFilters, cursor: Cursor | None = None) -> Docket:
    """Return one page of documents, the newest first; five queries."""
    units, campaigns = _units(desk), _campaigns(desk)
    kinds = {
        rule.code: rule.name
        for rule in kinds_in_order(desk.rules)
        if rule.content is not DocumentContent.REFERRAL
    }
    base = [visible_documents(desk), *_words(filters.q)]
    if filters.kind and filters.kind not in kinds:
        raise _bad_filter(f"kind={filters.kind[:40]}")
    if filters.kind:
        base.append(DOCUMENT.c.kind == filters.kind)
    if filters.unit:
        base.append(DOCUMENT.c.unit_id == _chosen(units, "unit", filters.unit))
    if filters.campaign:
        base.append(DOCUMENT.c.campaign_id == _chosen(campaigns, "campaign", filters.campaign))
    count = sa.select(DOCUMENT.c.state, sa.func.count()).where(*base).group_by(DOCUMENT.c.state)
    counts = {DocumentState(row[0]): int(row[1]) for row in desk.session.connection().execute(count)}
    query = sa.select(DOCUMENT.c.id, DOCUMENT.c.drafted_on).where(*base, *_state(filters.state))
    keys = page_keys(
        desk.session.connection(),
        query,
        DOCUMENT.c.drafted_on,
        DOCUMENT.c.id,
        cursor,
        newest_first=True,
    )
    return Docket(
        filters,
        keys.showing(document_rows(desk, [number for number, _day in keys.rows])),
        counts,
        tuple(kinds.items()),
        _choices(units),
        _choices(campaigns),
    )


def _chosen(choices: Mapping[str, tuple[int, str]], what: str, code: str) -> int:
    if code not in choices:
        raise _bad_filter(f"{what}={code[:40]}")
    return choices[code][0]


def _bad_filter(found: str) -> InvalidInput:
    return InvalidInput("筛选条件不正确", found=found, expected="页面所列选项", remedy="回到文书重选")


def _choices(rows: Mapping[str, tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((code, name) for code, (_id, name) in rows.items())


def _units(desk: Desk) -> dict[str, tuple[int, str]]:
    query = select(Unit.code, Unit.id, Unit.name).where(units_in_sight(desk)).order_by(col(Unit.code))
    return {code: (number or 0, name) for code, number, name in desk.session.exec(query)}


def _campaigns(desk: Desk) -> dict[str, tuple[int, str]]:
    query = select(Campaign.code, Campaign.id, Campaign.title).where(campaigns_in_sight(desk))
    rows = desk.session.exec(query.order_by(col(Campaign.id).desc()))
    return {code: (number or 0, f"{code} {title}") for code, number, title in rows}


def _words(text: str) -> list[sa.ColumnElement[bool]]:
    """Every word must stand in the number or the title; a number alone may also be that of the row."""
    found = []
    for word in text.split():
        ways = [
            col(Document.number).contains(word, autoescape=True),
            col(Document.title).contains(word, autoescape=True),
        ]
        if word.isascii() and word.isdigit() and len(word) < 10:
            ways.append(col(Document.id) == int(word))
        found.append(sa.or_(*ways))
    return found


def _state(state: str) -> list[sa.ColumnElement[bool]]:
    if state == WAITING:
        return [col(Document.state).in_([waiting.value for waiting in WAITING_STATES])]
    if state == UNSERVED:
        return [col(Document.state) == DocumentState.ISSUED.value, col(Document.serial).is_not(None)]
    return [col(Document.state) == state] if state else []
