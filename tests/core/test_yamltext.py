from __future__ import annotations

import pytest

from core.text.yamltext import Place, read_yaml


def codes(text: str) -> list[str]:
    return [f"{one.line}:{one.column} {one.code}" for one in read_yaml(text, "f.yaml").problems]


def test_scalars_stay_the_text_that_was_written() -> None:
    text = read_yaml("a: no\nb: 010\nc: 2026-13-01\nd: 12:30:00\ne: '007'\nf: 1_000\n")
    assert text.tree == {"a": "no", "b": "010", "c": "2026-13-01", "d": "12:30:00", "e": "007", "f": "1_000"}
    assert text.problems == ()


def test_only_empty_null_and_tilde_without_quotes_mean_nothing() -> None:
    assert read_yaml("a:\nb: null\nc: ~\nd: 'null'\ne: ''\n").tree == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_places_count_characters_from_one() -> None:
    text = read_yaml("事项:\n  - 编号: A01\n    词: [二, 三]\n", "f.yaml")
    assert text.place(("事项", 0, "编号")) == Place(2, 9)
    assert text.place(("事项", 0, "编号"), of_key=True) == Place(2, 5)
    assert text.place(("事项", 0, "词", 1)) == Place(3, 12)


def test_a_path_that_is_not_there_points_at_what_is_around_it() -> None:
    text = read_yaml("a:\n  b: 1\n")
    assert text.place(("a", "c", 3)) == Place(2, 3)
    assert text.place(("z",)) == Place(1, 1)


def test_a_place_inside_a_value_allows_for_its_quotes() -> None:
    text = read_yaml("a: percnt < 5\nb: 'percnt < 5'\nc: |\n  percnt < 5\n", "f.yaml")
    columns = [
        (one.line, one.column) for one in (text.problem_inside((key,), 3, "E207", "错") for key in "abc")
    ]
    assert columns == [(1, 6), (2, 7), (3, 4)]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_yaml("\ufeffa: 1\n").tree == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ["2:1 E103"]),
        ("a: {b: 1, b: 2}\nc: 1\nc: 2\n", ["1:11 E103", "3:1 E103"]),
        ("a: {x: 1}\na: {x: 2}\n", ["2:1 E103"]),
        ("a: &x 1\nb: *x\n", ["1:4 E104", "2:4 E104"]),
        ("a: {b: 1}\n<<: {c: 2}\n", ["2:1 E105"]),
        ("a: 1\n---\nb: 2\n---\nc: 3\n", ["2:1 E106"]),
        ("a: !!int 3\nb: !own x\n", ["1:4 E107", "2:4 E107"]),
        ("? [a, b]\n: 1\n", ["1:3 E108"]),
        ("? {a: {b: [1]}}\n: [2]\nz: 1\n", ["1:3 E108"]),
        ("a: &x 1\n*x : 2\n", ["1:4 E104", "2:1 E104", "2:1 E108"]),
        ("a:\n\t- b\nc: d\te\n", ["2:1 E102", "3:5 E102"]),
        ("a: 甲\u200b乙\n", ["1:5 E109"]),
        ("a: \x00\n", ["1:4 E109"]),
        ("a: [1\nb: 2\n", ["2:2 E101"]),
        ("a: b: c\n", ["1:5 E101"]),
        ("a: 'open\n", ["1:4 E101"]),
        ("a: 1\nname：b\nc: 2\n", ["2:5 E112"]),
        ("- name：a\n  b: 1\n", ["1:7 E112"]),
        ("a: 1\nname:b\nc: 2\n", ["2:5 E101"]),
        ("a: {ｎｏ: 1, code：x}\n", ["1:5 E112", "1:12 E112"]),
        ("a:\n　　b: 1\n", ["2:1 E109"]),
        ("a:\u00a0b\n", ["1:3 E109"]),
        ("a: 1\n\ufeffb: 2\n", ["2:1 E109"]),
        ("a: 1\nb: \udcb1\udcea\nc: \udcb1\n", ["2:4 E111"]),
        ("a: 1\r\nb: 2\r\n", []),
        ("a: @x\n", ["1:4 E101"]),
        ("", ["1:1 E110"]),
        ("# only a comment\n", ["1:1 E110"]),
    ],
)
def test_mistakes_of_writing_are_told_with_line_and_column(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_key_in_full_width_letters_is_read_as_if_it_were_written_right() -> None:
    assert read_yaml("{ｎａｍｅ: 甲, code：x, ａ: [一]}").tree == {"name": "甲", "code": "x", "a": ["一"]}


def test_mistakes_before_a_broken_line_are_told_too() -> None:
    assert codes("a: 1\na: 2\nb: [\n") == ["2:1 E103", "4:1 E101"]


def test_a_thousand_levels_do_not_exhaust_the_stack() -> None:
    text = read_yaml("[" * 1000 + "]" * 1000)
    assert isinstance(text.tree, list) or [one.code for one in text.problems] == ["E101"]
