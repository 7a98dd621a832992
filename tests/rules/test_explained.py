"""Every code is explained, and its examples are carried out on the shipped files."""

from __future__ import annotations

from functools import cache

import pytest

from core.errors import Problem
from core.rulebook import CODES, check_rules, load_rulebook
from core.rulebook.explained import MISTAKES, Sample
from delivery.lint.papers import lint_templates
from delivery.lint.sources import read_templates
from system.paths import RULES_DIR, read_texts

SHIPPED = read_texts(RULES_DIR, ".yaml")
# Without the shipped local adjustments, each of which would be laid over every example and checked again.
RULES = {path: text for path, text in SHIPPED.items() if not path.startswith("overlays/")}
TEMPLATES = read_templates()
# Not told by the check of files: the register of the law and the doctor tell them on a day.
ELSEWHERE = {"W709", "W710"}
CHECKED = sorted(set(MISTAKES) - ELSEWHERE)


BOOK = load_rulebook(RULES)


def files_of(sample: Sample) -> dict[str, str]:
    return TEMPLATES if sample.file.startswith("templates/") else RULES


def problems_with(sample: Sample) -> list[Problem]:
    shipped, files = files_of(sample), sample.applied(files_of(sample))
    return [] if files == shipped else _problems(sample)


@cache
def _problems(sample: Sample) -> list[Problem]:
    files = sample.applied(files_of(sample))
    return lint_templates(BOOK, files) if files_of(sample) is TEMPLATES else check_rules(files)


def test_the_shipped_files_are_without_mistakes() -> None:
    assert check_rules(SHIPPED) == []
    assert lint_templates(BOOK, TEMPLATES) == []


def test_every_code_is_explained_and_no_other() -> None:
    assert set(MISTAKES) == set(CODES)
    assert all(one.code == code and one.why and one.remedy and one.title for code, one in MISTAKES.items())


@pytest.mark.parametrize("code", CHECKED)
def test_the_wrong_example_is_told_with_its_code_at_its_mark(code: str) -> None:
    one = MISTAKES[code]
    told = [problem for problem in problems_with(one.wrong) if problem.code == code]
    assert [problem for problem in told if problem.file == one.told_in]
    place = one.wrong.place(files_of(one.wrong))
    if place and one.told_in == one.wrong.file:
        assert place in {(problem.line, problem.column) for problem in told}


@pytest.mark.parametrize("code", CHECKED)
def test_the_right_example_is_free_of_mistakes(code: str) -> None:
    told = {problem.code for problem in problems_with(MISTAKES[code].right)}
    assert not [one for one in told if one == code or one.startswith("E")]


@pytest.mark.parametrize("code", sorted(MISTAKES))
def test_an_example_is_shown_without_its_mark_and_a_caret_stands_below(code: str) -> None:
    wrong = MISTAKES[code].wrong
    shown = wrong.lines()
    assert not any("▸" in line for line in shown)
    assert any(line.strip() == "^" for line in shown) == (wrong.mark() is not None)
