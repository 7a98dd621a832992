"""What goes along with a unit beside its cases: its lawsuits, and the leads it was given to deal with."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from core.life.leadlife import LeadState
from core.life.matterlife import OVER
from core.life.tasklife import TaskState
from models.base import key_of, table_of
from models.lead import Lead
from models.matter import LitigationMatter, MatterParty
from models.organisation import Unit
from models.task import Task


def live_matters(desk: Desk, unit_ids: Sequence[int]) -> list[LitigationMatter]:
    """Return the matters in which some units are the defendant and that are not over, by number."""
    query = (
        select(LitigationMatter)
        .where(
            col(LitigationMatter.office_id) == desk.office_id,
            col(LitigationMatter.unit_id).in_(list(unit_ids)),
            col(LitigationMatter.state).not_in([state.value for state in OVER]),
        )
        .order_by(col(LitigationMatter.number))
    )
    return list(desk.session.exec(query))


def hand_on_matters(desk: Desk, matters: Sequence[LitigationMatter], heir: Unit, **why: object) -> int:
    """Let another unit stand for the defendant of matters; return how many moved.

    source   行政诉讼法 第二十六条: a unit that was abolished is sued in whoever carries on its powers
    """
    moving = [row for row in matters if row.unit_id != heir.id]
    for row in moving:
        before = desk.session.get_one(Unit, row.unit_id)
        same = desk.session.get(MatterParty, (row.id, heir.id))
        if same is not None:
            desk.session.delete(same)  # it was sued beside the unit for which it stands now
        row.unit_id = key_of(heir)
        desk.session.add(row)
        said = {"unit": heir.code, "before": before.code, **why}
        desk.record("matter", key_of(row), "reassign", unit_id=before.id, detail=said)
    desk.session.flush()
    task = table_of(Task)
    desk.session.connection().execute(
        sa.update(task)
        .where(
            task.c.office_id == desk.office_id,
            task.c.subject == "matter",
            task.c.subject_id.in_([row.id for row in moving]),
            task.c.state == TaskState.OPEN.value,
        )
        .values(unit_id=heir.id)
    )
    return len(moving)


def hand_on_leads(desk: Desk, unit_ids: Sequence[int], heir: Unit, **why: object) -> int:
    """Let another unit deal with the leads that some units were given; whom a lead is about stays as it was."""
    query = select(Lead).where(
        col(Lead.office_id) == desk.office_id,
        col(Lead.to_unit_id).in_(list(unit_ids)),
        col(Lead.state) == LeadState.TRANSFERRED.value,
    )
    rows = list(desk.session.exec(query))
    for row in rows:
        row.to_unit_id = key_of(heir)
        desk.session.add(row)
        desk.record("lead", key_of(row), "reassign", detail={"unit": heir.code, **why})
    desk.session.flush()
    return len(rows)
