"""Tasks (待办任务): what a named person of the office must do by a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.tasklife import TaskState
from models.base import STRICT, check, one_of


class Task(SQLModel, table=True):
    """Something to be done by a day about a subject; `key` is its cause, so that the same cause opens it once.

    `confidential` tasks belong to the compartment of linkage: only people named for it see them.
    """

    __table_args__ = (
        UniqueConstraint("office_id", "key"),
        one_of("state", TaskState),
        check("done_has_day", "state <> 'done' OR (done_on IS NOT NULL AND done_by IS NOT NULL)"),
        Index("ix_task_office_id_state_due_on", "office_id", "state", "due_on"),
        Index("ix_task_subject", "subject", "subject_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    key: str
    kind: str  # what is to be done, as a code of the part that opened it
    title: str
    subject: str  # an audit subject
    subject_id: int
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    owner: str = ""  # code of a person or post; empty means whoever holds the role
    role: str  # the role it falls to
    confidential: bool = False
    state: str
    opened_on: date
    due_on: date | None = None
    due_provisional: bool = False
    done_on: date | None = None
    done_by: str | None = None
    note: str = ""
