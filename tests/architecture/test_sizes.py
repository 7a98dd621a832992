"""Small tails: no file and no function grows past what one reads at a glance (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import LAYERS, parse, python_files, relative

FILE_LINES = 300
TEST_FILE_LINES = 500
FUNCTION_LINES = 40

# "path" or "path::function" -> why it is longer. An entry that is no longer needed fails the test below.
EXCEPTIONS: dict[str, str] = {}


def too_long() -> Iterator[str]:
    """Yield "path" or "path::function" of everything over its limit."""
    for path in (*python_files(*LAYERS), *python_files("benchmarks", "tests")):
        limit = TEST_FILE_LINES if relative(path).startswith("tests/") else FILE_LINES
        if len(path.read_text(encoding="utf-8").splitlines()) > limit:
            yield relative(path)
        yield from long_functions(path)


def long_functions(path: Path) -> Iterator[str]:
    """Yield the functions of a file that are over the limit, counted from `def` to the last line."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{relative(path)}::{node.name}"


def test_files_and_functions_keep_to_their_limits_or_have_a_reason() -> None:
    assert sorted(set(too_long()) - EXCEPTIONS.keys()) == []


def test_every_exception_is_still_needed_and_gives_its_reason() -> None:
    assert sorted(EXCEPTIONS.keys() - set(too_long())) == []
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())
