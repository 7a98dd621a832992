"""docs/security.md: every test and every place in the code that its tables name is there."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import ROOT, parse, python_files

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """Return the cells of the table of requirements."""
    lines = TABLE.partition("## ASVS")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][
        1:
    ]


def known_tests() -> set[str]:
    return {
        node.name
        for path in python_files("tests")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_every_requirement_names_a_test_that_exists() -> None:
    named = {row[0]: set(re.findall(r"`(test_\w+)`", row[3])) for row in rows()}
    assert len(named) > 40
    assert [item for item, tests in named.items() if not tests] == []
    assert {test for tests in named.values() for test in tests} - known_tests() == set()


def test_every_requirement_names_a_place_that_exists() -> None:
    places = {place for row in rows() for place in re.findall(r"`([a-z]+/[\w/.]*)`", row[2])}
    assert places
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


def test_every_item_is_a_number_of_the_standard() -> None:
    assert [row[0] for row in rows() if not re.fullmatch(r"\d+\.\d+\.\d+( \d+\.\d+\.\d+)*", row[0])] == []
