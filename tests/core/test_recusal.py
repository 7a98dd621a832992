"""Who must keep away from a unit: posts and their years, declared ties, makers; each with its ground."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.staffing.recusal import (
    Ground,
    Post,
    Posts,
    Tie,
    count_grounds,
    read_post,
    recusals,
    say_recusals,
    still_counts,
)

ON = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("D003", Post("D003")),
        ("D003@2022", Post("D003", date(2022, 12, 31))),
        ("D003@2024-02", Post("D003", date(2024, 2, 29))),
        ("D003@2021-12", Post("D003", date(2021, 12, 31))),
        ("D003@2022-05-06", Post("D003", date(2022, 5, 6))),
    ],
)
def test_a_former_post_may_say_when_it_ended(text: str, post: Post) -> None:
    assert read_post(text) == post


@pytest.mark.parametrize(
    "text", ["D003@", "D003@22", "D003@2022-13", "D003@2022-02-30", "@2022", "D003@2022-5"]
)
def test_a_time_of_leaving_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="D003@2022-05"):
        read_post(text)


def test_a_former_post_counts_until_its_years_are_over() -> None:
    left = Post("D003", date(2021, 3, 2))
    assert still_counts(left, 5, date(2026, 3, 1))
    assert not still_counts(left, 5, date(2026, 3, 2))
    assert still_counts(left, 0, date(2060, 1, 1))
    assert still_counts(Post("D003"), 5, date(2060, 1, 1))
    leap = Post("D003", date(2024, 2, 29))
    assert still_counts(leap, 5, date(2029, 2, 28))
    assert not still_counts(leap, 5, date(2029, 3, 1))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 20), st.integers(0, 9000))
def test_once_a_post_counts_no_more_it_never_counts_again(left: date, years: int, later: int) -> None:
    days = [still_counts(Post("D003", left), years, left + timedelta(n)) for n in (later, later + 1)]
    assert days != [False, True]


def test_every_ground_is_found_with_the_person_it_is_about() -> None:
    found = recusals(
        [
            Posts("P1", "D1"),
            Posts("P2", "S1", frozenset({"D1@2024"})),
            Posts("P3", "S1", frozenset({"D1@2010"})),
        ],
        ["D1", "D2"],
        {},
        [Tie("P3", "D2", Ground.KIN), Tie("P1", "D1", Ground.INTEREST), Tie("P4", "D9", Ground.MAKER)],
        former_years=5,
        on=ON,
    )
    assert found == {
        "D1": {"P1": (Ground.CURRENT, Ground.INTEREST), "P2": (Ground.FORMER,)},
        "D2": {"P3": (Ground.KIN,)},
    }


def test_who_works_in_a_body_keeps_away_from_those_above_it_even_round_a_circle() -> None:
    parents = {"D1": "D2", "D2": "D3", "D3": "D1"}
    found = recusals([Posts("P1", "D1")], ["D2", "D3"], parents, [], former_years=5, on=ON)
    assert found == {"D2": {"P1": (Ground.CURRENT,)}, "D3": {"P1": (Ground.CURRENT,)}}


def test_recusals_are_said_by_ground_and_counted_by_the_first() -> None:
    people = {"P1": (Ground.CURRENT, Ground.KIN), "P2": (Ground.MAKER,)}
    assert say_recusals(people, 5) == [
        "P1现在或近5年曾在该单位（含所属单位）任职，回避",
        "P1与该单位存在须回避的情形（亲属关系），回避",
        "P2与该单位存在须回避的情形（原结论经办人），回避",
    ]
    assert count_grounds(people) == "现任职1人、原结论经办人1人"
    assert count_grounds({}) == ""
