"""Words and marks that have no place in the repository, or need a reason beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import LAYERS, ROOT, python_files, relative, text_files, walk

# Ours is 督察. The other word belongs to the State Council's offices. The fourth use is 监督 beside another word.
WRONG_WORD = "督" + "查"
RIGHT_USES = re.compile(f"政府{WRONG_WORD}|{WRONG_WORD}(条例|检查考核|工作)|监{WRONG_WORD}")

# Split, so that this file does not name them. Addresses of package indexes and paths of one machine.
HOSTS = re.compile(
    r"py[p]i\.org|py[p]i\.python|python[h]osted|regist[r]y\.npm|npmm[i]rror|deb\.debia[n]|/mir[r]ors?\.|tuna\.tsinghu[a]"
    r"|/wor[k]/(main|shared|steering)|\.librar[y]/|/roo[t]/\.|/hom[e]/[a-z]"
)

NOT_A_NAME = frozenset(
    {"utils", "util", "helpers", "helper", "common", "services", "service", "manager", "managers", "misc"}
)

MARKS = {
    "type: ignore": re.compile(r"# *type: *ignore(\[[a-z-]+(, *[a-z-]+)*\])?"),
    "noqa": re.compile(r"# *noqa(: *[A-Z0-9]+(, *[A-Z0-9]+)*)?"),
    "broad except": re.compile(r"except [E]xception\b.*:"),
    "to-do": re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"),
}


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, text) of the lines of a file."""
    yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def quotes_a_law(path: Path, line: str) -> bool:
    """Say whether a line of a rule file tells what a legal basis says, in the words of that law."""
    return relative(path).startswith("rules/") and line.strip().startswith("note:")


def test_the_inspection_is_always_called_by_its_own_word() -> None:
    found = [
        f"{relative(path)}:{number}: {line.strip()[:60]}"
        for path in text_files()
        if not relative(path).startswith("tests/")  # a test may look for it
        for number, line in lines(path)
        if WRONG_WORD in RIGHT_USES.sub("", line) and not quotes_a_law(path, line)
    ]

    assert found == []


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    found = [
        f"{relative(path)}:{number}: {match.group()}"
        for path in text_files()
        for number, line in lines(path)
        if (match := HOSTS.search(line))
    ]

    assert found == []


def test_no_file_or_folder_has_a_name_that_attracts_everything() -> None:
    found = [
        relative(path)
        for path in walk(ROOT)
        if path.suffix == ".py" and NOT_A_NAME & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert found == []


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_that_silences_a_check_has_its_reason_beside_it(mark: str) -> None:
    found = []
    for path in python_files(*LAYERS, "benchmarks", "migrations", "tests"):
        text = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(text, 1):
            match = MARKS[mark].search(line)
            around = (*text[max(0, number - 2) : number - 1], *text[number : number + 1])
            if (
                match
                and not any(c.isalpha() for c in line[match.end() :])
                and not any("# " in near for near in around)
            ):
                found.append(f"{relative(path)}:{number}: {line.strip()[:80]}")

    assert found == []


def test_text_is_utf8_with_plain_line_ends_and_a_final_newline() -> None:
    bad = []
    for path in text_files():
        content = path.read_bytes()
        if content and (
            content.startswith(b"\xef\xbb\xbf") or b"\r\n" in content or not content.endswith(b"\n")
        ):
            bad.append(relative(path))

    assert [name for name in bad if not name.startswith(("tests/rules/broken/", "examples/"))] == []
