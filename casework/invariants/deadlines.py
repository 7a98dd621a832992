"""INV-5 and INV-12: due dates only move later, follow from their facts, and name their calendar."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.lights.duehistory import DueSet, calendars_by_version, due_history
from casework.lights.rederiving import LookDay, look_days
from core.calendar.workdays import Calendar
from core.life.rectification import CLOCK_RUNS
from models.base import table_of
from models.rectification import Rectification

CASE = table_of(Rectification)


def check_deadlines(desk: Desk) -> list[Invariant]:
    """Return INV-5 and INV-12."""
    moved = Tally("INV-5", "期限只延不缩，可由事实推算")
    sourced = Tally("INV-12", "期限注明所依日历，暂定的有标记")
    replay = _Replay(calendars_by_version(desk), moved, sourced)
    for case_id, entry in due_history(desk):
        replay.take(case_id, entry)
    _compare_cases(desk, replay)
    _compare_look_days(desk, moved)
    return [moved.close(), sourced.close()]


class _Replay:
    """The due dates of all cases as their history gives them, mistakes noted on the way."""

    def __init__(self, calendars: dict[str, Calendar], moved: Tally, sourced: Tally) -> None:
        self.calendars = calendars
        self.moved = moved
        self.sourced = sourced
        self.last: dict[int, DueSet] = {}
        self.counted: dict[int, DueSet] = {}
        self.maybe: dict[int, bool] = {}  # whether the due date was provisional when last derived

    def take(self, case_id: int, entry: DueSet) -> None:
        """Go one step on."""
        before = self.last.get(case_id)
        self.last[case_id] = entry
        if entry.due_on is None:
            self.counted.pop(case_id, None)
            self.maybe.pop(case_id, None)
            return
        self.moved.look_at(1)
        if before is not None and before.due_on is not None and entry.due_on < before.due_on:
            self.moved.find(f"整改事项{case_id} 期限由{before.due_on}提前到{entry.due_on}")
        if entry.calendar is not None:
            self.maybe[case_id] = entry.provisional
        if entry.start_on is not None and entry.count is not None:
            self.counted[case_id] = entry
            kept = before is not None and before.due_on == entry.due_on
            self._count_again(case_id, entry, entry.due_on, entry.calendar, kept=kept)

    def _count_again(
        self, case_id: int, entry: DueSet, due_on: date, version: str | None, *, kept: bool
    ) -> None:
        self.sourced.look_at(1)
        assert entry.start_on is not None
        assert entry.count is not None  # the caller has looked
        if version is None:
            self.sourced.find(f"整改事项{case_id} 期限没有注明所依日历")
            return
        calendar = self.calendars.get(version)
        if calendar is None:
            return  # counted with rule files that have changed since
        due = calendar.reach(entry.start_on, entry.count, entry.unit)
        # A notified due date stays when a later calendar would bring it forward.
        if due.due_on != due_on and not (kept and due.due_on < due_on):
            self.moved.find(f"整改事项{case_id} 期限{due_on}与推算的{due.due_on}不符")
        if due.provisional != entry.provisional:
            self.sourced.find(f"整改事项{case_id} 暂定标记与日历不符")


def _compare_cases(desk: Desk, replay: _Replay) -> None:
    """Compare the due date and its flag on each case with its history."""
    query = sa.select(CASE.c.id, CASE.c.due_on, CASE.c.due_provisional, CASE.c.calendar_version).where(
        CASE.c.office_id == desk.office_id, CASE.c.due_on.is_not(None)
    )
    # In order, so that the first examples are the same ones on every database and on every day.
    for row in desk.session.connection().execute(
        query.order_by(CASE.c.id).execution_options(yield_per=2_000)
    ):
        replay.moved.look_at(1)
        replay.sourced.look_at(1)
        last = replay.last.get(row.id)
        if last is None:
            replay.moved.find(f"整改事项{row.id} 期限{row.due_on}没有记录")
        elif last.due_on is not None and last.due_on != row.due_on:
            replay.moved.find(f"整改事项{row.id} 期限{row.due_on}与记录的{last.due_on}不符")
        if row.calendar_version is None and row.id in replay.counted:  # a day out of an old ledger has none
            replay.sourced.find(f"整改事项{row.id} 期限没有注明所依日历")
        if replay.maybe.get(row.id, False) and not row.due_provisional:
            replay.sourced.find(f"整改事项{row.id} 期限是暂定的，没有标记")


def _compare_look_days(desk: Desk, tally: Tally) -> None:
    """Derive for each case the day of its next look anew; a day that has come is as good as any other such day."""
    for day in look_days(desk):
        tally.look_at(1)
        if not _is_good(day, desk.today):
            tally.find(f"整改事项{day.case_id} 下次查看日{day.cached}，应为{day.derived}")
    resting = sa.or_(CASE.c.state.not_in(sorted(CLOCK_RUNS)), CASE.c.suspended_on.is_not(None))
    query = sa.select(CASE.c.id).where(
        CASE.c.office_id == desk.office_id, resting, CASE.c.next_due_on.is_not(None)
    )
    for number in desk.session.connection().execute(query).scalars():
        tally.find(f"整改事项{number} 计时已停，仍有下次查看日")


def _is_good(day: LookDay, today: date) -> bool:
    if day.cached == day.derived or (day.cached is not None and day.cached <= today):
        return True
    # The sweep looks no more at a case that waits for proof of service: recording it brings the case back.
    return day.cached is None and day.waits and day.derived is not None and day.derived > today
