"""The journal of this machine's mail: a line on disk before the content of a mail goes out, and one with its answer.

It lies outside the database, best on another disk. After a crash it tells exactly which mails had begun; after a
restore, which mails of the lost time went out. Lines are only ever added; a line that a power cut tore is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.errors import DeliveryFailed


class Mark(StrEnum):
    OPEN = "open"  # a sender began its work: what it does not mention below never began
    BEGIN = "begin"  # the content of a mail is about to go out
    END = "end"  # the server answered, or nobody did


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `office` is its code, `at` an ISO instant in UTC, `members` the Message-IDs that a digest carries."""

    mark: str
    office: str
    token: str
    at: str
    message_id: str = ""
    recipient: str = ""
    sha256: str = ""
    number: str = ""
    outcome: str = ""
    reply: str = ""
    members: tuple[str, ...] = ()


class Journal:
    """The journal in a folder, a file a day; several processes may write to it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._day = ""
        self._file = -1

    def write(self, line: Line) -> None:
        """Put a line on the disk; when this returns it survives a power cut.

        raises   DeliveryFailed when it cannot be written: then nothing may be sent
        """
        said = {key: value for key, value in asdict(line).items() if value not in ("", ())}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        try:
            # The break comes first too, so that a line torn by a power cut does not spoil this one.
            os.write(self._open(line.at[:10]), f"\n{text}\n".encode())
            os.fdatasync(self._file)
        except OSError as error:
            raise DeliveryFailed(
                "邮件日志写不进去，暂停发信",
                retry=True,
                found=f"{error.strerror}：{self._folder}",
                expected="可写、有空间的文件夹",
                remedy="检查磁盘空间和权限，或修改 DUCHA_MAIL_JOURNAL；未开始的邮件留在待发",
            ) from error

    def close(self) -> None:
        """Close the file of the day."""
        if self._file >= 0:
            os.close(self._file)
        self._day, self._file = "", -1

    def _open(self, day: str) -> int:
        if day != self._day:
            self.close()
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{day}.jsonl"
            new = not path.exists()
            self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
            self._day = day
            if new:
                _sync_folder(self._folder)
        return self._file


def read_journal(folder: Path, since: datetime | None = None) -> Iterator[Line]:
    """Yield the lines of a journal, oldest file first.

    since    files of days before its UTC day are left out
    raises   DeliveryFailed when a file cannot be read
    """
    first = since.date().isoformat() if since else ""
    try:
        for path in sorted(folder.glob("????-??-??.jsonl")):
            if path.stem >= first:
                with path.open(encoding="utf-8", errors="replace") as file:
                    yield from (line for text in file if (line := _read(text)) is not None)
    except OSError as error:
        raise DeliveryFailed(
            "邮件日志读不出来", retry=True, found=f"{error.strerror}：{folder}", expected="可读的文件夹",
            remedy="检查权限，或修改 DUCHA_MAIL_JOURNAL",
        ) from error  # fmt: skip


def _read(text: str) -> Line | None:
    if not text.startswith("{"):
        return None
    try:
        said = json.loads(text)
        return Line(**{**said, "members": tuple(said.get("members", ()))})
    except (ValueError, TypeError):
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
