"""Who carries on for whom, through mergers and splits, on any day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.lineage import Descent, Lineage

MERGED, SPLIT = date(2026, 3, 1), date(2027, 3, 1)
# 1 and 2 are merged into 3, which is divided into 4 and 5 a year later.
COUNTY = Lineage.of(
    [
        Descent(1, 3, MERGED),
        Descent(2, 3, MERGED),
        Descent(3, 4, SPLIT),
        Descent(3, 5, SPLIT),
        Descent(7, 7, SPLIT),
    ]
)


def test_heirs_and_ancestors_are_asked_for_a_day() -> None:
    assert COUNTY.heirs(1) == {1, 3, 4, 5}
    assert COUNTY.heirs(1, MERGED - timedelta(1)) == {1}
    assert COUNTY.heirs(1, MERGED) == {1, 3}
    assert COUNTY.ancestors(4) == {1, 2, 3, 4}
    assert COUNTY.ancestors(4, MERGED) == {4}
    assert COUNTY.family(3) == {1, 2, 3, 4, 5}


def test_a_unit_that_never_changed_has_only_itself() -> None:
    assert COUNTY.heirs(9) == COUNTY.ancestors(9) == {9}
    assert COUNTY.heirs(7) == {7}


def test_a_descent_that_would_make_a_unit_its_own_heir_is_seen_before() -> None:
    assert COUNTY.would_circle(3, 1)
    assert COUNTY.would_circle(5, 2)
    assert not COUNTY.would_circle(1, 5)
    assert COUNTY.would_circle(9, 9)


descents = st.builds(
    Descent, st.integers(1, 8), st.integers(1, 8), st.dates(date(2026, 1, 1), date(2027, 1, 1))
)


@given(
    st.lists(descents, max_size=15),
    st.integers(1, 8),
    st.integers(1, 8),
    st.dates(date(2026, 1, 1), date(2027, 6, 1)),
)
def test_an_heir_has_its_ancestor_and_no_day_takes_an_heir_away(
    known: list[Descent], one: int, other: int, day: date
) -> None:
    lineage = Lineage.of(known)
    assert (other in lineage.heirs(one, day)) == (one in lineage.ancestors(other, day))
    assert lineage.heirs(one, day) <= lineage.heirs(one, day + timedelta(30)) <= lineage.heirs(one)
