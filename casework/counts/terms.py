"""The terms in which a number is defined: where its rows come from, which of them count, and what is added up.

The condition that counts is the condition that lists, so a number never differs from its drill-down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from casework.counts.tallies import Column, Scope

Condition = Column | Callable[[Scope], Column]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Rows of one kind, with the columns by which they are narrowed and shown.

    tables         those of the rows, and by their keys whatever a row may be narrowed or shown by
    shown          what a line of the drill-down says, in this order
    confidential   the rows belong to the compartment of linkage: a number may be told, a row and a unit's number not
    at_instant     `day` is an instant, whose day is that in Shanghai
    shared         the same for every campaign and unit, such as the pool
    unrecorded     the rows change without an entry in the history, such as a mail that went out
    checklist      rows of checklists, which are for the office's own people and not for the contact of a partner
    """

    name: str
    tables: sa.FromClause
    key: Column
    office: Column
    shown: tuple[Column, ...]
    campaign: Column | None = None
    unit: Column | None = None
    kind: Column | None = None
    day: Column | None = None
    where: tuple[Condition, ...] = ()
    confidential: bool = False
    at_instant: bool = False
    shared: bool = False
    unrecorded: bool = False
    checklist: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One number: how many rows of a source meet a condition, what they add up to, or how many different things.

    by_day   events that stay where their day is; False for what only says how things stand
    day      in place of the source's own
    """

    code: str
    label: str
    unit: str
    definition: str
    source: Source
    where: Condition | None = None
    amount: Column | None = None
    distinct: Column | None = None
    day: Column | None = None
    by_day: bool = True

    @property
    def on(self) -> Column | None:
        """The day on which its rows count."""
        return self.source.day if self.day is None else self.day

    @property
    def moves(self) -> bool:
        """Whether it can be told for a period and corrected later."""
        return self.by_day and self.on is not None


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Numbers that share everything but a code, which is read from columns: kinds, states, classes.

    codes_of   the codes (after the prefix) under which a row with these values counts
    labels     {code: label} in order; codes that were found and are not in it follow with the label `name_of` gives
    """

    prefix: str
    unit: str
    definition: str
    source: Source
    columns: tuple[Column, ...]
    codes_of: Callable[..., Iterable[str]]
    labels: Callable[[Scope, frozenset[str]], Mapping[str, str]]
    where: Condition | None = None
    day: Column | None = None
    by_day: bool = True
    amount: Column | None = None

    @property
    def distinct(self) -> None:
        """A family counts rows or adds them up."""
        return None

    @property
    def on(self) -> Column | None:
        return self.source.day if self.day is None else self.day

    @property
    def moves(self) -> bool:
        return self.by_day and self.on is not None


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage of two numbers; its drill-down lists the part."""

    code: str
    label: str
    definition: str
    part: str
    whole: str
    unit: str = "%"


Entry = Indicator | Family | Share


@dataclass(frozen=True, slots=True)
class Section:
    """The numbers about one subject, in the order in which they are read; `number` as the office's list has it."""

    number: int
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One row behind a number; `amount` is what it adds, `thing` what is counted once where things differ."""

    key: str
    text: str
    on: object
    unit: str
    amount: int
    thing: str

    def as_dict(self) -> dict[str, object]:
        """Return the row as outside programs read it."""
        return {
            "key": self.key,
            "text": self.text,
            "on": str(self.on) if self.on else None,
            "unit": self.unit,
            "amount": self.amount,
        }


def days_of(scope: Scope, source: Source, day: Column | None) -> list[Column]:
    """Return the conditions that the day of a row lies in the period of a scope."""
    if day is None:
        return []
    return scope.instants(day) if source.at_instant else scope.days(day)


def conditions_of(scope: Scope, source: Source, day: Column | None, where: Condition | None) -> list[Column]:
    """Return the conditions under which a row of a source counts in a scope."""
    found = scope.within(source.office, source.campaign)
    # What has no campaign, unit or kind at all is not part of a campaign, a unit or a kind.
    for wanted, column in (
        (scope.campaign_id, source.campaign),
        (scope.unit_ids, source.unit),
        (scope.kind, source.kind),
    ):
        if wanted is not None and column is None and not source.shared:
            found.append(sa.false())
    if scope.unit_ids is not None and source.unit is not None:
        found.append(source.unit.in_(scope.unit_ids))
    if scope.kind is not None and source.kind is not None:
        found.append(source.kind == scope.kind)
    found += days_of(scope, source, day)
    for one in (*source.where, where):
        if one is not None:
            found.append(one(scope) if callable(one) else one)
    return found


def joined(source: Source, query: sa.Select[Any]) -> sa.Select[Any]:
    """Return a query with the tables of a source that it asks for.

    A table that is only looked up beside a row is left out where no column of it is wanted: SQLite looks it up for
    every row that it counts.
    """
    wanted = {column.table for column in visitors.iterate(query) if isinstance(column, sa.Column)}
    return query.select_from(_pruned(source.tables, wanted))


def _pruned(tables: sa.FromClause, wanted: set[Any]) -> sa.FromClause:
    if not isinstance(tables, sa.Join):
        return tables
    if tables.isouter and tables.right not in wanted:
        return _pruned(tables.left, wanted)
    by = {column.table for column in visitors.iterate(tables.onclause) if isinstance(column, sa.Column)}
    return sa.join(_pruned(tables.left, wanted | by), tables.right, tables.onclause, isouter=tables.isouter)
