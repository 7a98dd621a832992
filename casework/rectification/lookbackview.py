"""Look-backs (回头看) as a page lists them: closed cases in sight, dated ones by their day, the others by closure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import office_palette
from casework.paging import Cursor, Page, page_keys
from casework.rectification.doing import need_in_sight
from casework.rectification.lookbacks import date_look_back, status_of
from casework.rows import CaseRow, case_rows
from casework.sight import cases_in_sight
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.life.rectification import ACTORS, CaseAct, CaseState
from core.lookbackrules import quarter_of, write_quarter
from models.base import table_of
from models.rectification import Rectification

CASE = table_of(Rectification)
DATED, OPEN = "dated", "undated"
STATUS_WORDS = {
    "dated": "已定日期",
    "due": "今天",
    "overdue": "已过期",
    "undated": "应当回头看，未定日期",
    "undrawn": "观察期内，未抽取",
    "observed": "观察期满",
}
QUARTERS = 6


@dataclass(frozen=True, slots=True)
class LookBackRow:
    """A closed case with where its look-back stands."""

    case: CaseRow
    closed_on: date | None
    look_back_on: date | None
    status: str
    rebounds: int

    @property
    def words(self) -> str:
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class LookBackPage:
    """One page of look-backs, the counts of both tabs, and the quarters that are over."""

    rows: Page[LookBackRow]
    counts: Mapping[str, int]
    palette: Palette
    quarters: tuple[str, ...]
    may_draw: bool
    may_date: bool


def look_backs_view(desk: Desk, tab: str, cursor: Cursor | None = None) -> LookBackPage:
    """Return one page of look-backs: dated ones by their day, others by the day of closure; at most four queries.

    raises   InvalidInput for a tab that is none
    """
    if tab not in (DATED, OPEN):
        raise InvalidInput("筛选条件不正确", found=tab[:40], expected="页面所列选项", remedy="回到列表重选")
    connection = desk.session.connection()
    state = CaseState.LOOK_BACK if tab == DATED else CaseState.CLOSED
    day = CASE.c.look_back_on if tab == DATED else CASE.c.closed_on
    query = sa.select(CASE.c.id, day).where(cases_in_sight(desk), CASE.c.state == state.value)
    keys = page_keys(connection, query, day, CASE.c.id, cursor, newest_first=tab == OPEN)
    states = (CaseState.LOOK_BACK.value, CaseState.CLOSED.value)
    count = sa.select(CASE.c.state, sa.func.count()).where(cases_in_sight(desk), CASE.c.state.in_(states))
    counts = {row[0]: row[1] for row in connection.execute(count.group_by(CASE.c.state))}
    roles = desk.actor.roles
    return LookBackPage(
        keys.showing(_rows(desk, [number for number, _day in keys.rows])),
        {DATED: counts.get(states[0], 0), OPEN: counts.get(states[1], 0)},
        office_palette(desk),
        _quarters(desk.today),
        bool(roles & {"officer", "director"}),
        bool(roles & ACTORS[CaseAct.SCHEDULE_LOOK_BACK]),
    )


def _rows(desk: Desk, ids: list[int]) -> tuple[LookBackRow, ...]:
    if not ids:
        return ()
    cases = {
        one.id: one for one in desk.session.exec(select(Rectification).where(col(Rectification.id).in_(ids)))
    }
    return tuple(
        LookBackRow(
            row,
            cases[row.id].closed_on,
            cases[row.id].look_back_on,
            status_of(desk, cases[row.id]),
            cases[row.id].rebounds,
        )
        for row in case_rows(desk, ids)
    )


def _quarters(today: date) -> tuple[str, ...]:
    """Return the quarters that are over, the last one first."""
    found = []
    day = quarter_of(today).from_on
    for _place in range(QUARTERS):
        before = quarter_of(date.fromordinal(day.toordinal() - 1))
        found.append(write_quarter(before))
        day = before.from_on
    return tuple(found)


def date_in_sight(desk: Desk, code: str, on: date | None, note: str) -> Rectification:
    """Date the look-back at a case in sight, or move it; raise NotFound for any other."""
    need_in_sight(desk, code)
    return date_look_back(desk, code, on, note)
