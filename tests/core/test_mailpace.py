"""The pace of mail: buckets that learn, and the hours in which mail goes out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.workdays import Calendar
from core.mail.hours import SendingHours
from core.mail.pacing import (
    FIRST_RATE,
    HOLD,
    LOWEST_RATE,
    SATISFIED,
    UNLIMITED,
    Bucket,
    asks_to_slow_down,
    full_bucket,
)

NOW = datetime(2026, 5, 27, 2, 0, tzinfo=UTC)  # a Wednesday, ten in the morning in Shanghai
HOURS = SendingHours(time(7, 30), time(20), days_off=False)


def at(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    """Return an instant by the wall clock of Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


# ---- buckets --------------------------------------------------------------------------------------------------


def test_a_full_bucket_lets_a_minutes_worth_go_and_fills_again() -> None:
    bucket = full_bucket(6, NOW)
    assert bucket.room(NOW) == 6
    bucket = bucket.less(6, NOW)
    assert bucket.room(NOW) == 0
    assert bucket.room(NOW + timedelta(seconds=10)) == 1
    assert bucket.room(NOW + timedelta(hours=9)) == 6


def test_a_clock_that_is_set_back_brings_no_mails() -> None:
    bucket = full_bucket(6, NOW).less(6, NOW)
    assert bucket.room(NOW - timedelta(days=1)) == 0


def test_without_a_limit_any_number_may_go() -> None:
    assert full_bucket(UNLIMITED, NOW).less(1000, NOW).room(NOW) is None


def test_a_complaint_halves_the_pace_and_holds_it_for_a_while() -> None:
    slow = full_bucket(10, NOW).slowed(NOW)
    assert (slow.rate, slow.room(NOW + timedelta(minutes=1))) == (5, 0)
    assert slow.room(NOW + HOLD) == 5
    assert full_bucket(UNLIMITED, NOW).slowed(NOW).rate == FIRST_RATE
    assert full_bucket(1, NOW).slowed(NOW).rate == LOWEST_RATE


def test_the_pace_grows_after_minutes_without_a_complaint_and_not_beyond_its_ceiling() -> None:
    slow = full_bucket(20, NOW).slowed(NOW)
    assert slow.pleased(SATISFIED * 10 - 1).rate == 10
    assert slow.pleased(SATISFIED * 10).rate == 11
    bucket = slow
    for _ in range(100):
        bucket = bucket.pleased(SATISFIED * bucket.rate)
    assert bucket.rate == 20


def test_a_limit_that_was_only_learned_is_lost_again_at_last() -> None:
    bucket = full_bucket(UNLIMITED, NOW).slowed(NOW)
    for _ in range(200):
        bucket = bucket.pleased(SATISFIED * max(1, bucket.rate))
    assert bucket.rate == UNLIMITED


def test_after_a_complaint_everything_begins_anew() -> None:
    later = NOW + timedelta(minutes=7)
    worn = Bucket(20, 40, 13.0, NOW, NOW, taken=77)
    assert worn.slowed(later) == Bucket(10, 40, 0.0, later, later + HOLD, taken=0)


def test_what_is_taken_adds_up_until_the_rate_changes_and_lifts_the_hold_with_it() -> None:
    bucket = Bucket(20, 0, 3.0, NOW, NOW + HOLD, taken=5)
    assert bucket.pleased(4) == Bucket(20, 0, 3.0, NOW, NOW + HOLD, taken=9)
    assert bucket.pleased(95) == Bucket(22, 0, 3.0, NOW, None, taken=0)
    assert full_bucket(UNLIMITED, NOW).pleased(9) == full_bucket(UNLIMITED, NOW)


@pytest.mark.parametrize(("rate", "ceiling", "faster"), [
    (1, 0, 2), (9, 0, 10), (10, 0, 11), (21, 0, 23), (110, 0, 121), (30, 31, 31), (30, 33, 33), (30, 90, 33),
    (545, 0, 599), (546, 0, 600), (547, 0, UNLIMITED), (546, 900, 600), (800, 900, 880),
])  # fmt: skip
def test_a_rate_grows_by_a_tenth_and_from_ten_a_second_on_is_none(
    rate: int, ceiling: int, faster: int
) -> None:
    grown = Bucket(rate, ceiling, 0.0, NOW).pleased(SATISFIED * rate).rate
    assert (grown, type(grown)) == (faster, int)


