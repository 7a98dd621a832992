"""Answers that do not come: documents whose reply is overdue, told to a person, never judged by a machine."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import cases_of_document
from casework.paperwork.answers import GONE_OUT, reply_key
from casework.paperwork.kinds import is_hidden, name_of_kind
from casework.tasks import finish_for, open_task
from core.codes import DocumentContent
from core.life.rectification import SETTLED, CaseState
from core.life.tasklife import TaskState
from models.base import key_of
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification
from models.task import Task

CALL = "reply_overdue"  # the kind of the task to ask a unit for its answer


def overdue_replies(desk: Desk, unit_id: int | None = None) -> list[Document]:
    """Return the documents whose answer was due before today and has not come, the oldest first."""
    query = select(Document).where(
        col(Document.office_id) == desk.office_id,
        col(Document.replied_on).is_(None),
        col(Document.reply_due_on) < desk.today,
        col(Document.state).in_(GONE_OUT),
        sa.not_(_answered_by_acts()),
    )
    if unit_id is not None:
        query = query.where(col(Document.unit_id) == unit_id)
    return list(desk.session.exec(query.order_by(col(Document.reply_due_on), col(Document.id))))


def _answered_by_acts() -> sa.ColumnElement[bool]:
    """Return the condition that `is_answered_by_acts` tells of one document."""
    on_it = (
        select(Rectification.id)
        .join(DocumentCase, col(DocumentCase.case_id) == col(Rectification.id))
        .where(col(DocumentCase.document_id) == col(Document.id))
    )
    silent = on_it.where(
        col(Rectification.plan_on).is_(None),
        col(Rectification.percent) == 0,
        col(Rectification.state).not_in([state.value for state in SETTLED]),
    )
    findings = col(Document.content_kind) == DocumentContent.FINDINGS.value
    return sa.and_(findings, on_it.exists(), sa.not_(silent.exists()))


def is_answered_by_acts(desk: Desk, document: Document) -> bool:
    """Tell whether a unit has answered a notice of problems by what it did: every case has a plan or progress."""
    if document.content_kind != DocumentContent.FINDINGS:
        return False
    cases = cases_of_document(desk, key_of(document))
    return bool(cases) and all(
        case.plan_on is not None or case.percent > 0 or CaseState(case.state) in SETTLED for case in cases
    )


def watch_replies(desk: Desk) -> dict[str, object]:
    """Open a task for every answer that is overdue: somebody asks the unit; nobody is accused by a machine."""
    late = overdue_replies(desk)
    opened = 0
    for document in late:
        unit = desk.session.get_one(Unit, document.unit_id)
        name = name_of_kind(desk, document.kind, document.rules_sha256)
        late_by = f"逾期未答复{name}{document.number or ''}（应于{document.reply_due_on}前答复）"
        task = open_task(
            desk,
            reply_key(key_of(document)),
            kind=CALL,
            title=f"{unit.name}{late_by}，请催问并登记",
            subject="document",
            subject_id=key_of(document),
            role="officer",
            due_on=desk.calendar.after(desk.today, 3),
            unit_id=document.unit_id,
            confidential=is_hidden(document),
        )
        opened += task is not None
    _end_calls(desk, {key_of(document) for document in late})
    return {"overdue": len(late), "opened": opened}


def _end_calls(desk: Desk, late: set[int]) -> None:
    """Finish the tasks about documents that were answered meanwhile by what the unit did, or are void."""
    query = select(Task.subject_id).where(
        col(Task.office_id) == desk.office_id,
        col(Task.kind) == CALL,
        col(Task.state) == TaskState.OPEN.value,
    )
    for document_id in desk.session.exec(query).all():
        if document_id not in late:
            finish_for(desk, reply_key(document_id), "单位已用整改行动答复，或文书已作废")
