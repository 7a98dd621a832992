"""Half-month reports as pages list and show them: those of cases in sight; of matters, for who sees the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.paging import Cursor, Page, page_keys
from casework.rectification.halfreports import WAITING
from casework.rectification.timeline import names_of
from casework.sight import cases_in_sight, sees_office, units_in_sight
from core.errors import InvalidInput, NotFound
from core.life.halflife import HALF_REPORT, HalfReportAct, HalfReportState
from models.base import table_of
from models.halfreport import HalfReport
from models.organisation import Unit
from models.rectification import Rectification

HALF, UNIT, CASE = table_of(HalfReport), table_of(Unit), table_of(Rectification)
DUE = "due"
STATES = (DUE, *HalfReportState)
STATE_WORDS = {
    DUE: "待报和逾期",
    **{state.value: HALF_REPORT.state_labels[state] for state in HalfReportState},
}
CHOICES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class HalfRow:
    """A report with its unit and what may be done with it now."""

    row: Any
    unit: str
    unit_code: str
    sent_by: str
    read_by: str
    acts: frozenset[str]

    @property
    def state_word(self) -> str:
        return STATE_WORDS[self.row.state]

    @property
    def is_late(self) -> bool:
        """Tell whether it came, or still is, after its day."""
        sent_late = self.row.sent_on is not None and self.row.sent_on > self.row.due_on
        return self.row.state == HalfReportState.LATE or sent_late


@dataclass(frozen=True, slots=True)
class HalfPage:
    """One page of reports, the counts of the tabs, and the units to choose from."""

    rows: Page[HalfRow]
    counts: Mapping[str, int]
    units: tuple[tuple[str, str], ...]


def halves_in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for reports: of cases in sight, and of matters for who sees the office."""
    own = HALF.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    cases = sa.select(CASE.c.id).where(cases_in_sight(desk))
    return sa.and_(own, HALF.c.subject == "case", HALF.c.subject_id.in_(cases))


def half_reports_view(desk: Desk, state: str, unit: str, cursor: Cursor | None = None) -> HalfPage:
    """Return one page of reports, the earliest due first, those that came newest first; at most six queries.

    raises   InvalidInput for an unknown state
    """
    if state not in STATES:
        raise InvalidInput("筛选条件不正确", found=state[:40], expected="页面所列选项", remedy="回到列表重选")
    connection = desk.session.connection()
    base = [halves_in_sight(desk)]
    if unit:
        own = sa.select(UNIT.c.id).where(UNIT.c.code == unit, UNIT.c.office_id == desk.office_id)
        base.append(HALF.c.unit_id.in_(own))
    wanted = HALF.c.state.in_(WAITING if state == DUE else (state,))
    query = sa.select(HALF.c.id, HALF.c.due_on).where(*base, wanted)
    over = state in (HalfReportState.SENT, HalfReportState.WAIVED)
    keys = page_keys(connection, query, HALF.c.due_on, HALF.c.id, cursor, newest_first=over)
    count = sa.select(HALF.c.state, sa.func.count()).where(*base).group_by(HALF.c.state)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(count)}
    units = sa.select(UNIT.c.code, UNIT.c.name).where(units_in_sight(desk)).order_by(UNIT.c.code)
    return HalfPage(
        keys.showing(_rows(desk, [number for number, _day in keys.rows])),
        {**counts, DUE: sum(counts.get(one, 0) for one in WAITING)},
        tuple((row[0], row[1]) for row in connection.execute(units.limit(CHOICES_LIMIT))),
    )


def half_report_view(desk: Desk, number: int) -> HalfRow:
    """Return one report in sight; raise NotFound for any other."""
    found = _rows(desk, [number])
    if not found:
        raise NotFound(
            "没有这份半月报", found=str(number), expected="半月报编号", remedy="运行 ducha progress list 查看"
        )
    return found[0]


def _rows(desk: Desk, ids: list[int]) -> tuple[HalfRow, ...]:
    if not ids:
        return ()
    query = (
        sa.select(HALF, UNIT.c.name.label("unit"), UNIT.c.code.label("unit_code"))
        .join(UNIT, UNIT.c.id == HALF.c.unit_id)
        .where(HALF.c.id.in_(ids), halves_in_sight(desk))
    )
    rows = {row.id: row for row in desk.session.connection().execute(query)}
    names = names_of(desk, {code for row in rows.values() for code in (row.sent_by, row.read_by or "")}, [])
    return tuple(_half(desk, rows[number], names) for number in ids if number in rows)


def _half(desk: Desk, row: Any, names: Mapping[str, str]) -> HalfRow:
    acts = {str(act) for act in HALF_REPORT.acts(row.state, desk.actor.roles)} - {HalfReportAct.LAPSE.value}
    if row.unit_code == desk.actor.unit_code:
        acts.discard(HalfReportAct.SEND.value)  # somebody of the unit does not register for it
    if row.state == HalfReportState.SENT and row.read_on is None:
        acts.add("read")
    return HalfRow(
        row,
        row.unit,
        row.unit_code,
        names.get(row.sent_by, row.sent_by),
        names.get(row.read_by or "", row.read_by or ""),
        frozenset(acts),
    )
