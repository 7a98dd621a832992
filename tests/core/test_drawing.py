"""Random draws: the same seed draws the same, every code has its chance, and anybody can check with sha256sum."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.staffing.drawing import draw, lot, population_hash

UNITS = [f"D{number:03}" for number in range(1, 41)]


def test_a_draw_is_the_smallest_hashes_of_seed_and_code() -> None:
    expected = sorted(UNITS, key=lambda code: hashlib.sha256(f"2026年3月抽查\n{code}".encode()).hexdigest())
    assert draw(UNITS, 5, "2026年3月抽查") == tuple(expected[:5])
    assert lot("s", "D001") == hashlib.sha256(b"s\nD001").hexdigest()


@given(st.permutations(UNITS), st.integers(1, 40), st.text("abc123", min_size=1, max_size=6))
def test_the_order_of_the_population_does_not_matter(order: list[str], size: int, seed: str) -> None:
    drawn = draw(order, size, seed)
    assert drawn == draw(UNITS, size, seed)
    assert len(set(drawn)) == size
    assert population_hash(order) == population_hash(UNITS)


def test_over_many_seeds_every_code_is_drawn_about_equally_often() -> None:
    counts = Counter(code for seed in range(800) for code in draw(UNITS, 5, str(seed)))
    assert set(counts) == set(UNITS)
    assert min(counts.values()) > 65  # 100 expected; 65 is far beyond chance
    assert max(counts.values()) < 140


def test_a_bigger_draw_contains_the_smaller_one() -> None:
    assert draw(UNITS, 10, "7")[:4] == draw(UNITS, 4, "7")


@pytest.mark.parametrize(
    ("codes", "size", "seed", "said"),
    [
        (UNITS, 0, "7", "1至40"),
        (UNITS, 41, "7", "1至40"),
        ([], 1, "7", "不为空"),
        (UNITS, 3, " ", "随机种子"),
        ([*UNITS, "D001"], 3, "7", "D001"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(codes: list[str], size: int, seed: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        draw(codes, size, seed)
