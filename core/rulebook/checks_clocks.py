"""Checks of the statutory clocks: each says fully how it counts, cites law that was read, and its examples come out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from core.calendar.workdays import Calendar
from core.errors import CalendarMissing, InvalidInput, NotFound, Problem
from core.rulebook.checks_law import check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.checks_time import sound_calendar
from core.rulebook.clocks import ClockExample, ClockFile, StatutoryClock
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path

ROLLING = frozenset({"day", "month"})


def check_clocks(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every file of clocks."""
    if not parts.clocks:
        return
    calendar = sound_calendar(parts)
    sources = parts.known_sources()
    seen: dict[str, str] = {}
    for part in parts.clocks.values():
        if part.model.key != part.key:
            yield part.problem(("key",), "E302", f"key“{part.model.key}”应与文件名“{part.key}”一致")
        yield from check_file_mark(part, part.model, sources)
        for index, clock in enumerate(part.model.clocks):
            path: Path = ("clocks", index)
            if clock.code in seen:
                message = f"期限代码“{clock.code}”重复，已用于“{seen[clock.code]}”"
                yield part.problem((*path, "code"), "E301", message)
            seen.setdefault(clock.code, clock.matter)
            told = list(_check_clock(part, path, clock, sources))
            yield from told
            if not clock.examples:
                yield part.problem(
                    (*path, "code"), "W705", f"期限“{clock.matter}”没有用例；写一个起算日和到期日"
                )
            # A clock that does not hold together is not counted with: its examples would repeat what was told.
            for at, example in enumerate(() if told else clock.examples):
                yield from _check_example(part, (*path, "examples", at), clock, example, calendar)


def _check_clock(
    part: Part[ClockFile], path: Path, clock: StatutoryClock, sources: Collection[str] | None
) -> Iterator[Problem]:
    yield from check_dates(part, path, clock)
    yield from check_mark(part, path, clock, sources)
    checked = clock.checked or part.model.checked
    if clock.article is not None and checked != "条文":
        message = f"核验方式为“{checked or '未写'}”，未读到条文，不得写条号；请删去 article 或补核条文"
        yield part.problem((*path, "article"), "E604", message)
    yield from _check_length(part, path, clock)
    yield from _check_rolling(part, path, clock.unit, clock.rolls)
    seen: set[str] = set()
    for at, variant in enumerate(clock.variants):
        here: Path = (*path, "variants", at)
        if variant.code in seen:
            yield part.problem((*here, "code"), "E301", f"情形“{variant.code}”重复")
        seen.add(variant.code)
        if variant.unit == "date":
            yield part.problem((*here, "unit"), "E505", "一种情形不能是固定日期；固定日期请另立一项期限")
        else:
            yield from _check_rolling(part, here, variant.unit, variant.rolls)


def _check_length(part: Part[ClockFile], path: Path, clock: StatutoryClock) -> Iterator[Problem]:
    counted = (clock.count is not None, clock.start_event is not None)
    fixed = (clock.month is not None, clock.day is not None)
    if clock.unit == "date":
        if any(counted) or not all(fixed) or clock.extend is not None:
            message = "unit 为 date 的写 month 和 day，不写 count、extend 和 start_event"
            yield part.problem((*path, "unit"), "E505", message)
        elif not _exists(clock.month or 1, clock.day or 1):
            yield part.problem((*path, "day"), "E505", f"没有{clock.month}月{clock.day}日这一天（平年）")
    elif not all(counted) or any(fixed):
        message = "应写明期限 count 和起算事件 start_event；month 和 day 只用于 unit: date"
        yield part.problem((*path, "unit"), "E505", message)


def _check_rolling(part: Part[ClockFile], path: Path, unit: str, rolls: bool | None) -> Iterator[Problem]:
    if unit in ROLLING and rolls is None:
        message = "按日、按月计算的期限应写明 rolls：末日为休息日的是否顺延（民法典第二百零三条）"
        yield part.problem((*path, "unit"), "E505", message)
    if unit not in ROLLING and rolls is not None:
        yield part.problem((*path, "rolls"), "E505", "rolls 只用于按日、按月计算的期限；请删去")


def _exists(month: int, day: int) -> bool:
    try:
        date(2001, month, day)
    except ValueError:
        return False
    return True


def _check_example(
    part: Part[ClockFile], path: Path, clock: StatutoryClock, example: ClockExample, calendar: Calendar
) -> Iterator[Problem]:
    try:
        found = _work_out(clock, example, calendar)
    except CalendarMissing as error:
        yield part.problem((*path, "expect"), "E509", f"用例“{example.case}”用到没有年表的年份：{error}")
        return
    except (InvalidInput, NotFound) as error:
        yield part.problem((*path, "expect"), "E902", f"用例“{example.case}”不能计算：{error}")
        return
    if found is None:
        wanted = "year（年份）或 start（自何日起看）" if clock.unit == "date" else "start（起算日）"
        yield part.problem((*path, "expect"), "E902", f"用例“{example.case}”不能计算：facts 应写 {wanted}")
    elif found != example.expect.due_on:
        message = (
            f"用例“{example.case}”的到期日应为{example.expect.due_on}，按规则得{found}；请核对规则或用例"
        )
        yield part.problem((*path, "expect", "due_on"), "E901", message)


def _work_out(clock: StatutoryClock, example: ClockExample, calendar: Calendar) -> date | None:
    """Return the last day of an example's period; None when it says too little."""
    facts = example.facts
    if clock.unit == "date" and facts.year is not None:
        return clock.yearly(facts.year) if clock.month and clock.day else None
    if facts.start is None or (clock.count is None and clock.unit != "date"):
        return None
    return clock.due(facts.start, calendar, facts.variant, extended=facts.extended).due_on
