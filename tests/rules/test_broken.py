"""Each file in `broken/` replaces one shipped rule file; every mistake in it is told, at its place.

A case begins with two comments: `# replaces: <path under rules/>` and `# expects: <line>:<column> <code>, ...`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidRuleFile
from core.rulebook import CODES, check_rules, load_rulebook
from system.paths import RULES_DIR, read_texts

CASES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
SHIPPED = read_texts(RULES_DIR, ".yaml")


def read_case(path: Path) -> tuple[str, dict[str, str], list[str]]:
    text = path.read_text(encoding="utf-8")
    first, second, *_ = text.split("\n")
    replaced = first.removeprefix("# replaces: ")
    expected = [part.strip() for part in second.removeprefix("# expects:").split(",") if part.strip()]
    return replaced, {**SHIPPED, replaced: text}, expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_mistake_of_a_broken_file_is_told_at_its_line_and_column(path: Path) -> None:
    replaced, files, expected = read_case(path)
    found = [one for one in check_rules(files) if one.file == replaced]
    assert [f"{one.line}:{one.column} {one.code}" for one in found] == expected
    assert all(one.code in CODES and one.message for one in found)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_file_never_loads(path: Path) -> None:
    _, files, _ = read_case(path)
    with pytest.raises(InvalidRuleFile):
        load_rulebook(files)


def test_the_corpus_covers_most_codes() -> None:
    told = {part.split()[1] for path in CASES for part in read_case(path)[2]}
    assert len(CASES) >= 12
    assert set(CODES) - told <= {"E304", "W704"}  # these name files that are not there
