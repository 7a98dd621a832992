"""Checks of the timetable and of the tables of holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from core.calendar.workdays import Calendar
from core.errors import Problem
from core.rulebook.mistakes import near
from core.rulebook.offices import Office
from core.rulebook.parts import Part, Parts
from core.rulebook.timetable import CalendarYear, LocalCalendar

FIRST_WEEKEND_DAY = 5
READ = ("条文", "内容")  # ways of checking after which a source counts as verified


def check_timetable(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of the timetable."""
    part = parts.timetable
    if part is None:
        if "timetable" not in parts.names(""):
            yield Problem("timetable.yaml", 1, 1, "E304", "缺少时间表 timetable.yaml")
        return
    seen: set[str] = set()
    for index, job in enumerate(part.model.jobs):
        if job.name in seen:
            yield part.problem(("jobs", index, "name"), "E301", f"任务“{job.name}”重复")
        seen.add(job.name)
        timed = (job.time is not None, job.every_minutes is not None)
        if timed != ((False, True) if job.days == "every" else (True, False)):
            message = "days 为 every 时只写 every_minutes；其他只写 time"
            yield part.problem(("jobs", index), "E506", message)


def check_calendars(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every year's table."""
    for part in parts.calendars.values():
        if str(part.model.year) != part.key:
            yield part.problem(("year",), "E302", f"年份{part.model.year}应与文件名“{part.key}”一致")
        yield from check_days(part)


def check_days(part: Part[CalendarYear]) -> Iterator[Problem]:
    """Yield the days of a table that stand in the wrong place."""
    year = part.model
    for name, index, day in _listed(year):
        if day.year != year.year:
            yield part.problem((name, index), "E504", f"{day} 不在{year.year}年内")
    yield from _check_lists(part)


def _listed(table: CalendarYear | LocalCalendar) -> Iterator[tuple[str, int, date]]:
    for name, days in (("off", table.off), ("work", table.work)):
        for index, day in enumerate(days):
            yield name, index, day


def _check_lists(part: Part[CalendarYear] | Part[LocalCalendar]) -> Iterator[Problem]:
    """Yield what no list of days may hold: a day twice, or an ordinary weekday as a make-up workday."""
    seen: dict[date, str] = {}
    for name, index, day in _listed(part.model):
        if day in seen:
            message = f"{day} 已列入 {seen[day]}；一天只能列一次"
            yield part.problem((name, index), "E504", message)
        seen[day] = name
        if name == "work" and day.weekday() < FIRST_WEEKEND_DAY:
            yield part.problem((name, index), "E504", f"{day} 不是周六、周日，不需列为调休上班")


def check_local_calendars(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of local holidays and of the offices' choice among them.

    source   全国年节及纪念日放假办法: a locality may add days of its own, it takes none of the country's away
    """
    for part in parts.local_calendars.values():
        if part.model.key != part.key:
            message = f"key“{part.model.key}”应与文件名“{part.key}”一致"
            yield part.problem(("key",), "E302", message)
        yield from _check_mark(part)
        yield from _check_lists(part)
        yield from _check_against_years(part, parts)
    for office in parts.offices.values():
        yield from _check_chosen(office, parts)


def _check_mark(part: Part[LocalCalendar]) -> Iterator[Problem]:
    local = part.model
    if local.verified is not (local.checked in READ):
        wanted = "true" if local.checked in READ else "false"
        message = f"核验方式为“{local.checked}”，verified 应为 {wanted}"
        yield part.problem(("verified",), "E602", message)
    if local.status == "official" and not local.verified:
        message = "未核验的地方安排只能是 provisional（暂定）；取得通知并核对后再写 official"
        yield part.problem(("status",), "E504", message)


def _check_against_years(part: Part[LocalCalendar], parts: Parts) -> Iterator[Problem]:
    national = {day for year in parts.calendars.values() for day in year.model.off}
    known = parts.names("calendars")
    for name, index, day in _listed(part.model):
        if str(day.year) not in known:
            message = f"没有{day.year}年全国年表 calendars/{day.year}.yaml，{day} 无从叠加；先导入该年年表"
            yield part.problem((name, index), "E504", message)
        elif name == "work" and day in national:
            yield part.problem((name, index), "E504", f"{day} 是全国放假日，地方不能改为上班；删去这一天")


def _check_chosen(office: Part[Office], parts: Parts) -> Iterator[Problem]:
    known = parts.names("local_calendars")
    for index, chosen in enumerate(office.model.choices.local_calendars):
        path = ("choices", "local_calendars", index)
        part = parts.local_calendars.get(chosen)
        if chosen not in known:
            message = f"没有规则文件 local_calendars/{chosen}.yaml{near(chosen, known)}"
            yield office.problem(path, "E410", message)
        elif part is not None and not office.model.region.startswith(part.model.region):
            message = f"“{part.model.name}”适用于{part.model.region}，本单位在{office.model.region}，不能选用"
            yield office.problem(path, "E504", message)


def sound_calendar(parts: Parts) -> Calendar:
    """Return the calendar of the years that can be counted with; what is wrong with the others is told elsewhere."""
    return _calendar(tuple(part.model for part in parts.calendars.values() if not list(check_days(part))))


@lru_cache(maxsize=4)
def _calendar(years: tuple[CalendarYear, ...]) -> Calendar:
    return Calendar.of(years)
