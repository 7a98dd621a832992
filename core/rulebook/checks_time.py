"""Checks of the timetable and of the tables of holidays."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Problem
from core.rulebook.parts import Part, Parts
from core.rulebook.timetable import CalendarYear

FIRST_WEEKEND_DAY = 5


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
        yield from _check_days(part)


def _check_days(part: Part[CalendarYear]) -> Iterator[Problem]:
    year = part.model
    seen: dict[object, str] = {}
    for name, days in (("off", year.off), ("work", year.work)):
        for index, day in enumerate(days):
            if day.year != year.year:
                yield part.problem((name, index), "E504", f"{day} 不在{year.year}年内")
            if day in seen:
                message = f"{day} 已列入 {seen[day]}；一天只能列一次"
                yield part.problem((name, index), "E504", message)
            seen[day] = name
            if name == "work" and day.weekday() < FIRST_WEEKEND_DAY:
                yield part.problem((name, index), "E504", f"{day} 不是周六、周日，不需列为调休上班")
