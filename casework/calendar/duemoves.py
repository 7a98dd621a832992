"""Which open due dates another calendar moves: derived anew from their facts, never earlier than notified.

Stored due dates here are those of cases (casework/lights/duedates.py); limits of leads and linkage are moved in
casework/calendar/limitmoves.py.
What a document prints for a plan, a reply or an objection is part of the document and stays; a day that a person
named (an extension, a look-back) is no result of counting and stays too.
source   民法典 第二百零一条、第二百零三条
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.duehistory import DueSet, due_history
from core.calendar.workdays import Calendar
from core.calendar.workdays import Unit as PeriodUnit
from core.life.rectification import SETTLED
from models.base import table_of
from models.campaign import Finding
from models.organisation import Unit
from models.rectification import Rectification

CASE, FINDING, UNIT = table_of(Rectification), table_of(Finding), table_of(Unit)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the facts of a case give under a calendar; `start_on` and `count` are its last counted step."""

    due_on: date
    provisional: bool
    from_on: date
    start_on: date | None = None
    count: int | None = None
    unit: PeriodUnit = PeriodUnit.WORKDAY


@dataclass(frozen=True, slots=True)
class DueMove:
    """An open case whose due date was looked at; `notified`: the unit has a signed notice with the old date."""

    case_id: int
    code: str
    state: str
    unit_id: int
    unit: str
    campaign_id: int
    item: str
    notified: bool
    before: date
    after: date
    was_provisional: bool
    derived: Derived

    @property
    def moves(self) -> bool:
        return self.after != self.before

    @property
    def becomes_firm(self) -> bool:
        return self.was_provisional and not self.derived.provisional and not self.moves

    @property
    def must_be_written(self) -> bool:
        return self.moves or self.was_provisional != self.derived.provisional


def due_moves(desk: Desk, calendar: Calendar, year: int | None = None) -> list[DueMove]:
    """Return the open cases by code, each with what a calendar makes of its due date; raise CalendarMissing.

    year   only the cases that a change of this year's table touches
    """
    where = _may_be_touched(desk, year)
    histories = due_histories(desk, sa.select(CASE.c.id).where(where))
    found = []
    for case in _open_cases(desk, where):
        derived = derive(calendar, histories.get(case.id, ()))
        if derived is not None and (year is None or _is_touched(case, derived, year)):
            found.append(_move(case, derived))
    return found


def _may_be_touched(desk: Desk, year: int | None) -> sa.ColumnElement[bool]:
    """Return the condition for open cases that a change of a year's table may touch; all of them without a year.

    A count that ended before the year, by tables that were published, never came to it and does not change.
    """
    is_open = sa.and_(
        CASE.c.office_id == desk.office_id, CASE.c.due_on.is_not(None), CASE.c.state.not_in(sorted(SETTLED))
    )
    if year is None:
        return is_open
    return sa.and_(is_open, sa.or_(CASE.c.due_provisional.is_(True), CASE.c.due_on >= date(year, 1, 1)))


def due_histories(desk: Desk, cases: sa.Select[tuple[int]] | None = None) -> dict[int, list[DueSet]]:
    """Return the settings of each case in its present round; what a calendar changed is no fact and left out.

    cases   the ids of those that are wanted; of all when None
    """
    found: dict[int, list[DueSet]] = defaultdict(list)
    for case_id, entry in due_history(desk, cases):
        if entry.restarts:
            found[case_id].clear()
        elif not entry.recounted:
            found[case_id].append(entry)
    return found


def _open_cases(desk: Desk, where: sa.ColumnElement[bool]) -> Sequence[Any]:
    query = (
        sa.select(
            CASE.c.id, CASE.c.unit_id, CASE.c.campaign_id, CASE.c.state, CASE.c.due_on, CASE.c.due_provisional,
            CASE.c.signed_on, FINDING.c.code, FINDING.c.item, UNIT.c.code.label("unit"),
        )
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(where)
        .order_by(FINDING.c.code)
    )  # fmt: skip
    return desk.session.connection().execute(query).all()


def derive(calendar: Calendar, history: Iterable[DueSet]) -> Derived | None:
    """Replay the facts behind a due date, oldest first; None when there are none. Raises CalendarMissing."""
    known: Derived | None = None
    for entry in history:
        if entry.suspended_workdays and known is not None:
            # Counted on from the due date as it is derived now, not from the one that stood then.
            known = _count(
                calendar, known.from_on, known.due_on, entry.suspended_workdays, PeriodUnit.WORKDAY
            )
        elif entry.start_on is not None and entry.count is not None:
            known = _count(calendar, entry.start_on, entry.start_on, entry.count, entry.unit)
        elif entry.due_on is not None:
            named_on = entry.named_on or entry.due_on
            maybe = calendar.is_provisional(named_on, entry.due_on)
            known = Derived(entry.due_on, maybe, min(named_on, entry.due_on))
    return known


def _count(calendar: Calendar, from_on: date, start: date, count: int, unit: PeriodUnit) -> Derived:
    due_on, provisional, _decided_from = calendar.reach(start, count, unit)
    return Derived(due_on, provisional, from_on, start, count, unit)


def _is_touched(case: Any, derived: Derived, year: int) -> bool:
    return bool(case.due_provisional) or derived.from_on.year <= year <= max(case.due_on, derived.due_on).year


def _move(case: Any, derived: Derived) -> DueMove:
    return DueMove(
        case_id=case.id,
        code=case.code,
        state=case.state,
        unit_id=case.unit_id,
        unit=case.unit,
        campaign_id=case.campaign_id,
        item=case.item,
        notified=case.signed_on is not None,
        before=case.due_on,
        after=max(case.due_on, derived.due_on),
        was_provisional=bool(case.due_provisional),
        derived=derived,
    )


def write_moves(desk: Desk, moves: Iterable[DueMove], year: int) -> None:
    """Write the due dates that move or whose mark changes, each with its entry in the history of its case."""
    rows = []
    for one in moves:
        if not one.must_be_written:
            continue
        rows.append({"which": one.case_id, "day": one.after, "maybe": one.derived.provisional})
        desk.record(
            "case", one.case_id, "set_due", unit_id=one.unit_id, from_state=one.state, to_state=one.state,
            due_on=one.after, before=one.before, provisional=one.derived.provisional,
            calendar=desk.calendar.version, calendar_year=year, start_on=one.derived.start_on,
            count=one.derived.count, unit=one.derived.unit.value if one.derived.count else None,
            note=f"{year}年工作日历调整，重新核定期限",
        )  # fmt: skip
    if rows:
        desk.session.connection().execute(
            sa.update(CASE)
            .where(CASE.c.id == sa.bindparam("which"))
            .values(
                due_on=sa.bindparam("day"),
                due_provisional=sa.bindparam("maybe"),
                calendar_version=desk.calendar.version,
            ),
            rows,
        )
        desk.session.expire_all()
