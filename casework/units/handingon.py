"""What goes along when a unit's case goes on with another unit: drafts, reports and tasks; what was issued stays."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from core.life.halflife import HalfReportState
from core.life.lives import DocumentState
from core.life.rectification import CaseState
from core.life.tasklife import TaskState
from models.base import key_of, table_of
from models.campaign import Finding
from models.document import Document, DocumentCase
from models.halfreport import HalfReport
from models.organisation import Unit
from models.rectification import Rectification, Rung
from models.task import Task

# What is over stays with the unit it was about.
OVER = (CaseState.ARCHIVED.value, CaseState.WITHDRAWN.value)
UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)


def live_cases(desk: Desk, unit_ids: Sequence[int]) -> list[Rectification]:
    """Return the cases of some units that somebody must still answer for, by id."""
    query = (
        select(Rectification)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.unit_id).in_(list(unit_ids)),
            col(Rectification.state).not_in(OVER),
        )
        .order_by(col(Rectification.id))
    )
    return list(desk.session.exec(query))


def hand_on(desk: Desk, cases: Sequence[Rectification], heir: Unit, **why: object) -> int:
    """Give cases to another unit with all that hangs on them; return how many moved.

    Notices, sheets and letters that were signed keep the unit they name. An unsigned draft is addressed anew; one that
    also tells of cases which stay behind is divided.
    """
    moving = [case for case in cases if case.unit_id != heir.id]
    for case in moving:
        before = desk.session.get_one(Unit, case.unit_id)
        case.unit_id = key_of(heir)
        desk.session.add(case)
        desk.record(
            "case", case.id, "reassign", unit_id=before.id, detail={"unit": heir.code, "before": before.code, **why}
        )  # fmt: skip
    desk.session.flush()
    numbers = [case.id for case in moving]
    for document in _drafts(desk, numbers):
        _readdress(desk, document, heir, frozenset(numbers))
    _carry_reports(desk, numbers, heir)
    _carry_tasks(desk, numbers, heir)
    return len(moving)


def case_codes(desk: Desk, cases: Sequence[Rectification]) -> dict[int, str]:
    """Return the numbers of the problems of cases, by case id."""
    query = select(Finding.id, Finding.code).where(col(Finding.id).in_([case.id for case in cases]))
    return {number or 0: code for number, code in desk.session.exec(query)}


def _drafts(desk: Desk, numbers: Sequence[int]) -> list[Document]:
    query = (
        select(Document)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(col(DocumentCase.case_id).in_(list(numbers)), col(Document.state).in_(UNSIGNED))
        .order_by(col(Document.id))
        .distinct()
    )
    return list(desk.session.exec(query))


def _readdress(desk: Desk, document: Document, heir: Unit, moved: frozenset[int]) -> None:
    """Address a draft to the heir, or only its part that moved."""
    if document.unit_id == heir.id:
        return
    on_it = desk.session.exec(
        select(DocumentCase.case_id).where(col(DocumentCase.document_id) == document.id)
    ).all()
    going = [number for number in on_it if number in moved]
    if len(going) < len(on_it):
        _divide(desk, document, heir, going)
        return
    before = document.unit_id
    document.part = _free_part(desk, document, heir)
    document.unit_id = key_of(heir)
    desk.session.add(document)
    desk.session.flush()
    desk.record("document", key_of(document), "readdress", unit_id=before, detail={"unit": heir.code})


def _divide(desk: Desk, document: Document, heir: Unit, going: Sequence[int]) -> None:
    """Write a second draft for the cases that go, and take them off the first."""
    kept = {
        column.name: getattr(document, column.name)
        for column in table_of(Document).columns
        if column.name not in ("id", "state", "unit_id", "part")
    }
    part = _free_part(desk, document, heir)
    twin = Document(**kept, state=DocumentState.DRAFT.value, unit_id=key_of(heir), part=part)
    desk.session.add(twin)
    desk.session.flush()
    desk.record(
        "document", key_of(twin), "draft", unit_id=heir.id, to_state=twin.state, kind=twin.kind, out_of=document.id
    )  # fmt: skip
    desk.record("document", key_of(document), "divide", unit_id=document.unit_id, detail={"into": twin.id})
    link = desk.session.connection()
    for table in (table_of(DocumentCase), table_of(Rung)):
        link.execute(
            sa.update(table)
            .where(table.c.document_id == document.id, table.c.case_id.in_(list(going)))
            .values(document_id=twin.id)
        )
    desk.session.flush()
    desk.session.expire_all()


def _free_part(desk: Desk, document: Document, heir: Unit) -> int:
    """Return a part number under which the heir has no draft of this sweep yet."""
    query = select(sa.func.max(Document.part)).where(
        col(Document.campaign_id) == document.campaign_id,
        col(Document.unit_id) == heir.id,
        col(Document.kind) == document.kind,
        col(Document.drafted_on) == document.drafted_on,
        col(Document.by_sweep).is_(True),
    )
    known = desk.session.exec(query).one() if document.by_sweep else None
    return document.part if known is None else max(document.part, known + 1)


def _carry_reports(desk: Desk, numbers: Sequence[int], heir: Unit) -> None:
    """Let the heir owe the half-month reports that are still owed."""
    report = table_of(HalfReport)
    desk.session.connection().execute(
        sa.update(report)
        .where(
            report.c.subject == "case",
            report.c.subject_id.in_(list(numbers)),
            report.c.state.in_((HalfReportState.OWED.value, HalfReportState.LATE.value)),
        )
        .values(unit_id=heir.id)
    )


def _carry_tasks(desk: Desk, numbers: Sequence[int], heir: Unit) -> None:
    task = table_of(Task)
    desk.session.connection().execute(
        sa.update(task)
        .where(
            task.c.office_id == desk.office_id,
            task.c.subject == "case",
            task.c.subject_id.in_(list(numbers)),
            task.c.state == TaskState.OPEN.value,
        )
        .values(unit_id=heir.id)
    )
    desk.session.flush()
    desk.session.expire_all()
