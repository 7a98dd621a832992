"""Each file in `broken/` stands for shipped rule files with mistakes; every mistake in them is told, at its place.

A case of the first kind is a whole file: it begins with two comments, `# replaces: <path under rules/>` and
`# expects: <line>:<column> <code>, ...`; lines and columns are those of the case itself.

A case of the second kind changes shipped files. It consists of sections; each begins with `# patches: <path>` (or
`# adds: <path>` for a new file, whose text follows; `# adds in gbk: <path>` for one saved in that encoding), then one
or several changes:

    <<<<
    text of the shipped file, whole lines or a part of one
    ====
    the text in its stead, with ⟦CODE⟧ right before every mistake
    >>>>

A mark `⟦E503⟧` is not part of the text; several codes at one place are written `⟦E503 E504⟧`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import InvalidRuleFile
from core.rulebook import CODES, RuleFiles, is_error
from core.rulebook.explained import position
from system.paths import RULES_DIR, read_texts

CASES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
# The shipped local adjustments are left out: each would be laid over every case and checked again. So is the register
# of published ids: a case that replaces a file with another small one would tell all that is gone from it.
SHIPPED = {
    path: text
    for path, text in read_texts(RULES_DIR, ".yaml").items()
    if not path.startswith("overlays/") and path != "published.yaml"
}
SECTION = re.compile(r"^# (patches|adds|adds in gbk): (\S+)\n", re.MULTILINE)
CHANGE = re.compile(r"^<<<<\n(.*?)\n====\n(.*?)\n?>>>>\n", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"⟦([EW0-9 ]+)⟧")
# About files that are not there, the law of a day, next year's calendar, and templates: tested elsewhere.
ABSENT = {"E304", "W704", "W709", "W710"} | {code for code in CODES if code[1] == "8"}


@dataclass(frozen=True)
class Case:
    files: dict[str, str]
    expected: list[str]
    touched: set[str]


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    if not text.startswith("# replaces:"):
        return read_changes(text)
    first, second, *_ = text.split("\n")
    replaced = first.removeprefix("# replaces: ")
    expected = [part.strip() for part in second.removeprefix("# expects:").split(",") if part.strip()]
    return Case({**SHIPPED, replaced: text}, [f"{replaced}:{one}" for one in expected], {replaced})


def read_changes(text: str) -> Case:
    files, marked = dict(SHIPPED), {}
    pieces = SECTION.split(text)[1:]
    for kind, path, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        marked[path] = change(files[path], body) if kind == "patches" else body
        if kind == "adds in gbk":
            marked[path] = in_gbk(body)
    expected = []
    for path in sorted(marked):
        files[path] = MARK.sub("", marked[path])
        for mark in MARK.finditer(marked[path]):
            line, column = position(MARK.sub("", marked[path][: mark.start()]))
            expected += [f"{path}:{line}:{column} {code}" for code in mark[1].split()]
    return Case(files, expected, set(marked))


def in_gbk(text: str) -> str:
    """Return a text as it is read when it was saved in GBK; the marks stay as they are."""
    pieces = re.split(f"({MARK.pattern.replace('(', '(?:')})", text)
    return "".join(
        piece if MARK.fullmatch(piece) else piece.encode("gbk").decode("utf-8", "surrogateescape")
        for piece in pieces
    )


def change(shipped: str, body: str) -> str:
    for before, after in CHANGE.findall(body):
        assert before in shipped, f"the shipped file no longer says:\n{before}"
        shipped = shipped.replace(before, after, 1)
    return shipped


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_mistake_of_a_broken_file_is_told_at_its_line_and_column(path: Path) -> None:
    case = read_case(path)
    files = RuleFiles(case.files)
    problems = files.every_problem()
    found = [f"{one.file}:{one.line}:{one.column} {one.code}" for one in problems if one.file in case.touched]
    assert sorted(found) == sorted(case.expected)
    assert all(one.code in CODES and one.message for one in problems)
    if any(is_error(one) for one in files.problems):
        with pytest.raises(InvalidRuleFile):
            files.rulebook()


def test_the_corpus_is_large_and_covers_every_code() -> None:
    told = {part.split()[1] for path in CASES for part in read_case(path).expected}
    assert len(CASES) >= 75
    assert set(CODES) - told == ABSENT - told
