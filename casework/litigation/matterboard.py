"""Matters as a list on pages: whose somebody may see, with filters, lights and the next day that matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import Filters, one_of, says
from casework.litigation.files import MatterFile, load_file, may_read
from casework.litigation.kindwords import kind_word
from casework.litigation.linking import link_case
from casework.litigation.registering import KEEPERS
from casework.paging import Cursor, Page, page_keys
from casework.rectification.cases import find_case
from casework.sight import cases_in_sight, is_case_in_sight, sees_office
from core.codes import Light
from core.errors import NotFound
from core.ladders.palette import Palette
from core.life.matterlife import (
    MATTER,
    MATTER_KIND_LABELS,
    OVER,
    RESULT_LABELS,
    MatterKind,
    MatterState,
    Result,
)
from models.base import key_of, table_of
from models.matter import LitigationMatter, MatterParty, MatterResult
from models.matterwork import MatterLink
from models.organisation import Unit
from models.rectification import Rectification

TABLE, PARTY, UNIT, LINK = (table_of(one) for one in (LitigationMatter, MatterParty, Unit, MatterLink))
CASE = table_of(Rectification)
STATES = {state.value: label for state, label in MATTER.state_labels.items()}
KINDS = {kind.value: label for kind, label in MATTER_KIND_LABELS.items()}
OVER_CODES = tuple(state.value for state in OVER)
EVERY = "all"
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class MatterFilters(Filters):
    """What a reader narrows the matters to; an empty state is what is under way."""

    state: str = one_of(EVERY, *MatterState)
    kind: str = one_of(*MatterKind)
    unit: str = ""
    light: str = one_of(*Light)
    q: str = ""


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter as the list shows it."""

    id: int
    number: str
    kind: str
    unit: str
    forum: str
    cause: str
    state: str
    state_word: str
    light: Light
    received_on: date
    next_due_on: date | None
    result: str
    set_aside: bool


@dataclass(frozen=True, slots=True)
class MatterBoard:
    """One page of matters; `counts` by light of what is under way."""

    filters: MatterFilters
    page: Page[MatterRow]
    counts: dict[Light, int]
    palette: Palette
    units: tuple[tuple[str, str], ...]
    may_register: bool


def matters_in_sight(desk: Desk) -> Condition:
    """Return the condition for matters: all, those in which a unit is sued, or those linked with cases in sight."""
    own = TABLE.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        unit = sa.select(UNIT.c.id).where(
            UNIT.c.office_id == desk.office_id, UNIT.c.code == desk.actor.unit_code
        )
        sued = sa.select(PARTY.c.matter_id).where(PARTY.c.unit_id.in_(unit))
        return sa.and_(own, sa.or_(TABLE.c.unit_id.in_(unit), TABLE.c.id.in_(sued)), may_read(desk))
    linked = sa.select(LINK.c.matter_id).join(CASE, CASE.c.id == LINK.c.case_id).where(cases_in_sight(desk))
    return sa.and_(own, TABLE.c.id.in_(linked))


def need_matter(desk: Desk, matter_id: int) -> LitigationMatter:
    """Return a matter in sight; raise NotFound, in the same words for one out of sight and one that is not there."""
    return matter_and_unit(desk, matter_id)[0]


def matter_and_unit(desk: Desk, matter_id: int) -> tuple[LitigationMatter, Unit]:
    """Return a matter in sight with the unit that is sued; raise NotFound."""
    query = (
        select(LitigationMatter, Unit)
        .join(Unit, col(Unit.id) == col(LitigationMatter.unit_id))
        .where(col(LitigationMatter.id) == matter_id, matters_in_sight(desk))
    )
    found = desk.session.exec(query).first()
    if found is None:
        raise NotFound(
            "没有这个行政争议事项", found=str(matter_id), expected="已登记的事项", remedy="从案件台账进入"
        )
    return found[0], found[1]


def need_file(desk: Desk, matter_id: int) -> MatterFile:
    """Return a matter in sight with everything that bears on its light; raise NotFound."""
    return load_file(desk, need_matter(desk, matter_id))


