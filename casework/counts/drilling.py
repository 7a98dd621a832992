"""The rows behind a number, a leaf at a time; the same number by unit; and how it went month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.countscope import may_see_rows
from casework.counts.engine import count_by, list_rows, rows_by_code, sum_of
from casework.counts.indicators import find_entry, label_of, permit_rows
from casework.counts.registry import families_of
from casework.counts.tallies import SHANGHAI, Number, Scope, share
from casework.counts.terms import Detail, Entry, Family, Indicator, Share, conditions_of, joined
from casework.desk import Desk
from casework.leaves import LEAF_ROWS, Leaf
from core.errors import NotAllowed
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class Drill:
    """A number with its meaning, one leaf of the rows behind it, and what those rows sum to.

    different   the number counts different things, so that it may be smaller than the rows are many
    whole       of a percentage, the number that its part is divided by
    """

    code: str
    label: str
    unit: str
    definition: str
    value: Number
    part: int
    whole: int | None
    leaf: Leaf[Detail]
    different: bool
    by_unit: bool
    by_month: bool


def drill_leaf(scope: Scope, code: str, number: int) -> Drill:
    """Return a number with one leaf of its rows; raise NotFound, or NotAllowed for rows of the compartment."""
    entry = find_entry(code)
    rows_of = find_entry(entry.part) if isinstance(entry, Share) else entry
    rows_code = entry.part if isinstance(entry, Share) else code
    permit(scope, rows_of, rows_code)
    part = _count(scope, rows_of, rows_code)
    whole = _count(scope, find_entry(entry.whole), entry.whole) if isinstance(entry, Share) else None
    return Drill(
        code=code,
        label=label_of(scope, entry, code),
        unit=entry.unit,
        definition=entry.definition,
        value=share(part, whole or 0) if isinstance(entry, Share) else part,
        part=part,
        whole=whole,
        leaf=_leaf(scope, rows_of, rows_code, number),
        different=isinstance(rows_of, Indicator) and rows_of.distinct is not None,
        by_unit=_has_units(rows_of, rows_code),
        by_month=isinstance(rows_of, Indicator) and rows_of.on is not None and rows_of.distinct is None,
    )


def permit(scope: Scope, entry: Entry, code: str) -> None:
    """Refuse rows of the compartment of linkage to who is not named for it."""
    for one in _plain(entry, code):
        permit_rows(scope, one)


def _plain(entry: Entry, code: str) -> list[Indicator | Family]:
    if isinstance(entry, Indicator):
        return [entry]
    return list(families_of(code)) if isinstance(entry, Family) else []


def _has_units(entry: Entry, code: str) -> bool:
    return any(one.source.unit is not None and not one.source.confidential for one in _plain(entry, code))


def _count(scope: Scope, entry: Entry, code: str) -> int:
    sheet, _labels = count_by(scope, _plain(entry, code))
    return int(sheet[None].get(code, 0))


def _leaf(scope: Scope, entry: Entry, code: str, number: int) -> Leaf[Detail]:
    """Return one leaf of rows: those of an indicator by the database, those of a family as they come."""
    start = (number - 1) * LEAF_ROWS
    if isinstance(entry, Indicator):
        rows = tuple(detail for _code, detail in rows_by_code(scope, entry, (LEAF_ROWS, start)))
        return Leaf(rows, number, _row_count(scope, entry))
    every = [detail for family in _plain(entry, code) for detail in list_rows(scope, family, code)]
    return Leaf(tuple(islice(every, start, start + LEAF_ROWS)), number, len(every))


def _row_count(scope: Scope, entry: Indicator) -> int:
    query = sa.select(sa.func.count()).where(*conditions_of(scope, entry.source, entry.on, entry.where))
    return int(scope.rows(joined(entry.source, query))[0][0])


def every_row(scope: Scope, code: str) -> Iterable[Detail]:
    """Yield all the rows behind a number, for an export; raise NotAllowed for rows of the compartment."""
    entry = find_entry(code)
    if isinstance(entry, Share):
        yield from every_row(scope, entry.part)
        return
    permit(scope, entry, code)
    for one in _plain(entry, code):
        yield from (detail for _code, detail in rows_by_code(scope, one, only=code))


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """A number of one unit."""

    code: str
    name: str
    value: Number


def by_unit(scope: Scope, code: str) -> list[UnitFigure]:
    """Return a number for each unit, the highest first; of a percentage, each unit's own.

    raises   NotAllowed for numbers of the compartment: those of single units are for its own people
    """
    entry = find_entry(code)
    parts = [find_entry(entry.part), find_entry(entry.whole)] if isinstance(entry, Share) else [entry]
    codes = [entry.part, entry.whole] if isinstance(entry, Share) else [code]
    plain = [one for part, name in zip(parts, codes, strict=True) for one in _plain(part, name)]
    if any(one.source.confidential for one in plain) and not may_see_rows(scope.desk):
        raise NotAllowed(
            "贯通联动只公布全单位的数字",
            found=scope.desk.actor.code,
            expected="知悉人员",
            remedy="由知悉人员查看",
        )
    sheet, _labels = count_by(scope, plain, by="unit")
    found = []
    for number, unit in _units(scope.desk).items():
        counted = sheet.get(number)
        if counted is None:
            continue
        value: Number = counted.get(codes[0], 0)
        if isinstance(entry, Share):
            value = share(int(value or 0), counted.get(codes[1], 0))
        if value:
            found.append(UnitFigure(*unit, value))
    return sorted(found, key=lambda one: (-(one.value or 0), one.code))


def _units(desk: Desk) -> dict[int, tuple[str, str]]:
    query = sa.select(col(Unit.id), col(Unit.code), col(Unit.name)).where(
        col(Unit.office_id) == desk.office_id
    )
    return {row[0]: (row[1], row[2]) for row in desk.session.connection().execute(query)}


def by_month(scope: Scope, code: str) -> list[tuple[str, int]]:
    """Return a number month by month (the newest twelve), () for what has no day of its own; one query."""
    entry = find_entry(code)
    if isinstance(entry, Share):
        entry = find_entry(entry.part)
    if not isinstance(entry, Indicator) or entry.on is None or entry.distinct is not None:
        return []
    query = (
        sa.select(entry.on, sum_of(scope, entry))
        .where(*conditions_of(scope, entry.source, entry.on, None), entry.on.is_not(None))
        .group_by(entry.on)
    )
    months: dict[tuple[int, int], int] = defaultdict(int)
    for day, amount in scope.rows(joined(entry.source, query)):
        civil = day.astimezone(SHANGHAI).date() if isinstance(day, datetime) else day
        if isinstance(civil, date) and amount:
            months[civil.year, civil.month] += int(amount)
    return [(f"{year}年{month}月", months[year, month]) for year, month in sorted(months)[-12:]]
