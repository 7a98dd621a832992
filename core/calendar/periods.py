"""The periods an office reports by: half months (1 to 15, 16 to the end), months, quarters, years."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PERIOD_LABELS = {
    PeriodKind.HALF_MONTH: "半月",
    PeriodKind.MONTH: "月",
    PeriodKind.QUARTER: "季度",
    PeriodKind.YEAR: "年度",
}
ONE = timedelta(1)


def period_of(kind: PeriodKind, day: date) -> tuple[date, date]:
    """Return first and last day of the period in which a day lies."""
    if kind is PeriodKind.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if kind is PeriodKind.QUARTER:
        first = 3 * ((day.month - 1) // 3) + 1
        return date(day.year, first, 1), _month_end(day.year, first + 2)
    if kind is PeriodKind.MONTH or day.day > 15:
        return day.replace(day=16 if kind is PeriodKind.HALF_MONTH else 1), _month_end(day.year, day.month)
    return day.replace(day=1), day.replace(day=15)


def last_ended(kind: PeriodKind, today: date) -> tuple[date, date]:
    """Return the last period that was over before a day."""
    return period_of(kind, period_of(kind, today)[0] - ONE)


def kind_of(first: date, last: date) -> PeriodKind | None:
    """Return the kind of period that two days bound, or None."""
    return next((kind for kind in PeriodKind if period_of(kind, first) == (first, last)), None)


def name_period(kind: PeriodKind, first: date) -> str:
    """Return what a period is called, such as 2026年3月上半月."""
    if kind is PeriodKind.YEAR:
        return f"{first.year}年度"
    if kind is PeriodKind.QUARTER:
        return f"{first.year}年第{'一二三四'[(first.month - 1) // 3]}季度"
    half = ("上半月" if first.day == 1 else "下半月") if kind is PeriodKind.HALF_MONTH else ""
    return f"{first.year}年{first.month}月{half}"


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
