"""INV-15 and INV-16: signatures for another were allowed that day, and every live case has a unit to answer for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.staff.people import split
from casework.units.handingon import OVER
from core.life.tasklife import TaskState
from models.base import table_of
from models.delegation import Delegation
from models.document import Document
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Rectification
from models.task import Task

ENTRY, CASE, UNIT, TASK = table_of(AuditEntry), table_of(Rectification), table_of(Unit), table_of(Task)
DOCUMENT, LENT = table_of(Document), table_of(Delegation)


@dataclass(frozen=True, slots=True)
class Used:
    """One use of what was lent: a signature on a document, or a decision on a case."""

    name: str
    principal: str
    delegate: str
    on: date
    document: str = ""
    act: str = ""


def check_surroundings(desk: Desk) -> list[Invariant]:
    """Return INV-15 and INV-16."""
    return [_lent(desk), _answered_for(desk)]


def _lent(desk: Desk) -> Invariant:
    tally = Tally("INV-15", "代签均在授权的期限和范围之内")
    link = desk.session.connection()
    known = link.execute(sa.select(LENT).where(LENT.c.office_id == desk.office_id)).all()
    for use in (*_signatures(desk), *_decisions(desk)):
        tally.look_at(1)
        if not any(_covers(row, use) for row in known):
            tally.find(f"{use.name}：{use.delegate} 于{use.on}代{use.principal}办理，没有有效的授权")
    return tally.close()


def _signatures(desk: Desk) -> Iterator[Used]:
    query = sa.select(
        DOCUMENT.c.id, DOCUMENT.c.number, DOCUMENT.c.kind, DOCUMENT.c.signed_for, DOCUMENT.c.signed_by,
        DOCUMENT.c.signed_on,
    ).where(
        DOCUMENT.c.office_id == desk.office_id,
        DOCUMENT.c.signed_for.is_not(None),
        DOCUMENT.c.signed_on.is_not(None),
    )  # fmt: skip
    for row in desk.session.connection().execute(query):
        name = row.number or f"文书{row.id}"
        yield Used(name, row.signed_for, row.signed_by, row.signed_on, document=row.kind)


def _decisions(desk: Desk) -> Iterator[Used]:
    query = sa.select(ENTRY.c.subject_id, ENTRY.c.act, ENTRY.c.actor, ENTRY.c.on_day, ENTRY.c.detail).where(
        ENTRY.c.office_id == desk.office_id,
        ENTRY.c.subject == "case",
        ENTRY.c.detail.like('%"signed_for":"%'),
    )
    for row in desk.session.connection().execute(query):
        said = json.loads(row.detail)
        yield Used(f"整改事项{row.subject_id}", said["signed_for"], row.actor, row.on_day, act=row.act)


def _covers(row: sa.Row[tuple[object, ...]], use: Used) -> bool:
    """Tell whether a delegation allowed a use; one for an act may be noted for a day before it was entered."""
    things = split(row.documents) if use.document else split(row.acts)
    named = {use.document or use.act, "*" if use.document else use.act} & set(things)
    ended = row.revoked_on is not None and use.on > row.revoked_on
    parties = (row.principal, row.delegate) == (use.principal, use.delegate)
    begun = row.from_on <= use.on or bool(use.act)
    return bool(named) and parties and begun and use.on <= row.until_on and not ended


def _answered_for(desk: Desk) -> Invariant:
    """Find live cases of a unit that has ended, for which nobody has been asked to name another."""
    tally = Tally("INV-16", "未了结的事项都有现存的责任单位")
    link = desk.session.connection()
    live = sa.and_(CASE.c.office_id == desk.office_id, CASE.c.state.not_in(OVER))
    tally.look_at(link.execute(sa.select(sa.func.count()).select_from(CASE).where(live)).scalar_one())
    asked = sa.exists().where(
        TASK.c.subject == "case",
        TASK.c.subject_id == CASE.c.id,
        TASK.c.kind == "assign_unit",
        TASK.c.state == TaskState.OPEN.value,
    )
    # What came back to life at a merged unit follows with the watch of the next working day.
    today = sa.exists().where(
        ENTRY.c.office_id == CASE.c.office_id,
        ENTRY.c.subject == "case",
        ENTRY.c.subject_id == CASE.c.id,
        ENTRY.c.on_day >= desk.today,
    )
    query = (
        sa.select(CASE.c.id, UNIT.c.code)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(live, UNIT.c.valid_until < desk.today, sa.not_(asked), sa.not_(today))
    )
    tally.find_all(f"整改事项{row.id} 的单位 {row.code} 已经撤并" for row in link.execute(query))
    return tally.close()