def matters_view(desk: Desk, filters: MatterFilters, cursor: Cursor | None) -> MatterBoard:
    """Return one page of the matters in sight, by the next day on which time may change a light."""
    sight, connection = matters_in_sight(desk), desk.session.connection()
    narrowed = _narrowed(desk, filters)
    keys = page_keys(
        connection,
        sa.select(TABLE.c.id, TABLE.c.next_due_on).where(sight, *narrowed, *_lit(filters)),
        TABLE.c.next_due_on,
        TABLE.c.id,
        cursor,
    )
    counted = connection.execute(
        sa.select(TABLE.c.light, sa.func.count()).where(sight, *narrowed).group_by(TABLE.c.light)
    )
    sued = sa.select(TABLE.c.unit_id).where(sight)
    units = connection.execute(
        sa.select(UNIT.c.code, UNIT.c.name).where(UNIT.c.id.in_(sued)).order_by(UNIT.c.code)
    )
    return MatterBoard(
        filters,
        keys.showing(_rows(desk, [number for number, _day in keys.rows])),
        {Light(row[0]): row[1] for row in counted},
        desk.rules.litigation_of(desk.office.code).palette,
        tuple((code, name) for code, name in units),
        bool(desk.actor.roles & set(KEEPERS)) and not desk.actor.speaks_for_unit,
    )


def _lit(filters: MatterFilters) -> list[Condition]:
    return [TABLE.c.light == filters.light] if filters.light else []


def _narrowed(desk: Desk, filters: MatterFilters) -> list[Condition]:
    found: list[Condition] = []
    if filters.state == "":
        found.append(TABLE.c.state.not_in(OVER_CODES))
    elif filters.state != EVERY:
        found.append(TABLE.c.state == filters.state)
    if filters.kind:
        found.append(TABLE.c.kind == filters.kind)
    if filters.unit:
        unit = sa.select(UNIT.c.id).where(UNIT.c.office_id == desk.office_id, UNIT.c.code == filters.unit)
        sued = sa.select(PARTY.c.matter_id).where(PARTY.c.unit_id.in_(unit))
        found.append(sa.or_(TABLE.c.unit_id.in_(unit), TABLE.c.id.in_(sued)))
    return found + says(filters.q, TABLE.c.number, TABLE.c.cause, TABLE.c.forum)


def _rows(desk: Desk, ids: list[int]) -> tuple[MatterRow, ...]:
    if not ids:
        return ()
    query = (
        select(LitigationMatter, Unit.name, MatterResult.result)
        .join(Unit, col(Unit.id) == col(LitigationMatter.unit_id))
        .outerjoin(
            MatterResult,
            sa.and_(
                col(MatterResult.matter_id) == col(LitigationMatter.id), col(MatterResult.voided_on).is_(None)
            ),
        )
        .where(col(LitigationMatter.id).in_(ids))
    )
    found = {key_of(row): (row, unit, result) for row, unit, result in desk.session.exec(query)}
    return tuple(_row(*found[number]) for number in ids)


def _row(row: LitigationMatter, unit: str, result: str | None) -> MatterRow:
    return MatterRow(
        id=key_of(row),
        number=row.number,
        kind=kind_word(row),
        unit=unit,
        forum=row.forum,
        cause=row.cause,
        state=row.state,
        state_word=STATES[row.state],
        light=Light(row.light),
        received_on=row.received_on,
        next_due_on=row.next_due_on,
        result=RESULT_LABELS[Result(result)] if result else "",
        set_aside=row.set_aside is not None,
    )


def link_seen_case(desk: Desk, matter_id: int, case_code: str, reason: str) -> None:
    """Link a matter in sight with a case in sight; raise NotFound for either that is not, and as link_case does."""
    file = need_file(desk, matter_id)
    case, _finding = find_case(desk, case_code)
    if not is_case_in_sight(desk, case.id):
        raise NotFound("没有这个整改事项", found=case_code, expected="问题编号", remedy="核对问题编号")
    link_case(desk, file, case_code, reason)
