"""The calendar entry of a visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from core.errors import InvalidInput
from delivery.invitation import MEDIA_TYPE, make_invitation, make_uid
from delivery.mail import Address, Attachment, Letter, build_mime
from delivery.mailreader import read_mime

VISIT: dict[str, Any] = {
    "uid": make_uid("shilixian", "2026-ZH-01", "D001", "P001", "mail.example.cn"),
    "summary": "法治督察：示例县农业农村局（组长）",
    "location": "示例县农业农村局, 三楼; 东侧",
    "description": "督察组：督察员01、督察员02\n联系电话：0000-1234567，" + "请按时到达。" * 20,
    "from_on": date(2026, 3, 5),
    "to_on": date(2026, 3, 5),
    "stamp": datetime(2026, 2, 24, 1, 0, tzinfo=UTC),
}


def read_event(content: bytes) -> Any:
    return Calendar.from_ical(content).walk("VEVENT")[0]


def test_one_day_runs_from_nine_to_five_in_shanghai() -> None:
    event = read_event(make_invitation(**VISIT))
    assert event["dtstart"].dt.isoformat() == "2026-03-05T09:00:00+08:00"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=8)


def test_several_days_are_whole_days_with_the_last_one_included() -> None:
    event = read_event(make_invitation(**{**VISIT, "to_on": date(2026, 3, 6)}))
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 3, 5), date(2026, 3, 7))


def test_text_comes_back_whole_whatever_marks_it_has() -> None:
    event = read_event(make_invitation(**VISIT))
    assert [str(event[name]) for name in ("uid", "summary", "location", "description")] == [
        VISIT[name] for name in ("uid", "summary", "location", "description")
    ]


def test_the_file_is_deterministic_published_and_folded() -> None:
    content = make_invitation(**VISIT)
    assert content == make_invitation(**VISIT)
    assert b"METHOD:PUBLISH\r\n" in content
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_it_travels_as_a_calendar_attachment() -> None:
    letter = Letter(
        "<a@example.cn>",
        Address("", "a@example.cn"),
        Address("", "b@example.cn"),
        "任务",
        "见附件",
        VISIT["stamp"],
        attachments=(Attachment("督察日程-D001.ics", MEDIA_TYPE, make_invitation(**VISIT)),),
    )
    file = read_mime(build_mime(letter)).files[0]
    assert (file.name, file.media_type, file.content) == (
        "督察日程-D001.ics",
        "text/calendar",
        make_invitation(**VISIT),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"to_on": date(2026, 3, 4)},
        {"stamp": datetime(2026, 2, 24)},  # noqa: DTZ001  naive on purpose
        {"summary": "督察\nATTENDEE:mailto:x@example.cn"},
        {"location": ""},
        {"description": "甲\x07"},
        {"uid": "a\r\nb"},
    ],
)
def test_what_cannot_be_an_entry_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        make_invitation(**{**VISIT, **wrong})
