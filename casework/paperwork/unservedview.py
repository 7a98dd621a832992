"""发出未送达: documents that went out and were not acknowledged, how long they wait, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from casework.desk import Desk
from casework.paging import Cursor, Page, page_keys
from casework.rows import DocumentRow, document_rows
from casework.sight import documents_in_sight
from core.life.lives import DocumentState, MessageState
from models.base import table_of
from models.document import Document
from models.message import Message
from models.organisation import Unit

DOCUMENT, MESSAGE, UNIT = table_of(Document), table_of(Message), table_of(Unit)


class NextStep(StrEnum):
    """What the office does about a document that nobody has acknowledged."""

    WAIT = "wait"
    CALL = "call"
    BRING = "bring"
    LEAVE = "leave"
    MEND = "mend"


STEP_LABELS = {
    NextStep.WAIT: "等待签收",
    NextStep.CALL: "电话催签，并登记电话告知",
    NextStep.BRING: "当面送达",
    NextStep.LEAVE: "当面送达；拒绝签收的留置送达，并登记见证情况",
    NextStep.MEND: "邮件没有送到：核对地址、补发，并电话告知",
}


@dataclass(frozen=True, slots=True)
class Unserved:
    """A document without proof of service; `mails` counts its mails by state."""

    row: DocumentRow
    waited_workdays: int
    step: NextStep
    liaison: str
    liaison_email: str
    mails: dict[MessageState, int]

    @property
    def late(self) -> bool:
        return self.step is not NextStep.WAIT


@dataclass(frozen=True, slots=True)
class UnservedList:
    """One page of them, the longest waiting first; `allowed` are the working days that a unit has to acknowledge."""

    page: Page[Unserved]
    total: int
    late: int
    allowed: int


def unserved_view(desk: Desk, cursor: Cursor | None = None) -> UnservedList:
    """Return the documents that were issued and not served; six queries."""
    allowed = desk.office_rules.choices.acknowledge_workdays
    limit = desk.calendar.after(desk.today, -allowed)
    condition = sa.and_(
        documents_in_sight(desk),
        DOCUMENT.c.state == DocumentState.ISSUED.value,
        DOCUMENT.c.signed_on.is_not(None),
    )
    link = desk.session.connection()
    late = sa.func.coalesce(sa.func.sum(sa.case((DOCUMENT.c.issued_on < limit, 1), else_=0)), 0)
    total, overdue = link.execute(sa.select(sa.func.count(), late).where(condition)).one()
    query = sa.select(DOCUMENT.c.id, DOCUMENT.c.issued_on).where(condition)
    keys = page_keys(link, query, DOCUMENT.c.issued_on, DOCUMENT.c.id, cursor)
    ids = [number for number, _day in keys.rows]
    mails, contacts = _mails(desk, ids), _contacts(desk, ids)
    rows = tuple(
        _unserved(desk, row, allowed, mails.get(row.id, {}), contacts.get(row.id, ("", "")))
        for row in document_rows(desk, ids)
    )
    return UnservedList(keys.showing(rows), int(total), int(overdue), allowed)


def _unserved(
    desk: Desk, row: DocumentRow, allowed: int, mails: dict[MessageState, int], contact: tuple[str, str]
) -> Unserved:
    waited = desk.calendar.between(row.issued_on, desk.today) if row.issued_on else 0
    return Unserved(row, waited, _step(waited, allowed, mails), contact[0], contact[1], mails)


def _step(waited: int, allowed: int, mails: dict[MessageState, int]) -> NextStep:
    """The first word is of the mail: one that did not arrive cannot be acknowledged."""
    arrived = any(mails.get(one) for one in (MessageState.ACCEPTED, MessageState.READY, MessageState.SENDING))
    if mails and not arrived:
        return NextStep.MEND
    if waited <= allowed:
        return NextStep.WAIT if mails else NextStep.BRING
    return NextStep.CALL if waited <= 2 * allowed and mails else NextStep.LEAVE


def _mails(desk: Desk, ids: list[int]) -> dict[int, dict[MessageState, int]]:
    query = (
        sa.select(MESSAGE.c.document_id, MESSAGE.c.state, sa.func.count())
        .where(MESSAGE.c.document_id.in_(ids), MESSAGE.c.state != MessageState.CANCELLED.value)
        .group_by(MESSAGE.c.document_id, MESSAGE.c.state)
    )
    found: dict[int, dict[MessageState, int]] = {}
    for document_id, state, count in desk.session.connection().execute(query) if ids else ():
        found.setdefault(document_id, {})[MessageState(state)] = int(count)
    return found


def _contacts(desk: Desk, ids: list[int]) -> dict[int, tuple[str, str]]:
    query = (
        sa.select(DOCUMENT.c.id, UNIT.c.liaison_name, UNIT.c.liaison_email)
        .join(UNIT, UNIT.c.id == DOCUMENT.c.unit_id)
        .where(DOCUMENT.c.id.in_(ids))
    )
    found = desk.session.connection().execute(query) if ids else ()
    return {row.id: (row.liaison_name or "", row.liaison_email or "") for row in found}
