"""Clearing up after a case is settled: sheets about nothing that still runs are voided, not left to be signed."""

from __future__ import annotations

from sqlmodel import col, select

from casework.ahead import has_sheets, rows_beside
from casework.desk import MACHINE, Desk
from casework.lights.climbing import cases_of_document
from casework.moves import move
from casework.rectification.latereports import end_late_calls
from casework.tasks import finish_open
from core.codes import DocumentContent
from core.life.lives import DOCUMENT_MOVES, DocumentAct, DocumentState
from core.life.rectification import SETTLED, CaseState
from core.life.tasklife import TaskState
from models.base import key_of
from models.document import Document, DocumentCase
from models.task import Task

OF_RUNNING_CASES = ("late_plan", "review_stage", "review_suspension", "answer_objection", "public_notice")
REASON = "所列事项均已办结，不再签发"


def void_idle_sheets(desk: Desk, case_id: int) -> None:
    """Void the unsigned sheets of a settled case on which no other case still runs, in the name of the machine."""
    if not has_sheets(desk, case_id):
        return
    query = (
        select(Document)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(
            col(DocumentCase.case_id) == case_id,
            col(Document.content_kind) == DocumentContent.SHEET.value,
            col(Document.state).in_((DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)),
        )
    )
    actor, desk.actor = desk.actor, MACHINE
    for document in desk.session.exec(query).all():
        if all(CaseState(case.state) in SETTLED for case in cases_of_document(desk, key_of(document))):
            document.void_reason = REASON
            move(desk, document, DOCUMENT_MOVES, DocumentAct.VOID, subject="document", thing="文书",
                 unit_id=document.unit_id, detail={"reason": REASON})  # fmt: skip
            desk.session.add(document)
    desk.actor = actor


def finish_case_tasks(desk: Desk, case_id: int) -> None:
    """Finish the tasks that only a running case gives, in the name of whoever settled it."""
    for task in rows_beside(desk, Task, case_id):
        if task.kind in OF_RUNNING_CASES and task.state == TaskState.OPEN:
            finish_open(desk, task, "事项已办结")
    end_late_calls(desk, "case", case_id, "事项已办结")
