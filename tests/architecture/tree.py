"""The tree of the repository as the tests of this folder see it: the layers with their ranks, and the files."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Imports run from a lower rank to a higher one, never back and never sideways (docs/architecture.md).
LAYERS = {
    "cli": 0,
    "flows": 1,
    "console": 1,
    "casework": 2,
    "delivery": 3,
    "models": 3,
    "system": 4,
    "core": 5,
}
DATA = frozenset({"rules", "templates"})
SUPPORT = frozenset({"migrations", "tests", "benchmarks", "examples", "deploy", "docs"})

NOT_OURS = frozenset(
    {"out", "var", "build", "dist", "mutants", "__pycache__", "node_modules"}
)  # as in .gitignore
TEXT = frozenset(
    {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".j2", ".typ", ".css", ".js", ".txt", ".csv", ".svg"}
)
TEXT_NAMES = frozenset({"Makefile", "run", ".gitignore", "requirements.lock"})


def is_ours(name: str) -> bool:
    """Say whether a file or folder name belongs to the repository rather than to a tool."""
    hidden = name.startswith(".") and name not in {".ci", ".gitignore"}
    return not hidden and name not in NOT_OURS and not name.endswith(".egg-info")


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files of the repository below a folder, sorted."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if is_ours(f))
        yield from (Path(here) / f for f in sorted(files) if is_ours(f))


def relative(path: Path) -> str:
    """Return the posix path from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_files() -> tuple[Path, ...]:
    """Return every text file of the repository."""
    return tuple(p for p in walk(ROOT) if p.suffix in TEXT or p.name in TEXT_NAMES)


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the Python files below these top-level folders; folders that are not there yet give nothing."""
    return tuple(p for folder in folders for p in walk(ROOT / folder) if p.suffix == ".py")


@cache
def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (dotted module, line) of every import, also of those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def names_in_scope(tree: ast.AST) -> dict[str, str]:
    """Return {local name: dotted origin} of what a file imports, for example {'dt': 'datetime.datetime'}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.split(".")[0]
                names[local] = alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """Return the dotted origin of an expression such as `dt.now`, or None when it is not a plain name."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, names)
        return f"{base}.{node.attr}" if base else None
    return None
