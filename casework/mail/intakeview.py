"""来信 as pages: what came in by state, one mail, and what came in about a document.

A mail about something is seen by whoever sees that, also about a letter of the compartment; one that nobody has filed,
by whoever sees the office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.linkage.letterboard import letters_known
from casework.mail.intakefiles import original_of, parts_of
from casework.paging import PAGE_ROWS, Cursor, Page, page_of
from casework.paperwork.kinds import is_shown
from casework.sight import cases_in_sight, documents_in_sight, sees_office
from core.errors import InvalidInput, NotFound
from core.inbound import BASIS_LABELS, INBOUND_KIND_LABELS, OUTCOME_LABELS, Basis, InboundKind, Outcome
from core.life.inboundlife import INBOUND, InboundState
from models.audit import history_of
from models.base import table_of
from models.campaign import Finding
from models.document import Document
from models.inbound import InboundMail, InboundPart
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Rectification

ROW, DOCUMENT, UNIT = table_of(InboundMail), table_of(Document), table_of(Unit)
CASE, FINDING = table_of(Rectification), table_of(Finding)
ALL = "all"


@dataclass(frozen=True, slots=True)
class InboundRow:
    """A mail in a list."""

    id: int
    kind: InboundKind
    state: InboundState
    outcome: Outcome
    sender_name: str
    sender: str
    subject: str
    read_at: datetime
    sent_at: datetime | None
    message: int | None
    document: int | None
    number: str | None
    hidden: bool  # the document lies in the compartment
    case: str | None
    unit: str
    basis: str | None
    status: str
    diagnosis: str

    @property
    def label(self) -> str:
        return INBOUND_KIND_LABELS[self.kind]

    @property
    def told(self) -> str:
        """What came of it."""
        return OUTCOME_LABELS[self.outcome]

    @property
    def basis_label(self) -> str:
        return BASIS_LABELS[Basis(self.basis)] if self.basis else ""

    @property
    def acts(self) -> tuple[str, ...]:
        """What can be done with it by somebody who may."""
        return tuple(act for act in INBOUND.acts(self.state) if INBOUND.actors.get(INBOUND_ACTS[act]))


INBOUND_ACTS = {act.value: act for _state, act in INBOUND.moves}


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of mails, the newest first; `counts` are of all in sight."""

    state: str
    page: Page[InboundRow]
    counts: dict[InboundState, int]


@dataclass(frozen=True, slots=True)
class InboundLook:
    """One mail with all that is known of it."""

    row: InboundRow
    text: str
    why: str
    size: int
    sha256: str
    header_id: str
    recipient: str
    note: str
    handled_by: str
    retry_on: Any
    parts: tuple[InboundPart, ...]
    history: tuple[AuditEntry, ...]
    may_save: bool


