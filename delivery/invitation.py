"""The calendar entry that goes with an inspector's task mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from core.errors import InvalidInput
from delivery.addresses import show_plainly

MEDIA_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
ZONE_NAME = "Asia/Shanghai"
ZONE = ZoneInfo(ZONE_NAME)
STARTS_AT = time(9, 0)
ENDS_AT = time(17, 0)


def make_invitation(
    *,
    uid: str,
    summary: str,
    location: str,
    description: str,
    from_on: date,
    to_on: date,
    stamp: datetime,
    all_day: bool | None = None,
    sequence: int = 0,
) -> bytes:
    """Return an .ics file (PUBLISH, one event) for a visit; the same bytes for the same arguments.

    uid: the same for every version of the visit, see `make_uid`; sequence: 0, then one more for each change of it
    from_on, to_on: civil days in Asia/Shanghai, both included
    stamp: aware instant of the version
    all_day: None takes 09:00-17:00 for one day, whole days for several (a block would run through the nights)
    raises: InvalidInput
    """
    if to_on < from_on:
        raise _refused("督察日期", f"{from_on}至{to_on}", "结束日不早于开始日")
    if stamp.tzinfo is None:
        raise _refused("stamp", stamp.isoformat(), "带时区的时刻")
    event = Event()
    event.add("uid", _one_line("uid", uid))
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    _add_span(event, from_on, to_on, whole_days=from_on != to_on if all_day is None else all_day)
    event.add("summary", _one_line("标题", summary))
    event.add("location", _one_line("地点", location))
    event.add("description", _text("说明", description))
    event.add("transp", "OPAQUE")
    content: bytes = _calendar(event).to_ical()
    return content


def _add_span(event: Event, from_on: date, to_on: date, *, whole_days: bool) -> None:
    if whole_days:
        event.add("dtstart", from_on)
        event.add("dtend", to_on + timedelta(days=1))  # the end is excluded (RFC 5545, 3.6.1)
    else:
        event.add("dtstart", datetime.combine(from_on, STARTS_AT, tzinfo=ZONE))
        event.add("dtend", datetime.combine(to_on, ENDS_AT, tzinfo=ZONE))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A whole day of a calendar file: its lasting identity, what is on it, and the day."""

    uid: str
    summary: str
    on: date


def make_day_calendar(days: Sequence[CalendarDay], stamp: datetime) -> bytes:
    """Return an .ics file (PUBLISH) with a whole-day event for each day; the same bytes for the same arguments.

    stamp: aware instant of the version
    raises: InvalidInput
    """
    if stamp.tzinfo is None:
        raise _refused("stamp", stamp.isoformat(), "带时区的时刻")
    events = []
    for day in days:
        event = Event()
        event.add("uid", _one_line("uid", day.uid))
        event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
        _add_span(event, day.on, day.on, whole_days=True)
        event.add("summary", _one_line("标题", day.summary))
        event.add("transp", "TRANSPARENT")
        events.append(event)
    content: bytes = _calendar(*events).to_ical()
    return content


def make_uid(office: str, campaign: str, visit: str, inspector: str, domain: str) -> str:
    """Return the calendar identity of a visit in one inspector's diary."""
    return f"{office}/{campaign}/{visit}/{inspector}@{domain}".replace(" ", "_")


def _calendar(*events: Event) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//ducha//visit//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(event)
    return calendar


def _zone() -> Timezone:
    """Describe Asia/Shanghai for programs without a zone table: +08:00, no summer time since 1991."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1991, 9, 15, 1, 0))  # noqa: DTZ001  RFC 5545 wants local time here
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", ZONE_NAME)
    zone.add_component(standard)
    return zone


def _one_line(field: str, text: str) -> str:
    if "\n" in text:
        raise _refused(field, text, "单行文字")
    return _text(field, text)


def _text(field: str, text: str) -> str:
    if not text.strip() or any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in text):
        raise _refused(field, text, "非空文字，不含控制字符")
    return text.strip()


def _refused(field: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"日程的{field}不能使用",
        found=show_plainly(found),
        expected=expected,
        remedy="改正后重新生成日程附件",
    )
