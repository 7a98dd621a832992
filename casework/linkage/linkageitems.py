"""Items (事项) that linkage leaves to be done: 建章立制 after a result, points of an advice, conclusions of a meeting.

Each is a row with an owner and a day, followed by a confidential task; it is done when its task is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.compartment import contact_of_linkage
from casework.staff.people import find_actor
from casework.tasks import open_task
from core.errors import InvalidInput, NotAllowed
from core.life.tasklife import TASK, TaskState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.meeting import LinkageItem
from models.task import Task


@dataclass(frozen=True, slots=True)
class NewItem:
    """One thing to be done; without an owner it falls to our named contact."""

    text: str
    owner: str = ""
    due_on: date | None = None


def read_item(text: str) -> NewItem:
    """Return an item written as `text|owner|day`; owner and day may be left out.

    raises   InvalidInput when the day is none
    """
    words, _, rest = text.partition("|")
    owner, _, day = rest.partition("|")
    try:
        due_on = date.fromisoformat(day.strip()) if day.strip() else None
    except ValueError:
        raise InvalidInput(
            "事项的日期不正确", found=day, expected="事项内容|负责人编号|YYYY-MM-DD", remedy="改正日期"
        ) from None
    return NewItem(words.strip(), owner.strip(), due_on)


def add_items(
    desk: Desk, subject: str, subject_id: int, items: Sequence[NewItem], *, what: str
) -> list[LinkageItem]:
    """Write items with a task each; the owner of a task thereby knows of that item, and of nothing else.

    what     how the title of the task begins: 建章立制, 纪检监察建议
    raises   InvalidInput for an item without words or a day that is over; NotAllowed for a contact of a unit
    """
    begin = _count(desk, subject, subject_id)
    return [
        _add(desk, subject, subject_id, begin + place, item, what)
        for place, item in enumerate(items, start=1)
    ]


def _add(desk: Desk, subject: str, subject_id: int, position: int, item: NewItem, what: str) -> LinkageItem:
    if not item.text.strip():
        raise InvalidInput("事项内容不能为空", found="空", expected="一句话", remedy="写明要办的事")
    refuse_state_secrets(item.text, "事项内容")
    if item.due_on is not None and item.due_on < desk.today:
        raise InvalidInput(
            "事项的期限已过", found=item.due_on.isoformat(), expected=f"不早于{desk.today}", remedy="改正日期"
        )
    owner = _owner(desk, item.owner)
    row = LinkageItem(
        office_id=desk.office_id,
        subject=subject,
        subject_id=subject_id,
        position=position,
        text=item.text.strip(),
        owner=owner,
        due_on=item.due_on,
        added_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(subject, subject_id, "add_item", position=position, owner=owner, due_on=item.due_on)
    open_task(
        desk,
        task_key(row),
        kind="linkage_item",
        title=f"{what}：{row.text}",
        subject=subject,
        subject_id=subject_id,
        role="linkage",
        due_on=item.due_on,
        owner=owner or contact_of_linkage(desk),
        confidential=True,
    )
    return row


def _owner(desk: Desk, code: str) -> str:
    if not code:
        return ""
    person = find_actor(desk, code)
    if person.speaks_for_unit:
        raise NotAllowed(
            "联动事项不得交被督察单位的人员办理", found=code, expected="本单位人员或岗位", remedy="改正负责人"
        )
    return person.code


def items_of(desk: Desk, subject: str, subject_id: int) -> list[dict[str, object]]:
    """Return the items of a matter with what became of each, in their order."""
    query = (
        select(LinkageItem)
        .where(col(LinkageItem.subject) == subject, col(LinkageItem.subject_id) == subject_id)
        .order_by(col(LinkageItem.position))
    )
    return [_shown(desk, row) for row in desk.session.exec(query)]


def _shown(desk: Desk, row: LinkageItem) -> dict[str, object]:
    task = _task(desk, row)
    return {
        "position": row.position,
        "text": row.text,
        "owner": row.owner,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "state": task.state if task else "",
        "done": task.note if task else "",
        "done_on": task.done_on.isoformat() if task and task.done_on else None,
    }


def said_of_items(desk: Desk, subject: str, subject_id: int) -> list[dict[str, str]]:
    """Return the items as a letter tells them: what was asked, and what was done about it."""
    rows = items_of(desk, subject, subject_id)
    return [{"text": f"{row['text']}：", "done": _said(row)} for row in rows]


def _said(row: dict[str, object]) -> str:
    label = TASK.state_labels[TaskState(str(row["state"]))] if row["state"] else "未开展"
    return str(row["done"] or ("正在办理" if label == "待办" else label))


def open_items(desk: Desk, subject: str, subject_id: int) -> int:
    """Return how many items of a matter are not done yet."""
    keys = select(LinkageItem).where(
        col(LinkageItem.subject) == subject, col(LinkageItem.subject_id) == subject_id
    )
    found = [_task(desk, row) for row in desk.session.exec(keys)]
    return sum(task is not None and task.state == TaskState.OPEN.value for task in found)


def task_key(row: LinkageItem) -> str:
    """Return the cause of the task of an item."""
    return f"linkage_item:{key_of(row)}"


def _task(desk: Desk, row: LinkageItem) -> Task | None:
    query = select(Task).where(col(Task.office_id) == desk.office_id, col(Task.key) == task_key(row))
    return desk.session.exec(query).first()


def _count(desk: Desk, subject: str, subject_id: int) -> int:
    query = (
        select(sa.func.count())
        .select_from(LinkageItem)
        .where(col(LinkageItem.subject) == subject, col(LinkageItem.subject_id) == subject_id)
    )
    return int(desk.session.exec(query).one())
