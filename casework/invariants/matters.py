"""INV-5, INV-8 and INV-11 for matters of litigation: days and lights follow from their facts, rules are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.lights.duehistory import calendars_by_version
from casework.litigation.files import IDS_AT_ONCE, MatterFile, load_files, rules_of_matter
from casework.litigation.lights import Derived, derive
from core.calendar.workdays import Calendar
from core.errors import DuchaError
from core.rulebook.clocks import find_clock
from models.base import table_of
from models.matter import LitigationMatter, MatterDate, MatterSheet

MATTER, SHEET = table_of(LitigationMatter), table_of(MatterSheet)


def check_matters(desk: Desk) -> list[Invariant]:
    """Return what holds for matters: INV-5 their days, INV-8 their lights and sheets, INV-11 their frozen rules."""
    days = Tally("INV-5", "行政争议的期限和查看日可由事实推算")
    lights = Tally("INV-8", "行政争议的灯色可由事实推算，每轮每色一份单")
    frozen = Tally("INV-11", "行政争议所冻结的规则可以读取")
    calendars = calendars_by_version(desk)
    for file in _files(desk, frozen):
        _check_dates(file, desk, calendars, days)
        _check_standing(desk, file, days, lights)
    _check_sheets(desk, lights)
    return [days.close(), lights.close(), frozen.close()]


def _files(desk: Desk, frozen: Tally) -> Iterator[MatterFile]:
    """Yield every matter, page by page; one whose rules cannot be read is told and left out."""
    after = 0
    while True:
        query = (
            select(LitigationMatter)
            .where(col(LitigationMatter.office_id) == desk.office_id, col(LitigationMatter.id) > after)
            .order_by(col(LitigationMatter.id))
            .limit(IDS_AT_ONCE)
        )
        rows = list(desk.session.exec(query))
        if not rows:
            return
        readable = []
        for row in rows:
            frozen.look_at(1)
            try:
                rules_of_matter(desk, row).litigation_of(desk.office.code)
            except DuchaError as error:
                frozen.find(f"{row.number} 冻结的规则不能读取：{error.what}")
            else:
                readable.append(row)
        yield from load_files(desk, readable)
        after = rows[-1].id or after


def _check_dates(file: MatterFile, desk: Desk, calendars: dict[str, Calendar], tally: Tally) -> None:
    """Count every counted date again, with the calendar it names."""
    for row in file.dates.values():
        if row.clock is None:
            continue
        tally.look_at(1)
        calendar = calendars.get(row.calendar_version or "")
        if calendar is None:
            continue  # counted with rule files that have changed since
        due_on, provisional = _again(desk, file, row, calendar)
        if due_on != row.on_day:
            tally.find(f"{file.row.number} {row.code} {row.on_day}与推算的{due_on}不符")
        elif provisional != row.provisional:
            tally.find(f"{file.row.number} {row.code} 暂定标记与日历不符")


def _again(desk: Desk, file: MatterFile, row: MatterDate, calendar: Calendar) -> tuple[date, bool]:
    clock = find_clock(rules_of_matter(desk, file.row).clocks, row.clock or "")
    assert row.start_on is not None  # the CHECK of the table
    due = clock.due(row.start_on, calendar, row.variant, extended=row.extended)
    return due.due_on, due.provisional


def _check_standing(desk: Desk, file: MatterFile, days: Tally, lights: Tally) -> None:
    row = file.row
    days.look_at(1)
    lights.look_at(1)
    if row.set_aside is not None:
        return  # the warnings tell of it
    try:
        derived = derive(desk, file)
    except DuchaError as error:
        lights.find(f"{row.number} 不能推算：{error.what}")
        return
    if row.next_due_on is not None and row.next_due_on <= desk.today:
        return  # the watch of today has still to look at it
    if row.next_due_on != derived.next_due_on:
        days.find(f"{row.number} 下次查看日{row.next_due_on}，应为{derived.next_due_on}")
    if not _agrees(row, derived):
        lights.find(f"{row.number} 所存灯色{row.light}，应为{derived.light.value}")


def _agrees(row: LitigationMatter, derived: Derived) -> bool:
    stored = (row.light, row.highest_light, row.round)
    return stored == (derived.light.value, derived.highest.value, derived.round)


def _check_sheets(desk: Desk, tally: Tally) -> None:
    """Look for a sheet of a colour that its matter never reached, or twice in a round."""
    twice = (
        sa.select(SHEET.c.matter_id, SHEET.c.light)
        .join(MATTER, MATTER.c.id == SHEET.c.matter_id)
        .where(MATTER.c.office_id == desk.office_id)
        .group_by(SHEET.c.matter_id, SHEET.c.round, SHEET.c.light)
        .having(sa.func.count() > 1)
    )
    for row in desk.session.connection().execute(twice):
        tally.find(f"行政争议{row.matter_id} {row.light} 一轮内有两份单")
