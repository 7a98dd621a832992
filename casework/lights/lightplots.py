"""Two plots beside the light board: how many cases were lit week by week, and what falls due in the weeks to come."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from casework.desk import Desk
from casework.sight import cases_in_sight
from core.codes import Light
from core.ladders.palette import Palette
from core.life.rectification import CLOCK_RUNS
from delivery.columns import Columns, draw_columns
from models.base import table_of
from models.rectification import Rectification, Rung

CASE, RUNG = table_of(Rectification), table_of(Rung)
AHEAD_WEEKS = 8


@dataclass(frozen=True, slots=True)
class LightWeek:
    """How many cases were lit in a week, by light; `until` is its last day."""

    until: date
    numbers: dict[Light, int]

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True)
class DueWeek:
    """How many running cases fall due between two days; the first entry holds what is overdue."""

    name: str
    number: int
    late: bool


def _narrowed(
    desk: Desk, campaign_id: int | None, units: Sequence[int] | None
) -> list[sa.ColumnElement[bool]]:
    found = [cases_in_sight(desk)]
    if campaign_id is not None:
        found.append(CASE.c.campaign_id == campaign_id)
    if units is not None:
        found.append(CASE.c.unit_id.in_(list(units)))
    return found


def lights_lit(
    desk: Desk, campaign_id: int | None, units: Sequence[int] | None, weeks: Sequence[date], palette: Palette
) -> tuple[tuple[LightWeek, ...], Columns | None]:
    """Return how many cases in sight were lit in each week, with the plot; one query."""
    before = weeks[0] - timedelta(days=7)
    query = (
        sa.select(RUNG.c.fired_on, RUNG.c.light, sa.func.count())
        .join(CASE, CASE.c.id == RUNG.c.case_id)
        .where(RUNG.c.fired_on > before, RUNG.c.fired_on <= desk.today, *_narrowed(desk, campaign_id, units))
        .group_by(RUNG.c.fired_on, RUNG.c.light)
    )
    numbers: list[dict[Light, int]] = [dict.fromkeys(palette.lights, 0) for _week in weeks]
    for day, code, count in desk.session.connection().execute(query):
        place, light = bisect_left(weeks, day), Light(code)
        numbers[place][light] = numbers[place].get(light, 0) + count
    found = tuple(LightWeek(week, said) for week, said in zip(weeks, numbers, strict=True))
    order = palette.in_order({light for week in found for light in week.numbers})
    rows = [
        (
            f"{week.until.month}.{week.until.day}",
            [(light.value, week.numbers.get(light, 0)) for light in order],
        )
        for week in found
    ]
    return found, draw_columns(rows)


def due_ahead(
    desk: Desk, campaign_id: int | None, units: Sequence[int] | None
) -> tuple[tuple[DueWeek, ...], Columns | None]:
    """Return what is overdue and what falls due in each of the weeks to come, with the plot; one query."""
    running = [state.value for state in CLOCK_RUNS]
    query = (
        sa.select(CASE.c.due_on, sa.func.count())
        .where(
            *_narrowed(desk, campaign_id, units),
            CASE.c.state.in_(running),
            CASE.c.suspended_on.is_(None),
            CASE.c.due_on.is_not(None),
        )
        .group_by(CASE.c.due_on)
    )
    sunday = desk.today + timedelta(days=7 - desk.today.isoweekday())
    ends = [sunday + timedelta(weeks=place) for place in range(AHEAD_WEEKS)]
    late, numbers, later = 0, [0] * AHEAD_WEEKS, 0
    for day, count in desk.session.connection().execute(query):
        if day < desk.today:
            late += count
        elif day > ends[-1]:
            later += count
        else:
            numbers[bisect_left(ends, day)] += count
    named = [f"{end.month}.{end.day}前" for end in ends]
    found = [DueWeek("已逾期", late, late=True)]
    found += [DueWeek(name, number, late=False) for name, number in zip(named, numbers, strict=True)]
    found.append(DueWeek("以后", later, late=False))
    rows = [(one.name, [("late" if one.late else "due", one.number)]) for one in found]
    return tuple(found), draw_columns(rows)
