"""The derivation of a due date in plain Chinese, as an officer would explain it to the unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

SATURDAY = 5  # date.weekday()
WEEKDAY_NAMES = "一二三四五六日"
ONE_DAY = timedelta(1)
LocalNames = Mapping[date, str]
NOWHERE: LocalNames = MappingProxyType({})


def derive_workdays(
    is_workday: Callable[[date], bool], start: date, count: int, due_on: date, local: LocalNames = NOWHERE
) -> Iterator[str]:
    """Explain a period in working days: start excluded, days off skipped, make-up workdays counted.

    local   {day: the local calendar that makes it a day off or a working day, against the national table}
    """
    yield from _open(start, count)
    if count == 0:
        return
    step = ONE_DAY if count > 0 else -ONE_DAY
    way = "起按工作日计算" if count > 0 else "起按工作日向前倒推"
    yield f"自{write_date(start + step)}{way}，共{abs(count)}个工作日"
    first, last = (start + ONE_DAY, due_on) if count > 0 else (due_on, start - ONE_DAY)
    yield from _skipped(is_workday, first, last)
    yield from _locally(is_workday, first, last, local)
    yield f"第{abs(count)}个工作日为{write_date(due_on)}，期限至当日届满"


def derive_days(
    is_workday: Callable[[date], bool], start: date, count: int, due_on: date, local: LocalNames = NOWHERE
) -> Iterator[str]:
    """Explain a period in calendar days: holidays inside count, only the last day rolls over."""
    yield from _open(start, count)
    last = start + timedelta(count)
    if count:
        step, way = (ONE_DAY, "起按自然日计算") if count > 0 else (-ONE_DAY, "起按自然日向前倒推")
        yield f"自{write_date(start + step)}{way}，共{abs(count)}日，期间的休息日计入"
        yield f"第{abs(count)}日为{write_date(last)}"
    if last != due_on:
        way = "顺延至其后" if count >= 0 else "提前至其前"
        yield f"当日为休息日，{way}第一个工作日{write_date(due_on)}届满"
    elif last.weekday() >= SATURDAY and is_workday(last):
        yield "当日为调休上班日，不顺延，期限至当日届满"
    else:
        yield "当日为工作日，不顺延，期限至当日届满"
    yield from _locally(is_workday, min(last, due_on), max(last, due_on), local)


def write_date(day: date) -> str:
    """Write `day` with its weekday: 2026年2月11日（星期三）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAY_NAMES[day.weekday()]}）"


def _open(start: date, count: int) -> Iterator[str]:
    yield f"起算日{write_date(start)}不计入" if count else f"期限为零，即起算日{write_date(start)}"


def _skipped(is_workday: Callable[[date], bool], first: date, last: date) -> Iterator[str]:
    holidays, weekend_days, made_up = [], 0, []
    for run, works in _runs(is_workday, first, last):
        if works:
            made_up += [write_date(day) for day in run if day.weekday() >= SATURDAY]
        elif all(day.weekday() >= SATURDAY for day in run):
            weekend_days += len(run)
        else:
            holidays.append(_write_run(run))
    if holidays:
        yield f"跳过放假：{'、'.join(holidays)}"
    if weekend_days:
        yield f"跳过{'其他' if holidays else ''}双休日{weekend_days}天"
    if made_up:
        yield f"调休上班，计为工作日：{'、'.join(made_up)}"


def _locally(is_workday: Callable[[date], bool], first: date, last: date, local: LocalNames) -> Iterator[str]:
    """Name the local calendar behind every day that goes another way here than in the country."""
    found: dict[tuple[str, bool], list[str]] = {}
    for day, name in local.items():
        if first <= day <= last:
            found.setdefault((name, is_workday(day)), []).append(write_date(day))
    for (name, works), days in found.items():
        yield f"其中{'、'.join(days)}按地方安排{'上班' if works else '放假'}（{name}）"


def _runs(is_workday: Callable[[date], bool], first: date, last: date) -> Iterator[tuple[list[date], bool]]:
    """Cut the days from `first` to `last` into runs that all work or are all off."""
    run = [first]
    works = is_workday(first)
    while run[-1] < last:
        day = run[-1] + ONE_DAY
        if is_workday(day) != works:
            yield run, works
            run, works = [], not works
        run.append(day)
    yield run, works


def _write_run(run: list[date]) -> str:
    first, last = run[0], run[-1]
    text = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return f"{text}（1天）"
    year = f"{last.year}年" if last.year != first.year else ""
    return f"{text}至{year}{last.month}月{last.day}日（{len(run)}天）"
