"""The lines of a document's page: its files, mails, records of service, answers and steps of review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.answers import OUTCOME_LABELS
from casework.paperwork.reviewing import STEP_LABELS
from casework.rectification.timelinewords import CHANNEL_LABELS
from casework.rows import CaseRow
from core.codes import Light
from models.base import table_of
from models.document import DocumentApproval, DocumentFile, DocumentReply, ServiceRecord

FILE = table_of(DocumentFile)


@dataclass(frozen=True, slots=True)
class CaseOnPaper:
    """A case as it stood on a document when the row was written, beside how it stands now."""

    now: CaseRow
    light: Light
    due_on: date | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """A stored file of a document."""

    id: int
    role: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One record of service, or one answer of the unit: `what` is the channel or the outcome."""

    what: str
    on: date
    recorded_by: str
    note: str
    file_sha256: str | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of review; a void one tells why."""

    step: str
    by: str
    on: date
    note: str
    void_reason: str


def files_lines(desk: Desk, document_id: int) -> tuple[FileLine, ...]:
    """Return the stored files of a document, oldest first."""
    query = (
        sa.select(FILE.c.id, FILE.c.role, FILE.c.name, FILE.c.sha256, sa.func.length(FILE.c.content))
        .where(FILE.c.document_id == document_id)
        .order_by(FILE.c.id)
    )
    return tuple(FileLine(*row) for row in desk.session.connection().execute(query))


def rows_of(desk: Desk, model: Any, document_id: int) -> Sequence[Any]:
    """Return the rows of a model that belong to a document, oldest first."""
    query = select(model).where(col(model.document_id) == document_id).order_by(col(model.id))
    rows: Sequence[Any] = desk.session.exec(query).all()
    return rows


def service_line(row: ServiceRecord, names: dict[str, str]) -> ServiceLine:
    """Return a record of service as a page shows it."""
    return ServiceLine(
        CHANNEL_LABELS.get(row.channel, row.channel),
        row.served_on,
        names.get(row.recorded_by, row.recorded_by),
        row.note if row.note != row.recorded_by else "",
        row.file_sha256,
    )


def reply_line(row: DocumentReply, names: dict[str, str]) -> ServiceLine:
    """Return an answer of the unit as a page shows it."""
    what = OUTCOME_LABELS.get(row.outcome, row.outcome)
    by = names.get(row.recorded_by, row.recorded_by)
    return ServiceLine(what, row.replied_on, by, row.note, row.file_sha256)


def step_line(row: DocumentApproval, names: dict[str, str]) -> StepLine:
    """Return a step of review as a page shows it."""
    return StepLine(
        STEP_LABELS.get(row.step, row.step),
        names.get(row.by, row.by),
        row.on_day,
        row.note,
        row.void_reason or "",
    )
