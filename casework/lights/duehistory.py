"""How due dates came about: the audited facts of each, and the calendars that were in force then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import sqlalchemy as sa

from casework.desk import Desk
from casework.rulesets.library import laid_over, rules_calendar
from core.calendar.workdays import Calendar, Unit
from models.base import table_of
from models.record import AuditEntry, CalendarTable

ENTRY = table_of(AuditEntry)
SETTLED = ("closed", "look_back", "archived")


@dataclass(frozen=True, slots=True)
class DueSet:
    """One audited setting of a due date; the counted facts are None when it was given as a day.

    restarts    the case was opened again: no due date is set, and the next one may be any day
    recounted   another calendar gave the day, not a new fact
    named_on    the day on which a person named the due date, or from which an old ledger says it ran
    """

    due_on: date | None
    start_on: date | None = None
    count: int | None = None
    unit: Unit = Unit.WORKDAY
    calendar: str | None = None
    provisional: bool = False
    suspended_workdays: int = 0
    restarts: bool = False
    recounted: bool = False
    named_on: date | None = None


RESTART = DueSet(None, restarts=True)


def due_history(desk: Desk, cases: sa.Select[tuple[int]] | None = None) -> Iterator[tuple[int, DueSet]]:
    """Yield every case with each setting of its due date, by case, oldest first; one query for all cases.

    cases   the ids of those that are wanted; of all when None
    """
    reopened = sa.and_(ENTRY.c.from_state.in_(SETTLED), ENTRY.c.to_state == "rectifying")
    query = (
        sa.select(ENTRY.c.subject_id, ENTRY.c.on_day, ENTRY.c.detail, reopened.label("reopened"))
        .where(
            ENTRY.c.office_id == desk.office_id,
            ENTRY.c.subject == "case",
            sa.or_(ENTRY.c.act == "set_due", reopened, ENTRY.c.detail.like('%"due_on":"%')),
        )
        .order_by(ENTRY.c.subject_id, ENTRY.c.shard, ENTRY.c.seq)
        .execution_options(yield_per=2_000)
    )
    if cases is not None:
        query = query.where(ENTRY.c.subject_id.in_(cases))
    with desk.session.connection().execute(query) as rows:
        for row in rows:
            if row.reopened:
                yield row.subject_id, RESTART
            set_now = _read(row.on_day, row.detail)
            if set_now is not None:
                yield row.subject_id, set_now


@lru_cache(maxsize=10_000)  # cases of one notice were told the same in the same words
def _read(on_day: date, detail: str) -> DueSet | None:
    """Return the setting that an entry tells of; None when it is about something else."""
    said = json.loads(detail) if detail else {}
    if "due_on" not in said:
        return None
    suspended = said.get("suspended_workdays")
    start, count = counted_from(on_day, said)
    return DueSet(
        date.fromisoformat(str(said["due_on"])),
        start,
        count,
        Unit(str(said.get("unit", Unit.WORKDAY))),
        str(said["calendar"]) if "calendar" in said else None,
        said.get("provisional") is True,
        suspended if isinstance(suspended, int) else 0,
        recounted="calendar_year" in said,
        named_on=date.fromisoformat(str(said["signed_on"])) if "signed_on" in said else on_day,
    )


def counted_from(on_day: date, said: Mapping[str, object]) -> tuple[date | None, int | None]:
    """Return the day from which an entry counted a due date, its own unless it names one, and how many days it counted.

    Both are None when the due date was given as a day.
    """
    count, start = said.get("count"), said.get("start_on")
    if not isinstance(count, int):
        return None, None
    return date.fromisoformat(str(start)) if start else on_day, count


def calendars_by_version(desk: Desk) -> dict[str, Calendar]:
    """Return {version: calendar} of the present calendar and of those before each import, as the rule files are now."""
    query = (
        sa.select(CalendarTable)
        .where(table_of(CalendarTable).c.office_id == desk.office_id)
        .order_by(table_of(CalendarTable).c.imported_at, table_of(CalendarTable).c.version)
    )
    calendar = rules_calendar(desk.rules, desk.office.code)
    found = {calendar.version: calendar}
    for row in desk.session.scalars(query):
        calendar = laid_over(calendar, row.content)
        found[calendar.version] = calendar
    return found | {desk.calendar.version: desk.calendar}
