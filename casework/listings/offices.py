"""What an office works with beside its cases, for programs: requests, units, people, mails, tasks, matters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.listings.keyset import Slice, cut, page_by_code, page_by_id
from casework.litigation.listing import show_matter
from casework.litigation.matterboard import matters_in_sight, need_matter
from casework.litigation.matterlist import matter_rows, matters_in_order
from casework.mail.intakeview import inbound_query
from casework.mail.mailbox import mails_in_sight
from casework.rectification.cases import find_case, no_such_case
from casework.sight import WHOLE_OFFICE, cases_in_sight, is_case_in_sight, sees_office, units_in_sight
from casework.staff.people import require_role
from casework.staff.pools import find_person
from casework.tasks import list_tasks, task_in_sight, tasks_in_sight
from core.errors import NotFound
from models.base import table_of
from models.campaign import Finding
from models.document import Document
from models.inbound import InboundMail
from models.message import Message
from models.organisation import Person, Unit
from models.rectification import Rectification, SideRequest
from models.task import Task

INBOUND = table_of(InboundMail)
REQUEST, FINDING, UNIT = table_of(SideRequest), table_of(Finding), table_of(Unit)
CASE, MESSAGE, DOCUMENT, PERSON = (
    table_of(Rectification),
    table_of(Message),
    table_of(Document),
    table_of(Person),
)
KEEPERS = ("officer", "director", "leader", "reviewer", "linkage")


def require_office(desk: Desk, doing: str) -> None:
    """Raise NotAllowed for somebody who sees a part of the office only: sums would tell them of the rest."""
    if not sees_office(desk):
        require_role(desk, WHOLE_OFFICE, doing)


def seen_case(desk: Desk, code: str) -> tuple[Rectification, Finding]:
    """Return a case the actor sees; raise NotFound, in the same words, for any other."""
    case, finding = find_case(desk, code)
    if not is_case_in_sight(desk, case.id):
        raise no_such_case(code)
    return case, finding


def requests_page(desk: Desk, after: str, limit: int, *, state: str = "", kind: str = "") -> Slice[Any]:
    """Return one page of extensions, objections and suspensions, the newest first."""
    query = requests_in_sight(desk)
    if state:
        query = query.where(REQUEST.c.state == state)
    if kind:
        query = query.where(REQUEST.c.kind == kind)
    return page_by_id(desk, query, REQUEST.c.id, after, limit)


def requests_in_sight(desk: Desk) -> sa.Select[Any]:
    """Return the query for the requests beside cases that the actor sees."""
    return (
        sa.select(
            REQUEST.c.id, FINDING.c.code.label("case"), UNIT.c.code.label("unit"), REQUEST.c.kind, REQUEST.c.number,
            REQUEST.c.state, REQUEST.c.asked_on, REQUEST.c.asked_by, REQUEST.c.reason, REQUEST.c.until_on,
            REQUEST.c.granted_until_on, REQUEST.c.decided_on, REQUEST.c.decided_by, REQUEST.c.decision_note,
        )
        .join(CASE, CASE.c.id == REQUEST.c.case_id)
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(cases_in_sight(desk))
    )  # fmt: skip


def units_page(desk: Desk, after: str, limit: int) -> Slice[Any]:
    """Return one page of units by code."""
    query = sa.select(UNIT).where(units_in_sight(desk))
    return page_by_code(desk, query, UNIT.c.code, after, limit)


def seen_unit(desk: Desk, code: str) -> Unit:
    """Return a unit the actor sees; raise NotFound for any other."""
    row = desk.session.exec(select(Unit).where(col(Unit.code) == code, units_in_sight(desk))).first()
    if row is None:
        raise NotFound("没有这个单位", found=code[:40], expected="单位编码", remedy="回到被督察单位查找")
    return row


def people_page(desk: Desk, after: str, limit: int) -> Slice[Any]:
    """Return one page of the people of the pool by code."""
    require_role(desk, KEEPERS, "查看人才库")
    query = sa.select(PERSON).where(PERSON.c.office_id == desk.office_id)
    return page_by_code(desk, query, PERSON.c.code, after, limit)


def seen_person(desk: Desk, code: str) -> Person:
    """Return a person of the pool; raise NotFound."""
    require_role(desk, KEEPERS, "查看人才库")
    return find_person(desk, code)


def mails_page(desk: Desk, after: str, limit: int, *, state: str = "") -> Slice[Any]:
    """Return one page of mails, the newest first."""
    require_office(desk, "查看邮件发送")
    query = _mails(desk)
    if state:
        query = query.where(MESSAGE.c.state == state)
    return page_by_id(desk, query, MESSAGE.c.id, after, limit)


def seen_mail(desk: Desk, number: int) -> Any:
    """Return a mail the actor sees; raise NotFound for any other."""
    require_office(desk, "查看邮件发送")
    row = desk.session.connection().execute(_mails(desk).where(MESSAGE.c.id == number)).first()
    if row is None:
        raise NotFound("没有这封邮件", found=str(number), expected="邮件编号", remedy="回到邮件发送查找")
    return row


def _mails(desk: Desk) -> sa.Select[Any]:
    return (
        sa.select(
            MESSAGE.c.id, MESSAGE.c.kind, MESSAGE.c.document_id.label("document"), DOCUMENT.c.number,
            UNIT.c.code.label("unit"), MESSAGE.c.recipient, MESSAGE.c.recipient_name, MESSAGE.c.state,
            MESSAGE.c.message_id, MESSAGE.c.attempts, MESSAGE.c.smtp_reply.label("reply"), MESSAGE.c.queued_at,
            MESSAGE.c.not_before, MESSAGE.c.settled_at,
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .outerjoin(UNIT, UNIT.c.id == DOCUMENT.c.unit_id)
        .where(mails_in_sight(desk))
    )  # fmt: skip


def tasks_page(
    desk: Desk, after: str, limit: int, *, state: str = "open", overdue: bool = False
) -> Slice[Task]:
    """Return one page of tasks, the earliest due first; who does not see the office sees what falls to them."""
    rows = list_tasks(desk, state=state or None, overdue=overdue, within=tasks_in_sight(desk))
    return cut(rows, after, limit, lambda one: one.id)


def seen_task(desk: Desk, task_id: int) -> Task:
    """Return a task the actor sees; raise NotFound for any other."""
    return task_in_sight(desk, task_id)


def matters_page(desk: Desk, after: str, limit: int, **wanted: Any) -> Slice[dict[str, Any]]:
    """Return one page of matters, the highest light first; a unit sees its own."""
    found = cut(
        matters_in_order(desk, within=matters_in_sight(desk), **wanted), after, limit, lambda row: row.id
    )
    return Slice(tuple(matter_rows(desk, found.rows)), found.next)


def seen_matter(desk: Desk, matter_id: int) -> dict[str, Any]:
    """Return a matter the actor sees; raise NotFound, in the same words, for any other."""
    return show_matter(desk, need_matter(desk, matter_id).number)


def inbound_page(desk: Desk, after: str, limit: int, *, state: str = "") -> Slice[Any]:
    """Return one page of mails that came in, the newest first."""
    query = inbound_query(desk)
    if state:
        query = query.where(INBOUND.c.state == state)
    return page_by_id(desk, query, INBOUND.c.id, after, limit)
