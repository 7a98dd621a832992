"""What a change of units would move, before anybody records it: cases, lawsuits, drafts, tasks, visits, children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.rows import CaseRow, case_rows
from casework.staff.people import find_unit, require_role
from casework.units.genealogy import KEEPERS, Wanted
from casework.units.handingmatters import live_matters
from casework.units.handingon import UNSIGNED, live_cases
from casework.units.unitchecks import check_change
from core.life.lives import DocumentState
from core.life.tasklife import TaskState
from core.life.unitlife import ENDING, UNIT_CHANGE_LABELS, UnitChangeKind
from models.base import key_of, table_of
from models.campaign import Campaign, Visit
from models.document import Document
from models.organisation import Unit
from models.task import Task

DOCUMENT, TASK, UNIT = table_of(Document), table_of(Task), table_of(Unit)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """A change that could be recorded, with what it moves; `heir` takes all of it, where one unit does."""

    wanted: Wanted
    label: str
    formers: tuple[Unit, ...]
    successors: tuple[Unit, ...]
    heir: Unit | None
    by_hand: bool
    at_once: bool
    blocked: bool
    cases: tuple[CaseRow, ...]
    case_count: int
    matters: tuple[str, ...]
    drafts: int
    issued: int
    tasks: int
    visits: tuple[tuple[str, str, date], ...]
    children: tuple[tuple[str, str], ...]

    @property
    def ends(self) -> bool:
        return self.wanted.kind.value in ENDING


def preview_change(desk: Desk, wanted: Wanted) -> ChangePreview:
    """Return what a change would do; nothing is written.

    raises   NotAllowed, NotFound, InvalidInput, Refused: what recording it would raise
    """
    require_role(desk, KEEPERS, "登记机构变动")
    formers = [find_unit(desk, code) for code in dict.fromkeys(wanted.formers)]
    successors = [find_unit(desk, code) for code in dict.fromkeys(wanted.successors)]
    check_change(desk, wanted.kind, formers, successors, wanted.basis, wanted.name, wanted.effective_on)
    numbers = [key_of(one) for one in formers]
    moves = wanted.kind.value in ENDING
    cases = live_cases(desk, numbers) if moves else []
    matters = live_matters(desk, numbers) if moves else []
    at_once = wanted.effective_on <= desk.today
    abolished = wanted.kind is UnitChangeKind.ABOLISH
    return ChangePreview(
        wanted=wanted,
        label=UNIT_CHANGE_LABELS[wanted.kind],
        formers=tuple(formers),
        successors=tuple(successors),
        heir=successors[0] if wanted.kind is UnitChangeKind.MERGE else None,
        by_hand=wanted.kind is UnitChangeKind.SPLIT or abolished,
        at_once=at_once,
        blocked=abolished and at_once and bool(cases or matters),
        cases=case_rows(desk, [case.id for case in cases[:SHOWN]]),
        case_count=len(cases),
        matters=tuple(row.number for row in matters),
        drafts=_documents(desk, numbers, UNSIGNED),
        issued=_documents(desk, numbers, (DocumentState.ISSUED.value, DocumentState.SERVED.value)),
        tasks=_tasks(desk, numbers) if moves else 0,
        visits=_visits(desk, numbers, wanted.effective_on) if moves else (),
        children=_children(desk, formers) if wanted.kind is UnitChangeKind.MERGE else (),
    )


def _documents(desk: Desk, numbers: Sequence[int], states: Sequence[str]) -> int:
    query = sa.select(sa.func.count()).where(
        DOCUMENT.c.office_id == desk.office_id,
        DOCUMENT.c.unit_id.in_(list(numbers)),
        DOCUMENT.c.state.in_(list(states)),
    )
    return int(desk.session.connection().execute(query).scalar() or 0)


def _tasks(desk: Desk, numbers: Sequence[int]) -> int:
    query = sa.select(sa.func.count()).where(
        TASK.c.office_id == desk.office_id,
        TASK.c.unit_id.in_(list(numbers)),
        TASK.c.subject.in_(("case", "matter")),
        TASK.c.state == TaskState.OPEN.value,
    )
    return int(desk.session.connection().execute(query).scalar() or 0)


def _visits(desk: Desk, numbers: Sequence[int], day: date) -> tuple[tuple[str, str, date], ...]:
    """Return campaign, unit and first day of the visits to come that somebody must plan anew."""
    query = (
        select(col(Campaign.code), col(Unit.name), col(Visit.from_on))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .where(
            col(Visit.office_id) == desk.office_id,
            col(Visit.unit_id).in_(list(numbers)),
            col(Visit.from_on) >= max(day, desk.today),
            col(Campaign.state) != "closed",
        )
        .order_by(col(Visit.from_on), col(Campaign.code))
    )
    return tuple((code, name, from_on) for code, name, from_on in desk.session.exec(query))


def _children(desk: Desk, formers: Sequence[Unit]) -> tuple[tuple[str, str], ...]:
    query = sa.select(UNIT.c.code, UNIT.c.name).where(
        UNIT.c.office_id == desk.office_id, UNIT.c.parent_code.in_([unit.code for unit in formers])
    )
    found = desk.session.connection().execute(query.order_by(UNIT.c.code))
    return tuple((row.code, row.name) for row in found)