@given(st.integers(1, 500), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 50)), max_size=30))
def test_no_minute_ever_lets_more_go_than_twice_its_rate(rate: int, steps: list[tuple[int, int]]) -> None:
    bucket, now, gone = full_bucket(rate, NOW), NOW, list[tuple[datetime, int]]()
    for seconds, wanted in steps:
        now += timedelta(seconds=seconds)
        share = min(wanted, bucket.room(now) or 0)
        bucket = bucket.less(share, now)
        gone.append((now, share))
    for start, _count in gone:
        within = [count for when, count in gone if start <= when < start + timedelta(minutes=1)]
        assert sum(within) <= 2 * rate


@given(st.lists(st.booleans(), max_size=60))
def test_whatever_is_heard_the_rate_stays_between_the_lowest_and_the_ceiling(heard: list[bool]) -> None:
    bucket: Bucket = full_bucket(40, NOW)
    for good in heard:
        bucket = bucket.pleased(400) if good else bucket.slowed(NOW)
        assert LOWEST_RATE <= bucket.rate <= 40


@pytest.mark.parametrize(
    ("reply", "slower"),
    [
        ("421 4.7.0 Try again later", True),
        ("450 4.2.1 The user is receiving mail too quickly", True),
        ("451 MI:IMF http://mail.example/help", True),
        ("452 4.3.1 Insufficient system storage", True),
        ("550 RP:TRC sending frequency limited", True),
        ("554 5.7.1 发信频率超过限制", True),
        ("450 4.7.1 Greylisted, come back in five minutes", False),
        ("550 5.1.1 no such user", False),
        ("552 5.2.2 Mailbox full", False),
        ("等待应答超时", False),
        ("250 ok", False),
    ],
)
def test_a_server_that_asks_to_slow_down_is_understood(reply: str, slower: bool) -> None:
    assert asks_to_slow_down(reply) is slower


# ---- hours ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.of(load_years())


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        (at(27, 7, 29), at(27, 7, 30)),
        (at(27, 7, 30), at(27, 7, 30)),
        (at(27, 19, 59), at(27, 19, 59)),
        (at(27, 20, 0), at(28, 7, 30)),
        (at(29, 21, 0), at(1, 7, 30, month=6)),  # Friday night: until Monday
        (at(30, 12, 0), at(1, 7, 30, month=6)),
        (at(1, 10, 0), at(6, 7, 30)),  # 劳动节 1 to 5 May
        (at(9, 10, 0), at(9, 10, 0)),  # a Saturday on which people work (调休补班)
    ],
)
def test_mail_waits_for_the_next_opening_by_the_working_calendar(
    calendar: Calendar, when: datetime, opens: datetime
) -> None:
    assert HOURS.open_from(when, calendar) == opens
    assert HOURS.are_open(when, calendar) is (when == opens)


def test_days_off_may_count_too(calendar: Calendar) -> None:
    always = SendingHours(time(7, 30), time(20), days_off=True)
    assert always.are_open(at(30, 12), calendar)
    assert not always.are_open(at(30, 6), calendar)


@pytest.mark.parametrize(
    ("when", "earlier"),
    [
        (at(27, 10, 0), at(27, 9, 0)),
        (at(27, 8, 0), at(26, 19, 30)),
        (at(27, 23, 0), at(27, 19, 0)),
        (at(25, 8, 0), at(22, 19, 30)),  # Monday morning: half an hour of it on Friday
        (at(31, 12, 0), at(29, 19, 0)),
    ],
)
def test_an_hour_of_service_time_ago(calendar: Calendar, when: datetime, earlier: datetime) -> None:
    assert HOURS.hours_ago(when, calendar, timedelta(hours=1)) == earlier


@pytest.mark.parametrize(("when", "earlier"), [
    (at(27, 7, 30), at(26, 19, 0)),  # the very opening: nothing of the day has passed
    (at(27, 8, 30), at(27, 7, 30)),  # exactly what has passed
])  # fmt: skip
def test_service_time_at_the_edges_of_the_hours(
    calendar: Calendar, when: datetime, earlier: datetime
) -> None:
    found = HOURS.hours_ago(when, calendar, timedelta(hours=1))
    assert (found, found.tzinfo) == (earlier, UTC)
    assert HOURS.open_from(at(27, 21), calendar).tzinfo is UTC


def test_where_nobody_ever_works_the_days_are_taken_as_they_come() -> None:
    class Idle(Calendar):
        """No working day at all."""

        def is_workday(self, day: date) -> bool:
            return False

    idle = Idle([])
    assert not HOURS.are_open(at(27, 12), idle)
    assert HOURS.open_from(at(27, 6), idle) == at(27, 7, 30)
    assert HOURS.hours_ago(at(27, 12), idle, timedelta(hours=1)) == at(26, 19)


def test_the_first_of_may_is_a_day_off(calendar: Calendar) -> None:
    assert not calendar.is_workday(date(2026, 5, 1))
    assert calendar.is_workday(date(2026, 5, 9))