def inbound_in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for mails that the actor may see."""
    own = ROW.c.office_id == desk.office_id
    if desk.actor.speaks_for_unit:
        return sa.and_(own, sa.false())  # what others wrote to the office is no unit's business
    known = sa.and_(letters_known(desk), sa.literal(not desk.actor.sealed))
    hidden = sa.and_(DOCUMENT.c.office_id == desk.office_id, sa.not_(is_shown()), known)
    papers = sa.select(DOCUMENT.c.id).where(sa.or_(documents_in_sight(desk), hidden))
    cases = sa.select(CASE.c.id).where(cases_in_sight(desk))
    loose = sa.and_(ROW.c.document_id.is_(None), ROW.c.case_id.is_(None), sa.literal(sees_office(desk)))
    of_case = sa.and_(ROW.c.document_id.is_(None), ROW.c.case_id.in_(cases))
    return sa.and_(own, sa.or_(loose, ROW.c.document_id.in_(papers), of_case))


def inbox_view(desk: Desk, state: str = "", cursor: Cursor | None = None) -> Inbox:
    """Return one page of mails, the newest first; three queries; raise InvalidInput for an unknown state."""
    state = state or InboundState.WAITING.value
    if state not in {ALL, *InboundState}:
        raise InvalidInput("筛选条件不正确", found=state[:40], expected="页面所列选项", remedy="回到来信重选")
    link, seen = desk.session.connection(), inbound_in_sight(desk)
    count = sa.select(ROW.c.state, sa.func.count()).where(seen).group_by(ROW.c.state)
    counts = {InboundState(row[0]): int(row[1]) for row in link.execute(count)}
    query = sa.select(ROW.c.id).where(seen, *([ROW.c.state == state] if state != ALL else []))
    forward = cursor is None or cursor.forward
    if cursor is not None:
        query = query.where(ROW.c.id < cursor.id if forward else ROW.c.id > cursor.id)
    order = ROW.c.id.desc() if forward else ROW.c.id
    found = [int(row[0]) for row in link.execute(query.order_by(order).limit(PAGE_ROWS + 1))]
    keys = page_of(found, cursor, lambda number: (None, number))
    rows = {row.id: row for row in inbound_rows(desk, keys.rows)}
    return Inbox(state, keys.showing(tuple(rows[number] for number in keys.rows)), counts)


def inbound_rows(desk: Desk, ids: Sequence[int]) -> list[InboundRow]:
    """Return some mails with what they are about; one query."""
    query = _rows().where(ROW.c.id.in_(ids)).order_by(ROW.c.id)
    return [row_of(row) for row in desk.session.connection().execute(query)] if ids else []


def inbound_query(desk: Desk) -> sa.Select[Any]:
    """Return the query for the mails in sight with what they are about."""
    return _rows().where(inbound_in_sight(desk))


def _rows() -> sa.Select[Any]:
    return (
        sa.select(
            ROW.c.id, ROW.c.kind, ROW.c.state, ROW.c.outcome, ROW.c.sender_name, ROW.c.sender, ROW.c.subject,
            ROW.c.read_at, ROW.c.sent_at, ROW.c.message_row.label("message"), ROW.c.document_id.label("document"),
            DOCUMENT.c.number, sa.and_(ROW.c.document_id.is_not(None), sa.not_(is_shown())).label("hidden"),
            FINDING.c.code.label("case"), sa.func.coalesce(UNIT.c.name, "").label("unit"), ROW.c.basis, ROW.c.status,
            ROW.c.diagnosis,
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == ROW.c.document_id)
        .outerjoin(CASE, CASE.c.id == ROW.c.case_id)
        .outerjoin(FINDING, FINDING.c.id == CASE.c.id)
        .outerjoin(UNIT, UNIT.c.id == sa.func.coalesce(DOCUMENT.c.unit_id, CASE.c.unit_id))
    )  # fmt: skip


def row_of(row: Any) -> InboundRow:
    """Return a row of the query as pages and programs read it."""
    said = row._asdict()
    said |= {
        "kind": InboundKind(row.kind), "state": InboundState(row.state), "outcome": Outcome(row.outcome),
        "hidden": bool(row.hidden),
    }  # fmt: skip
    return InboundRow(**said)


def find_inbound(desk: Desk, number: int) -> InboundMail:
    """Return a mail that the actor may see; raise NotFound."""
    known = sa.select(ROW.c.id).where(ROW.c.id == number, inbound_in_sight(desk))
    if desk.session.connection().execute(known).first() is None:
        raise NotFound("没有这封来信", found=str(number), expected="来信编号", remedy="回到来信列表查找")
    return desk.session.get_one(InboundMail, number)


def inbound_view(desk: Desk, number: int) -> InboundLook:
    """Return one mail with all that is known of it; raise NotFound."""
    row = find_inbound(desk, number)
    return InboundLook(
        row=inbound_rows(desk, [number])[0],
        text=row.text,
        why=row.why,
        size=row.size,
        sha256=row.sha256,
        header_id=row.header_id,
        recipient=row.recipient,
        note=row.note,
        handled_by=row.handled_by or "",
        retry_on=row.retry_on,
        parts=tuple(parts_of(desk, row)),
        history=tuple(history_of(desk.session, desk.office_id, "inbound", [number])),
        may_save=row.kept,
    )


def saved_inbound(desk: Desk, number: int) -> bytes:
    """Return the bytes of a mail; raise NotFound where they were not kept."""
    mime = original_of(desk, find_inbound(desk, number))
    if mime is None:
        raise NotFound(
            "没有留存原件", found=str(number), expected="留存原件的来信", remedy="到收信邮箱中查看"
        )
    return mime


def inbound_about(desk: Desk, document_id: int) -> tuple[InboundRow, ...]:
    """Return what came in about a document that the actor sees, oldest first: letters filed with it, and returns."""
    if desk.actor.speaks_for_unit:
        return ()
    query = _rows().where(
        ROW.c.document_id == document_id,
        ROW.c.state.in_((InboundState.FILED.value, InboundState.NOTED.value)),
    )
    return tuple(row_of(row) for row in desk.session.connection().execute(query.order_by(ROW.c.id).limit(50)))
