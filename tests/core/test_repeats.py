"""Which items are the same matter, and which earlier findings make a repeat."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.codes import Severity
from core.repeats import Earlier, raised, repeats_of, same_matter, stands_for, years_before

LINKS = {
    "A01": frozenset({"A05", "A06"}),  # retired, replaced by two
    "Z01": frozenset({"E23", "F27"}),  # of a special catalogue
    "Z02": frozenset({"E23"}),
    "B01": frozenset({"B02"}),
    "B02": frozenset({"B01"}),
}
DAY = date(2026, 4, 20)


def test_an_item_goes_on_in_those_that_replace_it() -> None:
    assert same_matter("A01", "A06", LINKS)
    assert same_matter("A05", "A01", LINKS)
    assert not same_matter("A05", "A06", LINKS)


def test_two_items_that_a_third_maps_to_are_not_one_matter() -> None:
    assert same_matter("Z01", "E23", LINKS)
    assert same_matter("Z01", "Z02", LINKS)
    assert not same_matter("E23", "F27", LINKS)
    assert not same_matter("Z02", "F27", LINKS)


def test_items_that_replace_each_other_in_a_circle_come_to_an_end() -> None:
    assert stands_for("B01", LINKS) == {"B01", "B02"}


def test_a_leap_day_goes_back_to_the_last_of_february() -> None:
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)
    assert years_before(DAY, 3) == date(2023, 4, 20)


def test_only_earlier_findings_of_other_campaigns_within_the_years_count() -> None:
    past = [
        Earlier(1, 1, "E24", date(2023, 4, 20)),  # three years ago to the day: out
        Earlier(2, 1, "E24", date(2023, 4, 21)),
        Earlier(3, 2, "E24", date(2026, 4, 1)),  # of the same campaign
        Earlier(4, 3, "E25", date(2025, 4, 1)),  # another matter
        Earlier(5, 3, "E24", date(2026, 4, 21)),  # later
        Earlier(6, 3, "E24", date(2024, 4, 1)),
    ]
    assert [one.id for one in repeats_of("E24", 2, DAY, 3, past, {})] == [2, 6]


def test_a_severity_rises_by_one_and_the_gravest_stays() -> None:
    assert [raised(one) for one in Severity] == [Severity.MAJOR, Severity.GRAVE, Severity.GRAVE]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4), st.sampled_from(["A01", "A05", "A06", "E23", "Z01"]), st.integers(-1500, 40)
        )
    ),
    st.integers(1, 6),
)
def test_whatever_came_before_each_repeat_is_earlier_kin_and_within_the_years(
    rows: list[tuple[int, str, int]], years: int
) -> None:
    past = [Earlier(n, c, item, DAY + timedelta(days)) for n, (c, item, days) in enumerate(rows)]
    found = repeats_of("A01", 1, DAY, years, past, LINKS)
    assert [one.confirmed_on for one in found] == sorted(one.confirmed_on for one in found)
    kept = {one.id for one in found}
    for one in past:
        counts = one.campaign_id != 1 and one.item in ("A01", "A05", "A06")
        counts = counts and years_before(DAY, years) < one.confirmed_on <= DAY
        assert (one.id in kept) == counts
