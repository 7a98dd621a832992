"""Secrets kept in files that only their owner reads, so that they stand in no environment and no settings file."""

from __future__ import annotations

import stat
from pathlib import Path

from core.errors import InvalidInput

LONGEST = 4096


def read_secret(path: Path) -> str:
    """Return the one line of a file; raise InvalidInput when it is missing, empty, or others may read it."""
    told = _read(path, "一行文字")
    if "\n" in told:
        raise _wrong(path, "一行文字")
    return told


def read_secrets(path: Path) -> list[str]:
    """Return the lines of a file, without empty ones and comments (#); raise InvalidInput as `read_secret` does."""
    lines = (line.strip() for line in _read(path, "每行一个地址").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _read(path: Path, expected: str) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_bytes()[: LONGEST + 1]
    except OSError as error:
        raise InvalidInput(
            "口令文件读不到",
            found=f"{path}：{error.strerror}",
            expected="可读取的文件",
            remedy="核对路径和属主",
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise InvalidInput(
            "口令文件可被他人读取", found=f"{path}（{stat.S_IMODE(mode):04o}）", expected="仅属主可读（0600）",
            remedy=f"运行 chmod 600 {path}",
        )  # fmt: skip
    try:
        told = text.decode("utf-8").strip()
    except UnicodeDecodeError:
        told = ""
    if not told or len(text) > LONGEST:
        raise _wrong(path, expected)
    return told


def _wrong(path: Path, expected: str) -> InvalidInput:
    return InvalidInput("口令文件不正确", found=str(path), expected=expected, remedy="重新写入")
