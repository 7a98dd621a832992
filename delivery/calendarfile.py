"""Days as a calendar file (iCalendar, RFC 5545) that phones and office programs read; each entry lasts a whole day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_BYTES = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One day in a calendar.

    uid       the same for the same thing for ever, so that a later file moves the entry instead of adding one
    sequence  how often the entry was changed
    """

    uid: str
    on: date
    title: str
    place: str = ""
    text: str = ""
    sequence: int = 0


def write_calendar(entries: Sequence[Entry], name: str, made_at: datetime) -> bytes:
    """Return a calendar file of entries that each last a day.

    made_at   an aware instant
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ducha//console//ZH", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]  # fmt: skip
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(one.uid)}",
            f"DTSTAMP:{stamp}",
            f"SEQUENCE:{one.sequence}",
            f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(one.title)}",
            *([f"LOCATION:{_text(one.place)}"] if one.place else []),
            *([f"DESCRIPTION:{_text(one.text)}"] if one.text else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode("utf-8")


def _text(value: str) -> str:
    """Return a text with what the format reserves escaped, and nothing that would end the line."""
    plain = "".join(one for one in value if one.isprintable() or one == "\n")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 bytes; a part that goes on begins with a blank."""
    part, size = "", 0
    for one in line:
        width = len(one.encode("utf-8"))
        if size + width > LINE_BYTES:
            yield part
            part, size = " ", 1
        part, size = part + one, size + width
    yield part
