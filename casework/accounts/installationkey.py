"""The key of this installation: a file beside the database that only its owner reads, never a row of it."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet

from core.errors import Refused


def installation_bytes(path: Path) -> bytes:
    """Return the key, made at its first use; processes that make it at the same moment get the same one.

    raises   Refused when others may read the file
    """
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            "密钥文件可被他人读取",
            found=str(path),
            expected="仅属主可读（0600）",
            remedy=f"运行 chmod 600 {path}",
        )
    return path.read_bytes()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key counts
        os.link(part, path)
    part.unlink()


def keyed(path: Path, purpose: str, *words: str) -> bytes:
    """Return 32 bytes that only this installation can derive from some words; each purpose gives others.

    source   HMAC-SHA256 (RFC 2104)
    """
    said = "\0".join((purpose, *words))
    return hmac.new(installation_bytes(path), said.encode(), hashlib.sha256).digest()
