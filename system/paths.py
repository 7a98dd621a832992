"""The folders of the checkout that hold data."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES_DIR = ROOT / "rules"
TEMPLATES_DIR = ROOT / "templates"
MIGRATIONS_DIR = ROOT / "migrations"
EXAMPLES_DIR = ROOT / "examples"


def read_texts(folder: Path, *suffixes: str) -> dict[str, str]:
    """Return {posix path relative to `folder`: text} of every file with one of the suffixes, sorted by path.

    Bytes that are not UTF-8 come as surrogates (U+DC80-U+DCFF), so that whoever checks the text can tell their place.
    """
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in suffixes
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")
