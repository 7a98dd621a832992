"""The table of consequences names only what exists."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, python_files

PAGE = ROOT / "docs" / "consequences.md"
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[int, str]]:
    return [(int(number), text) for number, text in ROW.findall(PAGE.read_text(encoding="utf-8"))]


def known_tests() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files("tests"))
    return set(re.findall(r"def (test_\w+)", text))


def test_every_consequence_and_every_trap_has_its_line() -> None:
    assert [number for number, _text in rows()] == [*range(1, 35), *range(1, 11)]


def test_every_line_is_shown_by_a_test() -> None:
    assert [number for number, text in rows() if "test" not in text] == []


@pytest.mark.parametrize("name", sorted({name for _number, text in rows() for name in QUOTED.findall(text)}))
def test_what_a_line_names_exists(name: str) -> None:
    if name.startswith("test_"):
        assert name in known_tests()
    else:
        assert (ROOT / name).exists()
