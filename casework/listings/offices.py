"""What an office works with beside its cases, for programs: requests, units, people, mails, tasks, matters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.listings.keyset import Slice, cut, page_by_code, page_by_id
from casework.litigation.listing import list_matters, show_matter
from casework.rectification.cases import find_case, no_such_case
from casework.sight import WHOLE_OFFICE, cases_in_sight, is_case_in_sight, sees_office, units_in_sight
from casework.staff.people import require_role
from casework.tasks import find_task, list_tasks
from core.errors import NotFound
from models.base import table_of
from models.campaign import Finding
from models.document import Document
from models.matter import LitigationMatter
from models.message import Message
from models.organisation import Person, Unit
from models.rectification import Rectification, SideRequest
from models.task import Task

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
    query = (
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
    if state:
        query = query.where(REQUEST.c.state == state)
    if kind:
        query = query.where(REQUEST.c.kind == kind)
    return page_by_id(desk, query, REQUEST.c.id, after, limit)


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


def mails_page(desk: Desk, after: str, limit: int, *, state: str = "") -> Slice[Any]:
    """Return one page of mails, the newest first."""
    require_office(desk, "查看邮件发送")
    query = (
        sa.select(
            MESSAGE.c.id, MESSAGE.c.kind, MESSAGE.c.document_id.label("document"), DOCUMENT.c.number,
            UNIT.c.code.label("unit"), MESSAGE.c.recipient, MESSAGE.c.recipient_name, MESSAGE.c.state,
            MESSAGE.c.message_id, MESSAGE.c.attempts, MESSAGE.c.smtp_reply.label("reply"),
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .outerjoin(UNIT, UNIT.c.id == DOCUMENT.c.unit_id)
        .where(MESSAGE.c.office_id == desk.office_id)
    )  # fmt: skip
    if state:
        query = query.where(MESSAGE.c.state == state)
    return page_by_id(desk, query, MESSAGE.c.id, after, limit)


def tasks_page(
    desk: Desk, after: str, limit: int, *, state: str = "open", overdue: bool = False
) -> Slice[Task]:
    """Return one page of tasks, the earliest due first; who does not see the office sees what falls to them."""
    rows = [one for one in list_tasks(desk, state=state or None, overdue=overdue) if _is_theirs(desk, one)]
    return cut(rows, after, limit, lambda one: one.id)


def seen_task(desk: Desk, task_id: int) -> Task:
    """Return a task the actor sees; raise NotFound for any other."""
    row = find_task(desk, task_id)
    if not _is_theirs(desk, row):
        raise NotFound("没有这项任务", found=str(task_id), expected="任务编号", remedy="回到工作任务查找")
    return row


def _is_theirs(desk: Desk, row: Task) -> bool:
    if sees_office(desk) or row.owner == desk.actor.code:
        return True
    return not row.owner and row.role in desk.actor.roles


def matters_page(desk: Desk, after: str, limit: int, **wanted: Any) -> Slice[dict[str, Any]]:
    """Return one page of matters, the highest light first; a unit sees its own."""
    if not _sees_matters(desk):
        return Slice(())
    return cut(list_matters(desk, **wanted), after, limit, lambda row: row["id"])


def seen_matter(desk: Desk, matter_id: int) -> dict[str, Any]:
    """Return a matter the actor sees; raise NotFound, in the same words, for any other."""
    row = desk.session.get(LitigationMatter, matter_id) if _sees_matters(desk) else None
    if row is not None and row.office_id == desk.office_id:
        try:
            return show_matter(desk, row.number)
        except NotFound:
            pass  # of another unit
    raise NotFound(
        "没有这件行政争议", found=str(matter_id), expected="行政争议的编号", remedy="回到案件台账查找"
    )


def _sees_matters(desk: Desk) -> bool:
    return sees_office(desk) or desk.actor.speaks_for_unit or bool(desk.actor.roles & {"leader"})
