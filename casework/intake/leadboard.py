"""Leads as pages show them: which ones somebody may know of, the list with its clocks, and one lead with its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import Filters, one_of, says
from casework.intake.leadclocks import running
from casework.intake.leads import STAFF, lead_rules
from casework.linkage.compartment import known_ids
from casework.paging import Cursor, Page, page_keys
from core.codes import LINE_LABELS, Line
from core.life.leadlife import CLOCK_LABELS, ENDED, LEAD, LeadClock, LeadState
from models.base import key_of, table_of
from models.lead import Lead
from models.organisation import Unit

LEAD_TABLE, UNIT = table_of(Lead), table_of(Unit)
STATE_LABELS = {state.value: label for state, label in LEAD.state_labels.items()}
CLOCK_WORDS = {"route": "登记分办", **{clock.value: CLOCK_LABELS[clock] for clock in LeadClock}}
EVERY, LATE = "all", "late"
OVER = tuple(state.value for state in ENDED)
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class LeadFilters(Filters):
    """What a reader narrows the leads to; empty means no limit, an empty state those that are under way."""

    state: str = one_of(EVERY, LATE, *LeadState)
    source: str = ""
    line: str = one_of(*Line)
    unit: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a lead that runs; `left` in working days, None where a calendar is missing."""

    code: str
    name: str
    due_on: date
    left: int | None


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as a list shows it: nothing of who brought it."""

    id: int
    number: str
    title: str
    source: str
    source_ref: str
    line: str
    unit: str
    state: str
    state_word: str
    received_on: date
    handler: str
    compartment: bool
    accusation: bool
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class LeadBoard:
    """One page of leads; `counts` by state over all that the reader may know of."""

    filters: LeadFilters
    page: Page[LeadRow]
    counts: dict[str, int]
    late: int
    sources: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    may_register: bool

    @property
    def active(self) -> int:
        return sum(number for state, number in self.counts.items() if state not in OVER)


def leads_in_sight(desk: Desk) -> Condition:
    """Return the condition for leads: what staff handles, what one checks oneself; of the compartment what one knows.

    One query for whoever does not know all of the compartment by role.
    """
    if desk.actor.speaks_for_unit:
        return sa.false()
    known = known_ids(desk, "lead")
    table = LEAD_TABLE.c
    kept = sa.true() if known is None else table.id.in_(known)
    is_staff = bool(desk.actor.roles & STAFF)
    ordinary = sa.true() if is_staff else table.handler == desk.actor.code
    return sa.and_(
        table.office_id == desk.office_id,
        sa.or_(sa.and_(table.compartment.is_(True), kept), sa.and_(table.compartment.is_(False), ordinary)),
    )


def leads_view(desk: Desk, filters: LeadFilters, cursor: Cursor | None) -> LeadBoard:
    """Return one page of the leads the reader may know of, the newest first."""
    sight, table = leads_in_sight(desk), LEAD_TABLE.c
    connection = desk.session.connection()
    keys = page_keys(
        connection,
        sa.select(table.id, table.received_on).where(sight, *_narrowed(desk, filters)),
        table.received_on,
        table.id,
        cursor,
        newest_first=True,
    )
    counted = connection.execute(sa.select(table.state, sa.func.count()).where(sight).group_by(table.state))
    late = connection.execute(sa.select(sa.func.count()).select_from(LEAD_TABLE).where(sight, _late(desk)))
    named = sa.select(table.unit_id).where(sight, table.unit_id.is_not(None))
    units = connection.execute(
        sa.select(UNIT.c.code, UNIT.c.name).where(UNIT.c.id.in_(named)).order_by(UNIT.c.code)
    )
    rules = lead_rules(desk)
    return LeadBoard(
        filters,
        keys.showing(_rows(desk, [number for number, _day in keys.rows])),
        {row[0]: row[1] for row in counted},
        late.scalar_one(),
        tuple((code, one.name) for code, one in rules.sources.items()),
        tuple((code, name) for code, name in units),
        bool(desk.actor.roles & STAFF),
    )


def _narrowed(desk: Desk, filters: LeadFilters) -> list[Condition]:
    table = LEAD_TABLE.c
    found: list[Condition] = []
    if not filters.state:
        found.append(table.state.not_in(OVER))
    elif filters.state == LATE:
        found.append(_late(desk))
    elif filters.state != EVERY:
        found.append(table.state == filters.state)
    if filters.source:
        found.append(table.source == filters.source)
    if filters.line:
        found.append(table.line == filters.line)
    if filters.unit:
        own = sa.select(UNIT.c.id).where(UNIT.c.office_id == desk.office_id, UNIT.c.code == filters.unit)
        found.append(sa.or_(table.unit_id.in_(own), table.to_unit_id.in_(own)))
    return found + says(filters.q, table.number, table.title, sa.func.coalesce(table.source_ref, ""))


def _late(desk: Desk) -> Condition:
    """Return the condition for leads with a clock that has run out; as leadclocks.running has them."""
    table, today = LEAD_TABLE.c, desk.today
    return sa.and_(
        table.state.not_in(OVER),
        sa.or_(
            sa.and_(table.state == LeadState.REGISTERED.value, table.route_due_on < today),
            sa.and_(
                table.state == LeadState.CHECKING.value,
                table.checked_on.is_(None),
                table.check_due_on < today,
            ),
            sa.and_(table.outcome == "transferred", table.answered_on.is_(None), table.answer_due_on < today),
            sa.and_(table.replied_on.is_(None), table.reply_due_on < today),
        ),
    )


def _rows(desk: Desk, ids: list[int]) -> tuple[LeadRow, ...]:
    if not ids:
        return ()
    query = select(Lead, Unit.name).outerjoin(Unit, col(Unit.id) == col(Lead.unit_id))
    found = {key_of(row): (row, unit) for row, unit in desk.session.exec(query.where(col(Lead.id).in_(ids)))}
    names = {code: one.name for code, one in lead_rules(desk).sources.items()}
    return tuple(_row(desk, *found[number], names) for number in ids)


def _row(desk: Desk, row: Lead, unit: str | None, names: Mapping[str, str]) -> LeadRow:
    return LeadRow(
        id=key_of(row),
        number=row.number,
        title=row.title,
        source=names.get(row.source, row.source),
        source_ref=row.source_ref or "",
        line=LINE_LABELS[Line(row.line)],
        unit=unit or "",
        state=row.state,
        state_word=STATE_LABELS[row.state],
        received_on=row.received_on,
        handler=row.handler or "",
        compartment=row.compartment,
        accusation=row.accusation,
        clock=next(iter(clocks_of(desk, row)), None),
    )


def clocks_of(desk: Desk, row: Lead) -> list[Clock]:
    """Return the clocks of a lead that run, the first to run out first."""
    due = sorted(running(row).items(), key=lambda one: one[1])
    return [Clock(code, CLOCK_WORDS[code], day, left_workdays(desk, day)) for code, day in due]


def left_workdays(desk: Desk, day: date) -> int | None:
    """Return the working days left until a day, negative once it is over; None where a calendar is missing."""
    low, high = sorted((desk.today.year, day.year))
    if any(year not in desk.calendar.years for year in range(low, high + 1)):
        return None
    return desk.calendar.between(desk.today, day)
