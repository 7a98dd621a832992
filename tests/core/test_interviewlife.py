"""Interviews count persons by role: a number or a name, never both for one entry."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.life.interviewlife import InterviewRole, describe_people, read_people, read_role


def test_people_are_counted_or_named() -> None:
    people = read_people(["部门负责人=1", "执法人员=3", "其他=周某"])
    assert people == {
        (InterviewRole.HEAD, ""): 1,
        (InterviewRole.ENFORCER, ""): 3,
        (InterviewRole.OTHER, "周某"): 1,
    }
    told = describe_people((role, name, count) for (role, name), count in people.items())
    assert told == "部门负责人1人、执法人员3人、其他人员1人（周某）"


def test_names_and_numbers_of_one_role_add_up() -> None:
    people = [(InterviewRole.DEPUTY, "甲", 1), (InterviewRole.DEPUTY, "", 2), (InterviewRole.HEAD, "", 1)]
    assert describe_people(people) == "部门负责人1人、分管负责人3人（甲）"


@pytest.mark.parametrize(
    "entries", [[], ["部门负责人"], ["部门负责人="], ["执法人员=0"], ["其他=1", "其他=2"]]
)
def test_what_says_neither_number_nor_name_is_refused(entries: list[str]) -> None:
    with pytest.raises(InvalidInput, match="被约谈人"):
        read_people(entries)


def test_a_role_is_read_by_code_or_word() -> None:
    assert read_role("enforcer") is read_role("执法人员") is InterviewRole.ENFORCER
    with pytest.raises(InvalidInput, match="身份"):
        read_role("局长")
