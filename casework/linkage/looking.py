"""What the pages of the compartment share: who may read the log of looks, readers by name, files, hidden letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.keptfiles import read_kept
from casework.linkage.compartment import note_view
from casework.linkage.linkageitems import task_key
from casework.paperwork.kinds import name_of_kind
from casework.rectification.timeline import names_of
from casework.tasks import COMPARTMENT, finish_task
from core.errors import NotFound
from core.life.lives import DOCUMENT_STATE_LABELS, DocumentState
from core.life.tasklife import TaskState
from models.base import key_of
from models.document import Document
from models.meeting import CompartmentReader, LinkageItem
from models.task import Task

LOOKS = {"": "查看", "package": "打印移送材料"}
SCOPES = {"lead": "线索", "referral": "移送", "incoming": "来件", "meeting": "会议"}


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who was named to know, and until when; `is_on` today."""

    id: int
    person: str
    name: str
    scope: str
    from_on: date
    until_on: date
    granted_by: str
    reason: str
    revoked_on: date | None
    is_on: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the compartment as the page of its matter shows it."""

    id: int
    name: str
    number: str
    state: str
    state_word: str


def may_audit(desk: Desk) -> bool:
    """Tell whether the actor may read who looked at what, and who was named: the roles of the compartment."""
    return bool(desk.actor.roles & COMPARTMENT) and not desk.actor.speaks_for_unit


def readers_of(desk: Desk, subject: str | None = None, subject_id: int | None = None) -> list[Reader] | None:
    """Return who was named to know of one matter or of all, those of today first; None for whoever may not read that.

    subject   None for every scope
    """
    if not may_audit(desk):
        return None
    query = select(CompartmentReader).where(col(CompartmentReader.office_id) == desk.office_id)
    if subject is not None:
        query = query.where(
            col(CompartmentReader.subject).is_(None)
            | (
                (col(CompartmentReader.subject) == subject)
                & (col(CompartmentReader.subject_id) == subject_id)
            )
        )
    rows = list(desk.session.exec(query.order_by(col(CompartmentReader.id).desc())))
    names = names_of(desk, {code for row in rows for code in (row.person, row.granted_by)}, ())
    found = [_reader(row, names, desk.today) for row in rows]
    return sorted(found, key=lambda one: not one.is_on)


def _reader(row: CompartmentReader, names: dict[str, str], today: date) -> Reader:
    return Reader(
        id=key_of(row),
        person=row.person,
        name=names.get(row.person, row.person),
        scope=f"{SCOPES[row.subject]}{row.subject_id}" if row.subject else "全部",
        from_on=row.from_on,
        until_on=row.until_on,
        granted_by=names.get(row.granted_by, row.granted_by),
        reason=row.reason,
        revoked_on=row.revoked_on,
        is_on=row.revoked_on is None and row.from_on <= today <= row.until_on,
    )


def letter_of(desk: Desk, document_id: int | None) -> Letter | None:
    """Return a letter in short; None where there is none."""
    row = desk.session.get(Document, document_id) if document_id else None
    if row is None:
        return None
    return Letter(
        key_of(row),
        name_of_kind(desk, row.kind, row.rules_sha256),
        row.number or "",
        row.state,
        DOCUMENT_STATE_LABELS[DocumentState(row.state)],
    )


def save_file(
    desk: Desk, subject: str, subject_id: int, file_id: int, *, unit_id: int | None = None
) -> tuple[str, bytes]:
    """Return a file of a matter of the compartment; the download is noted. Who may know is asked before."""
    found = read_kept(desk, subject, subject_id, file_id)
    note_view(desk, subject, subject_id, f"下载 {found[0]}", unit_id=unit_id)
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """Something left to be done, with what became of it; `mine` when the actor may say that it is done."""

    position: int
    text: str
    owner: str
    due_on: date | None
    state: str
    done: str
    done_on: date | None
    mine: bool


def items_in(desk: Desk, subject: str, subject_id: int) -> list[Item]:
    """Return the items of a matter in their order; two queries."""
    every = "director" in desk.actor.roles
    return [
        Item(
            item.position,
            item.text,
            item.owner,
            item.due_on,
            task.state,
            task.note,
            task.done_on,
            task.state == TaskState.OPEN.value and (every or task.owner == desk.actor.code),
        )
        for item, task in _items(desk, subject, subject_id)
    ]


def finish_item(desk: Desk, subject: str, subject_id: int, position: int, note: str) -> None:
    """Finish the task of one item with what was done; raise NotFound for an item that is not open."""
    for item, task in _items(desk, subject, subject_id):
        if item.position == position and task.state == TaskState.OPEN.value:
            finish_task(desk, key_of(task), note)
            return
    raise NotFound("没有这项待办事项", found=str(position), expected="列出的事项", remedy="刷新后重新选择")


def _items(desk: Desk, subject: str, subject_id: int) -> list[tuple[LinkageItem, Task]]:
    query = select(LinkageItem).where(
        col(LinkageItem.subject) == subject, col(LinkageItem.subject_id) == subject_id
    )
    items = {task_key(item): item for item in desk.session.exec(query.order_by(col(LinkageItem.position)))}
    if not items:
        return []
    tasks = select(Task).where(col(Task.office_id) == desk.office_id, col(Task.key).in_(items))
    known = {task.key: task for task in desk.session.exec(tasks)}
    return [(item, known[key]) for key, item in items.items() if key in known]
