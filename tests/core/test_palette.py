"""The colours of a ladder: their order and words are data, codes it does not use find a place, none is below all."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codes import Light
from core.ladders.palette import DEFAULT, Palette

NONE, BLUE, YELLOW, ORANGE, RED, BLACK = Light
COLOURS = [light for light in Light if light is not NONE]
THREE = Palette((BLUE, ORANGE, RED), {BLUE: "蓝", ORANGE: "橙", RED: "朱"}, {BLUE: "提醒"}, {ORANGE: "橙牌"})
# 广元：蓝签是表扬，级别最低的是黄
UPSIDE_DOWN = Palette((RED, BLUE), {RED: "红", BLUE: "蓝"})

orders = st.lists(st.sampled_from(COLOURS), min_size=1, unique=True).map(
    lambda lights: Palette(tuple(lights), {light: f"色{light}" for light in lights})
)


def test_the_default_order_goes_from_none_over_orange_to_black() -> None:
    assert DEFAULT.every == (NONE, BLUE, YELLOW, ORANGE, RED, BLACK)
    assert [DEFAULT.rank(light) for light in DEFAULT.every] == [light.rank for light in Light]


def test_the_order_of_a_ladder_is_the_order_in_which_it_lists_its_colours() -> None:
    assert THREE.rank(BLUE) < THREE.rank(ORANGE) < THREE.rank(RED)
    assert UPSIDE_DOWN.rank(RED) < UPSIDE_DOWN.rank(BLUE)
    assert UPSIDE_DOWN.highest([RED, BLUE, NONE]) is BLUE
    assert UPSIDE_DOWN.in_order([BLUE, RED, BLUE]) == (RED, BLUE)
    assert (THREE.lowest, THREE.highest_first) == (BLUE, (RED, ORANGE, BLUE, NONE))
    assert THREE.highest([]) is NONE


def test_a_colour_goes_up_and_down_only_over_those_the_ladder_uses() -> None:
    assert [THREE.raised(light) for light in (NONE, BLUE, ORANGE, RED)] == [BLUE, ORANGE, RED, RED]
    assert [THREE.lowered(light) for light in (NONE, BLUE, ORANGE, RED)] == [NONE, NONE, BLUE, ORANGE]


def test_a_colour_the_ladder_does_not_use_stands_where_the_default_order_puts_it() -> None:
    assert THREE.rank(BLUE) < THREE.rank(YELLOW) < THREE.rank(ORANGE)
    assert THREE.rank(BLACK) > THREE.rank(RED)
    assert (THREE.raised(YELLOW), THREE.lowered(BLACK)) == (ORANGE, RED)


def test_every_colour_has_its_word_and_none_says_so() -> None:
    words = [THREE.word(light) for light in (NONE, BLUE, ORANGE, RED, BLACK)]
    assert words == ["未亮灯", "蓝灯", "橙牌", "朱灯", "黑灯"]
    assert [THREE.label(light) for light in (NONE, RED, BLACK)] == ["无", "朱", "黑"]
    assert (THREE.meaning(BLUE), THREE.meaning(RED)) == ("提醒", "")


@pytest.mark.parametrize(
    ("word", "light"),
    [
        ("蓝", BLUE), ("蓝灯", BLUE), ("橙", ORANGE), ("橙牌", ORANGE), ("朱", RED), ("红灯", RED), ("红", RED),
        ("无", NONE), ("未亮灯", NONE),
    ],
)  # fmt: skip
def test_a_colour_is_known_by_its_own_words_and_the_usual_ones(word: str, light: Light) -> None:
    assert THREE.named()[word] is light


def test_a_colour_the_ladder_does_not_use_has_no_name_in_it() -> None:
    assert not {"黄", "黄灯", "黑"} & set(THREE.named())


def test_a_label_of_the_ladder_wins_over_the_usual_word_of_another_colour() -> None:
    swapped = Palette((BLUE, RED), {BLUE: "红", RED: "蓝"})
    assert (swapped.named()["红"], swapped.named()["蓝灯"]) == (BLUE, RED)


@given(orders)
def test_every_code_has_one_rank_and_the_listed_ones_keep_their_order(palette: Palette) -> None:
    assert sorted(palette.ranks.values()) == list(range(len(Light)))
    assert palette.rank(NONE) == 0
    ranks = [palette.rank(light) for light in palette.lights]
    assert ranks == sorted(ranks)


@given(orders)
def test_raising_and_lowering_walk_the_listed_colours_one_by_one(palette: Palette) -> None:
    for lower, higher in itertools.pairwise((NONE, *palette.lights)):
        assert palette.raised(lower) is higher
        assert palette.lowered(higher) is lower
    assert palette.raised(palette.lights[-1]) is palette.lights[-1]
    for light in Light:
        assert palette.rank(palette.raised(light)) >= palette.rank(light)
        assert palette.rank(palette.lowered(light)) <= palette.rank(light)


@given(orders)
def test_the_words_of_the_listed_colours_tell_them_apart(palette: Palette) -> None:
    assert len({palette.word(light) for light in palette.lights}) == len(palette.lights)
    assert all(palette.named()[palette.word(light)] is light for light in (NONE, *palette.lights))
