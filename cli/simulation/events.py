"""What comes to a county from outside: the yearly notice of holidays, and reforms that rename, merge or split units."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path

from casework.calendar.calendars import confirm_year, propose_file
from casework.desk import Desk
from cli.simulation.county import DIRECTOR, OFFICERS
from cli.simulation.world import World

FESTIVALS = ((1, 1, 3), (2, 4, 8), (4, 4, 3), (5, 1, 5), (6, 8, 3), (9, 14, 3), (10, 1, 7))
"""First day and length of what is off: invented for the years whose notices are not published yet."""
MADE_UP = ((2, 14), (5, 9), (9, 26), (10, 10))


def first_tables(world: World) -> None:
    """Put provisional tables of the years after the last shipped one in force: no deadline may fall into the dark."""
    for year in range(world.shape.first.year + 2, world.shape.last.year + 3):
        _change(world, year, "provisional")


def schedule(world: World, year: int) -> None:
    """Put the notice of next year's holidays into the diaries: proposed in November, confirmed by a second person."""
    path = _write(world.folder, year + 1, "official")
    day = world.calendar.after(date(year, 11, 5), 1)
    world.on(day, OFFICERS[0], "提出工作日历", partial(_propose, world, path, year + 1))


def _propose(world: World, path: Path, year: int, desk: Desk) -> None:
    propose_file(desk, path)
    world.later(1, DIRECTOR, "确认工作日历", partial(_confirm, year))


def _confirm(year: int, desk: Desk) -> None:
    confirm_year(desk, year)


def _change(world: World, year: int, status: str) -> None:
    path = _write(world.folder, year, status)
    with world.desk(by=OFFICERS[0]) as desk:
        propose_file(desk, path)
    with world.desk(by=DIRECTOR) as desk:
        confirm_year(desk, year)


def _write(folder: Path, year: int, status: str) -> Path:
    off = [date(year, month, day) + timedelta(n) for month, day, length in FESTIVALS for n in range(length)]
    work = [] if status == "provisional" else [_weekend(date(year, *day)) for day in MADE_UP]
    days = "".join(f"  - {day}\n" for day in off)
    worked = "".join(f"  - {day}\n" for day in sorted(set(work) - set(off)))
    path = folder / f"{year}-{status}.yaml"
    path.write_text(
        f'year: {year}\nstatus: {status}\nsource: "模拟年表，并非实际放假安排"\n"off":\n{days}'
        + (f"work:\n{worked}" if worked else "work: []\n"),
        encoding="utf-8",
    )
    return path


def _weekend(day: date) -> date:
    """Return the Saturday of a day's week: only weekend days can be made-up workdays."""
    return day + timedelta(5 - day.weekday())
