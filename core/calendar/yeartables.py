"""Year tables of working days: checked, ordered, and walked day by day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from operator import itemgetter
from typing import Protocol

from core.errors import InvalidInput
from core.ladders.derivation import SATURDAY

OFFICIAL = "official"


class CalendarYearLike(Protocol):
    """The table of one year; every day that is in neither list works Monday to Friday.

    A notice sometimes rearranges the last days of the year before (2018-12-29 came with the notice for 2019),
    so days of the preceding December are welcome in both lists and win over that year's own table.
    """

    @property
    def year(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def off(self) -> Collection[date]: ...
    @property
    def work(self) -> Collection[date]: ...


class LocalDaysLike(Protocol):
    """Days that a region or an office adds to the tables of the years; they win over the national ones."""

    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def off(self) -> Collection[date]: ...
    @property
    def work(self) -> Collection[date]: ...


def order_tables(years: Iterable[CalendarYearLike]) -> dict[int, CalendarYearLike]:
    """Return {year: table} in order of the years; raises InvalidInput for a double year or a wrong day."""
    tables: dict[int, CalendarYearLike] = {}
    for table in sorted(years, key=lambda t: t.year):
        if table.year in tables:
            raise InvalidInput(
                "工作日历年表重复", found=f"{table.year}年", expected="每年一张年表", remedy="删去多余的一张"
            )
        _check_table(table)
        tables[table.year] = table
    return tables


def _check_table(table: CalendarYearLike) -> None:
    both = sorted(set(table.off) & set(table.work))
    alien = sorted(
        day
        for day in (*table.off, *table.work)
        if day.year != table.year and (day.year, day.month) != (table.year - 1, 12)
    )
    for days, expected in ((both, "同一日期只列入放假或上班之一"), (alien, f"{table.year}年的日期")):
        if days:
            raise InvalidInput(
                f"{table.year}年工作日历有误",
                found="、".join(day.isoformat() for day in days),
                expected=expected,
                remedy="对照放假通知改正年表",
            )


def _nationally(years: Mapping[int, CalendarYearLike]) -> dict[date, bool]:
    decided: dict[date, bool] = {}
    for table in sorted(years.values(), key=lambda t: t.year):
        decided |= dict.fromkeys(table.off, False) | dict.fromkeys(table.work, True)
    return decided


def differing_days(
    years: Mapping[int, CalendarYearLike], local: Iterable[LocalDaysLike]
) -> dict[date, LocalDaysLike]:
    """Return {day: the local calendar that decides it} of the days that would go the other way without it.

    local   in the order in which they are laid over each other: the last one wins; days of unknown years count nothing
    """
    national = _nationally(years)
    decided: dict[date, tuple[bool, LocalDaysLike]] = {}
    for one in local:
        decided |= dict.fromkeys(one.off, (False, one)) | dict.fromkeys(one.work, (True, one))
    return {
        day: one
        for day, (works, one) in sorted(decided.items(), key=itemgetter(0))
        if day.year in years and works != national.get(day, day.weekday() < SATURDAY)
    }


def walk_days(
    years: Mapping[int, CalendarYearLike], turned: Collection[date] = ()
) -> Iterator[tuple[date, bool]]:
    """Yield every day of the span with whether it works; days of a year without a table do not.

    turned   days that go the other way here, see `differing_days`
    """
    if not years:
        return
    decided = _nationally(years)
    for day in turned:
        decided[day] = not decided.get(day, day.weekday() < SATURDAY)
    day, last = date(min(years), 1, 1), date(max(years), 12, 31)
    while True:
        yield day, day.year in years and decided.get(day, day.weekday() < SATURDAY)
        if day == last:
            return
        day += timedelta(1)


def hash_tables(tables: Iterable[CalendarYearLike], local: Iterable[LocalDaysLike] = ()) -> str:
    """Return twelve hex digits that change with any day or status of any table or local calendar."""
    content = sorted([t.year, t.status, *_write_days(t)] for t in tables)
    content += [[one.name, one.status, *_write_days(one)] for one in local]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def _write_days(table: CalendarYearLike | LocalDaysLike) -> Iterator[list[str]]:
    return (sorted(map(str, days)) for days in (table.off, table.work))
