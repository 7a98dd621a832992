"""The folders of the checkout that hold data."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES_DIR = ROOT / "rules"
TEMPLATES_DIR = ROOT / "templates"
MIGRATIONS_DIR = ROOT / "migrations"
EXAMPLES_DIR = ROOT / "examples"


def read_texts(folder: Path, *suffixes: str) -> dict[str, str]:
    """Return {posix path relative to `folder`: text} of every file with one of the suffixes, sorted by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in suffixes
    }
