"""The daily look at matters: those whose next day has come, by an index; the cost depends on what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.assessing import ask_for_derived
from casework.litigation.clocks import due_now
from casework.litigation.files import IDS_AT_ONCE, MatterFile, load_files
from casework.litigation.halves import owe_half_reports
from casework.litigation.lights import refresh
from casework.tasks import open_task
from core.errors import DuchaError
from core.ladders.matters import ANCHORS
from core.life.matterlife import OVER
from models.base import table_of
from models.matter import LitigationMatter, MatterDate

MATTER, DATE = table_of(LitigationMatter), table_of(MatterDate)


def watch_matters(desk: Desk) -> dict[str, object]:
    """Look at every matter that is due; return how many were, how many lights turned, what was set aside.

    A matter that cannot be derived is set aside with the reason, and tried again the next day; the others go on. A
    second run finds nothing due.
    """
    due = due_matters(desk)
    turned, broken = 0, 0
    for start in range(0, len(due), IDS_AT_ONCE):
        for file in load_files(desk, _rows(desk, due[start : start + IDS_AT_ONCE])):
            before = file.row.light
            if not _look(desk, file):
                broken += 1
            turned += file.row.light != before
    return {
        "due": len(due),
        "turned": turned,
        "set_aside": broken,
        "recount": _ask_recounts(desk),
        "half_reports": owe_half_reports(desk),
    }


def due_matters(desk: Desk) -> list[int]:
    """Return the ids of the matters to look at today, through the index on next_due_on."""
    query = (
        sa.select(MATTER.c.id)
        .where(MATTER.c.office_id == desk.office_id, MATTER.c.next_due_on <= desk.today)
        .order_by(MATTER.c.next_due_on, MATTER.c.id)
    )
    return list(desk.session.connection().execute(query).scalars())


def _rows(desk: Desk, ids: Sequence[int]) -> list[LitigationMatter]:
    query = (
        select(LitigationMatter).where(col(LitigationMatter.id).in_(ids)).order_by(col(LitigationMatter.id))
    )
    return list(desk.session.exec(query.with_for_update().execution_options(populate_existing=True)))


def _look(desk: Desk, file: MatterFile) -> bool:
    """Look at one matter in a savepoint of its own; a failure sets it aside and is told."""
    row = file.row
    try:
        with desk.apart():
            refresh(desk, file)
            ask_for_derived(desk, file)
    except (DuchaError, ValueError, KeyError) as error:
        # One matter that cannot be read or decided must not stop the others.
        desk.session.refresh(row)
        _set_aside(desk, row, file.id, f"{type(error).__name__}: {error}"[:300])
        return False
    return True


def _set_aside(desk: Desk, row: LitigationMatter, matter_id: int, why: str) -> None:
    """Take a matter out of today's look, with the reason; the same reason is told to the history once."""
    known = row.set_aside
    row.next_due_on, row.set_aside = desk.today + timedelta(days=1), why
    desk.session.add(row)
    desk.session.flush()
    if known != why:
        desk.record("matter", matter_id, "set_aside", unit_id=row.unit_id, error=why)


def _ask_recounts(desk: Desk) -> int:
    """Ask to confirm dates that were provisional and come out otherwise, or firm, with the calendar of today.

    A date is never moved by the machine: the task names the act (ducha matter date ... --recount).
    """
    asked = 0
    for row, matter in _provisional(desk):
        file = load_files(desk, [matter])[0]
        due = due_now(desk, file, row)
        if (due.due_on, due.provisional) == (row.on_day, row.provisional):
            continue
        task = open_task(
            desk,
            f"matter:{file.id}:recount:{row.code}:{row.version}",
            kind="matter_recount",
            title=f"{matter.number} {ANCHORS[row.code]}原为暂定{row.on_day}，按现行日历为{due.due_on}，请核定",
            subject="matter",
            subject_id=file.id,
            role="officer",
            due_on=desk.calendar.after(desk.today, 1),
            unit_id=matter.unit_id,
        )
        asked += task is not None
    return asked


def _provisional(desk: Desk) -> list[tuple[MatterDate, LitigationMatter]]:
    """Return the newest dates that were provisional under another calendar than today's, with their living matters."""
    newest = (
        sa.select(DATE.c.matter_id, DATE.c.code, sa.func.max(DATE.c.version).label("version"))
        .group_by(DATE.c.matter_id, DATE.c.code)
        .subquery()
    )
    query = (
        select(MatterDate, LitigationMatter)
        .join(LitigationMatter, col(LitigationMatter.id) == col(MatterDate.matter_id))
        .join(
            newest,
            sa.and_(
                newest.c.matter_id == col(MatterDate.matter_id),
                newest.c.code == col(MatterDate.code),
                newest.c.version == col(MatterDate.version),
            ),
        )
        .where(
            col(LitigationMatter.office_id) == desk.office_id,
            col(LitigationMatter.state).not_in([state.value for state in OVER]),
            col(MatterDate.provisional).is_(True),
            col(MatterDate.calendar_version) != desk.calendar.version,
        )
    )
    return [(row, matter) for row, matter in desk.session.exec(query)]
