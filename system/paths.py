"""The folders of the checkout that hold data."""

from __future__ import annotations

from pathlib import Path

from core.errors import InvalidInput

ROOT = Path(__file__).resolve().parent.parent
RULES_DIR = ROOT / "rules"
TEMPLATES_DIR = ROOT / "templates"
MIGRATIONS_DIR = ROOT / "migrations"
EXAMPLES_DIR = ROOT / "examples"


def read_texts(folder: Path, *suffixes: str) -> dict[str, str]:
    """Return {posix path relative to `folder`: text} of every file with one of the suffixes, sorted by path.

    raises   InvalidInput for a file in another encoding than UTF-8
    """
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in suffixes
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "文件的编码不正确",
            found=f"{path}：第{error.start + 1}个字节不是 UTF-8",
            expected="UTF-8 编码的文本",
            remedy="用编辑器另存为 UTF-8 后重试",
        ) from error
