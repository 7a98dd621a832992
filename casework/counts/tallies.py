"""What a count is made of: numbers with their unit words, in groups, over one campaign or period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from casework.desk import Desk

SHANGHAI = ZoneInfo("Asia/Shanghai")
Number = int | float | None
Column = sa.SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """One number; `value` is None where there is nothing to divide by."""

    key: str
    label: str
    value: Number
    unit: str


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers about one subject, in the order in which they are read."""

    name: str
    rows: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """All numbers of an office, a campaign or a period; `note` says when they are those of a closed period."""

    groups: tuple[Group, ...]
    note: str = ""

    def value(self, key: str) -> Number:
        """Return the number with a key; raise KeyError for an unknown one."""
        return {row.key: row.value for group in self.groups for row in group.rows}[key]

    def as_dict(self) -> dict[str, Any]:
        """Return {groups: [{name, rows: [{key, label, value, unit}]}]}, and the note when there is one."""
        noted = {"note": self.note} if self.note else {}
        return noted | {
            "groups": [
                {
                    "name": group.name,
                    "rows": [
                        {"key": row.key, "label": row.label, "value": row.value, "unit": row.unit}
                        for row in group.rows
                    ],
                }
                for group in self.groups
            ]
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any], note: str = "") -> Statistics:
        """Return the statistics that `as_dict` wrote."""
        return Statistics(
            tuple(Group(one["name"], tuple(Tally(**row) for row in one["rows"])) for one in data["groups"]),
            note,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: one office, perhaps one campaign, period (both days included), some units, one kind.

    unit_ids   None for all; an area is the units below one
    kind       the kind of the campaigns
    """

    desk: Desk
    campaign_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    unit_ids: tuple[int, ...] | None = None
    kind: str | None = None

    def days(self, column: Column) -> list[Column]:
        """Return the conditions that a day lies in the period."""
        low: list[Column] = [column >= self.from_on] if self.from_on else []
        return low + ([column <= self.to_on] if self.to_on else [])

    def instants(self, column: Column) -> list[Column]:
        """Return the conditions that an instant lies in the period, whose days are days in Shanghai."""
        low: list[Column] = [column >= _midnight(self.from_on)] if self.from_on else []
        return low + ([column < _midnight(self.to_on + timedelta(1))] if self.to_on else [])

    def within(
        self, office: Column, campaign: Column | None = None, day: Column | None = None
    ) -> list[Column]:
        """Return the conditions of this scope for the columns of a table."""
        conditions: list[Column] = [office == self.desk.office_id]
        if campaign is not None and self.campaign_id is not None:
            conditions.append(campaign == self.campaign_id)
        return conditions + (self.days(day) if day is not None else [])

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """Return the rows of a query."""
        return list(self.desk.session.connection().execute(query))

    def counts(self, query: sa.Select[Any]) -> dict[Any, int]:
        """Return {key: count} of a query whose last column is the count; several key columns make a tuple."""
        found = self.rows(query)
        return {row[0] if len(row) == 2 else tuple(row[:-1]): int(row[-1]) for row in found}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def count_if(condition: Column) -> Column:
    """Return the SQL count of rows that meet a condition; 0 when there are no rows."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def share(part: int, whole: int) -> float | None:
    """Return a percentage with one decimal, or None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def by_code(
    prefix: str, labels: Mapping[Any, str], found: Mapping[str, int], unit: str, wording: str = "{}"
) -> Iterable[Tally]:
    """Yield one number for every code, 0 where nothing was found, so that keys do not come and go."""
    for code, label in labels.items():
        name = code.value if isinstance(code, StrEnum) else str(code)
        yield Tally(f"{prefix}.{name}", wording.format(label), found.get(name, 0), unit)
