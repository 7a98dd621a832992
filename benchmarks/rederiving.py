"""B7: next year's holidays are announced: every open due date is derived anew, by the verbs that put a year in force.

One person proposes the table and another confirms it; what moves is written with its history, its new look day and a
correction for each unit that was told the old date.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.frame import Section, Table, clocked, middle, told
from benchmarks.world import build
from casework.calendar.calendars import confirm_year, propose
from casework.calendar.yearsources import YearTable
from casework.desk import Desk, at_desk
from core.calendar.workdays import Unit
from core.rulebook import CalendarYear
from models.base import table_of
from models.tables import AuditEntry, Person, Rectification
from system.memory import leave_loaded_alone
from system.settings import Settings

CASES, ROUNDS = 100_000, 3
QUICK = 300
TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
FIRST = date(2026, 9, 1)  # of the notices; they are spread over the working days from here to today
LIMITS = (15, 20, 30, 60)  # working days
CASE, ENTRY = table_of(Rectification), table_of(AuditEntry)


def _days(*spans: tuple[int, int, int, int]) -> tuple[date, ...]:
    """Return the days of spans of 2027 given as month, day, month, day."""
    found = []
    for first_month, first, last_month, last in spans:
        day, end = date(2027, first_month, first), date(2027, last_month, last)
        found += [day + timedelta(number) for number in range((end - day).days + 1)]
    return tuple(found)


# Made up after the pattern of the years before: the notice on 2027 is not published yet.
YEAR = CalendarYear(
    year=2027,
    status="official",
    source="示例年表（测量用）",
    off=_days(
        (1, 1, 1, 3), (2, 5, 2, 12), (4, 3, 4, 5), (5, 1, 5, 5), (6, 9, 6, 9), (9, 15, 9, 15), (10, 1, 10, 7)
    ),
    work=_days((2, 14, 2, 14), (2, 20, 2, 20), (4, 25, 4, 25), (9, 26, 9, 26), (10, 9, 10, 9)),
)


@dataclass(frozen=True, slots=True)
class County:
    """Open cases whose due dates were counted and noted as ducha does it."""

    engine: sa.Engine
    settings: Settings

    def desk(self, by: str | None) -> Any:
        return at_desk(self.engine, self.settings, by=by, today=TODAY, now=NOW)


def settle(folder: Path, cases: int) -> County:
    """Write the county: each case counts from its notice by its limit, under the calendar as it is known."""
    engine, settings = build(folder, cases=cases)
    county = County(engine, settings)
    with county.desk(None) as desk:
        for code, roles in (("P90", "officer"), ("P91", "officer")):
            desk.session.add(
                Person(office_id=desk.office_id, code=code, name=code, roles=roles, specialties="")
            )
        rows = list(_counted(desk, cases))
        desk.session.connection().execute(
            sa.update(CASE)
            .where(CASE.c.id == sa.bindparam("which"))
            .values({name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "which"}),
            [{key if key == "which" else f"new_{key}": value for key, value in row.items()} for row in rows],
        )
    return county


def _counted(desk: Desk, cases: int) -> Iterator[dict[str, Any]]:
    """Yield the columns of every case, and note in its history how its due date came about."""
    query = sa.select(CASE.c.id, CASE.c.unit_id)
    units = {row.id: row.unit_id for row in desk.session.connection().execute(query)}
    starts = [FIRST + timedelta(number) for number in range((TODAY - FIRST).days)]
    starts = [day for day in starts if desk.calendar.is_workday(day)]
    for number in range(1, cases + 1):
        start, limit = starts[number % len(starts)], LIMITS[number % len(LIMITS)]
        due = desk.calendar.due(start, limit, Unit.WORKDAY)
        desk.record(
            "case", number, "set_due", unit_id=units[number], from_state="rectifying", to_state="rectifying",
            on=start, due_on=due.due_on, calendar=due.version, provisional=due.provisional, start_on=start, count=limit,
            unit=Unit.WORKDAY.value,
        )  # fmt: skip
        yield {
            "which": number, "due_on": due.due_on, "first_due_on": due.due_on, "due_provisional": due.provisional,
            "signed_on": start, "served_on": start, "calendar_version": due.version,
            "next_due_on": max(TODAY, desk.calendar.after(due.due_on, -5)),
        }  # fmt: skip


def measure(quick: bool) -> Section:
    """Measure proposing and confirming, each time in a new county."""
    cases = QUICK if quick else CASES
    runs = []
    for _ in range(1 if quick else ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            runs.append(_run(settle(Path(name), cases)))
    last = runs[-1]
    whole = [one["proposed"] + one["confirmed"] for one in runs]
    rows = (
        ("proposed, with the list of what would move", told([one["proposed"] for one in runs])),
        ("confirmed by a second person, everything written", told([one["confirmed"] for one in runs])),
        ("both", told(whole)),
    )
    counts = (
        ("open cases looked at", f"{cases:,}"),
        ("due dates moved", f"{last['moved']:,}"),
        ("dates that were provisional and become firm", f"{last['firm']:,}"),
        ("entries of history written", f"{last['entries']:,}"),
        ("corrections drafted for units", f"{last['documents']:,}"),
    )
    return Section(
        "rederiving",
        "B7: a change of the calendar",
        f"""`make bench BENCH_ARGS=rederiving`. {cases:,} open cases of 500 units, told their due dates between
{FIRST} and {TODAY} with limits of {"、".join(map(str, LIMITS))} working days; then the holidays of 2027, until now
computed and marked as provisional, are proposed and confirmed. No peer does this: the other trackers keep the date
that was stored.""",
        (Table(("seconds", ""), rows), Table(("", "count"), counts)),
        figures={"seconds": middle(whole), "moved": float(last["moved"]), "entries": float(last["entries"])},
    )


def _run(county: County) -> dict[str, Any]:
    before = _entries(county)
    leave_loaded_alone()

    def proposing() -> dict[str, object]:
        with county.desk("P90") as desk:
            return propose(desk, YearTable(YEAR, "2027.yaml"))

    def confirming() -> dict[str, Any]:
        with county.desk("P91") as desk:
            return confirm_year(desk, YEAR.year)

    proposed, _said = clocked(proposing)
    confirmed, done = clocked(confirming)
    found = {
        "proposed": proposed, "confirmed": confirmed, "moved": len(done["moved"]), "firm": len(done["firm"]),
        "documents": len(done["documents"]), "entries": _entries(county) - before,
    }  # fmt: skip
    county.engine.dispose()
    if not found["moved"]:
        raise SystemExit("没有期限变动，测量没有意义")
    return found


def _entries(county: County) -> int:
    with county.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(ENTRY)).scalar_one()
