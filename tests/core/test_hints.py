"""What a writer probably meant by a wrong value, and where a rule file belongs."""

from __future__ import annotations

import pytest

from core.rulebook.hints import near, read_numeral, suggest
from core.rulebook.places import check_ending, check_name, describe_misplaced, is_meant_as_rule

PLACES = ("catalogs/<目录>/catalog.yaml", "documents/<名称>.yaml", "ladders/<名称>.yaml", "timetable.yaml")


@pytest.mark.parametrize(
    ("kind", "found", "meant"),
    [
        ("whole", "15天", "15"),
        ("whole", "二十个工作日", "20"),
        ("whole", "两天", "2"),
        ("whole", "一百零五", "105"),
        ("whole", "015", "15"),
        ("whole", "１５", "15"),
        ("whole", "约100", "100"),
        ("flag", "是", "true"),
        ("flag", "Yes", "true"),
        ("flag", "“否”", "false"),
        ("day", "2026-3-2", "2026-03-02"),
        ("day", "2026年3月2日", "2026-03-02"),
        ("day", "20260302", "2026-03-02"),
    ],
)
def test_a_number_a_flag_and_a_day_are_guessed_from_how_people_write_them(
    kind: str, found: str, meant: str
) -> None:
    assert suggest(kind, found) == f"；是否想写 {meant}"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("whole", "若干"),
        ("whole", ""),
        ("flag", "大概"),
        ("day", "2026-2-30"),
        ("day", "明天"),
        ("other", "15天"),
    ],
)
def test_nothing_is_guessed_where_nothing_is_meant(kind: str, found: str) -> None:
    assert suggest(kind, found) == ""


@pytest.mark.parametrize(
    ("text", "number"), [("十", 10), ("二十一", 21), ("三百", 300), ("", None), ("一二", None)]
)
def test_chinese_numerals_are_read(text: str, number: int | None) -> None:
    assert read_numeral(text) == number


def test_words_glued_by_a_full_width_comma_are_told_apart() -> None:
    assert "[甲, 乙]" in near("甲，乙", ["甲", "乙"])
    assert near("甲，丁", ["甲", "乙"]) == ""


def test_quotes_and_full_width_letters_do_not_hide_a_word() -> None:
    assert near("“prompt”", ["prompt"]) == near("ｐｒｏｍｐｔ", ["prompt"]) == "；是否想写“prompt”"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("document/prompt.yaml", "“documents”"),
        ("timetables.yaml", "“timetable.yaml”"),
        ("ladders/old/problem.yaml", "ladders 之下应为 ladders/<名称>.yaml"),
    ],
)
def test_a_misplaced_file_is_told_where_it_belongs(path: str, hint: str) -> None:
    problem = describe_misplaced(path, PLACES)
    assert (problem.code, problem.file) == ("E205", path)
    assert hint in problem.message


@pytest.mark.parametrize("path", ["documents/a.yml", "documents/a.yaml.txt", "documents/a.YAML"])
def test_an_ending_that_only_looks_like_yaml_is_told_with_the_right_name(path: str) -> None:
    problem = check_ending(path)
    assert is_meant_as_rule(path)
    assert problem is not None
    assert "“documents/a.yaml”" in problem.message


def test_a_readme_is_not_meant_as_a_rule() -> None:
    assert not is_meant_as_rule("README.md")
    assert not is_meant_as_rule("说明.txt")


@pytest.mark.parametrize(
    "path", ["documents/提示单.yaml", "documents/prompt (1).yaml", "catalogs/a b/A.yaml"]
)
def test_a_file_name_that_cannot_be_a_key_is_told(path: str) -> None:
    problem = check_name(path)
    assert problem is not None
    assert problem.code == "E303"


def test_the_names_of_the_shipped_kind_are_fine() -> None:
    assert check_name("catalogs/fazhi-ducha-46/A.yaml") is None
    assert check_ending("calendars/2026.yaml") is None
