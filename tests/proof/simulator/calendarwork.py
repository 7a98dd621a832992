"""The holidays of a simulation: one person proposes a day more or less, another confirms what he has seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlmodel import col, select

from casework.calendar.calendars import confirm_year, newest_table, propose, reject_year
from casework.calendar.yearsources import YearTable
from casework.desk import Desk
from core.rulebook import CalendarYear
from models.record import CalendarProposal
from tests.proof.simulator.county import DIRECTOR, OFFICER, SECOND
from tests.proof.simulator.office import SimulatedOffice
from tests.proof.simulator.people import Deed

CHANGE = 0.15  # of the mornings on which nothing is proposed
BACK, AHEAD = 15, 40  # days from today: a table is mended afterwards, too
WEEKEND = 5


def calendar_deeds(office: SimulatedOffice, desk: Desk) -> Iterator[Deed]:
    """Yield the next step of a change of this year's table."""
    query = select(CalendarProposal).where(col(CalendarProposal.state) == "proposed")
    waiting, chance = desk.session.exec(query).first(), office.dice.random()
    if waiting is None and chance < CHANGE:
        table = _changed(office.dice, desk)
        yield Deed(OFFICER, "propose calendar", lambda d: propose(d, YearTable(table, "通知.yaml")))
    elif waiting is not None and chance < 0.6:
        yield Deed(DIRECTOR, "confirm calendar", partial(_confirm, waiting.year, waiting.sha256))
    elif waiting is not None and chance < 0.7:
        yield Deed(DIRECTOR, "reject calendar", lambda d, y=waiting.year: reject_year(d, y, "与放假通知不符"))
    elif waiting is not None:  # what it moves may have changed since
        same = YearTable(CalendarYear.model_validate_json(waiting.content), waiting.origin)
        yield Deed(SECOND, "propose calendar", lambda d: propose(d, same))


def _confirm(year: int, seen: str, desk: Desk) -> None:
    confirm_year(desk, year, seen[:12])


def _changed(dice: Random, desk: Desk) -> CalendarYear:
    """Return the table in force with one day made a holiday, or one to work on."""
    table = newest_table(desk, desk.today.year) or desk.rules.calendars[desk.today.year]
    first = max(desk.today - timedelta(BACK), date(desk.today.year, 1, 1))
    last = min(desk.today + timedelta(AHEAD), date(desk.today.year, 12, 31))
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    day = dice.choice([one for one in days if one != desk.today])
    off, work = set(table.off) - {day}, set(table.work) - {day}
    if desk.calendar.is_workday(day):
        off |= {day} if day.weekday() < WEEKEND else set()
    else:
        work |= {day} if day.weekday() >= WEEKEND else set()
    return table.model_copy(
        update={"off": tuple(sorted(off)), "work": tuple(sorted(work)), "source": f"关于调整{day}的通知"}
    )
