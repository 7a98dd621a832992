"""Where mail comes in: what every mailbox can do, and the maildir that a mail server of this machine delivers to.

A mailbox is never emptied: what has been handled is marked after the database has it, and looked at no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from core.errors import DeliveryFailed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in a mailbox: its place there for ever, its size in bytes, and whether it carries our mark."""

    key: str
    size: int
    marked: bool


class Unreadable(Exception):  # told by the edge, which sets the mail aside
    """One mail cannot be had, though its mailbox can."""


class Box(Protocol):
    """A mailbox that has been opened; errors of its connection are DeliveryFailed."""

    @property
    def name(self) -> str: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def look(self, since: date) -> list[Waiting]:
        """Return the mails that came since a day, the oldest first."""

    def fetch(self, key: str, limit: int) -> bytes:
        """Return the first bytes of a mail; raise Unreadable."""

    def mark(self, keys: Sequence[str]) -> None:
        """Mark mails as handled."""


class Maildir:
    """A maildir: `new` holds what nobody has looked at, `cur` the rest; a name never comes twice.

    source   Maildir as in maildir(5) of qmail: flags stand after `:2,`, S for seen
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._places: dict[str, Path] = {}

    @property
    def name(self) -> str:
        return f"maildir:{self.folder.name}"

    def __enter__(self) -> Self:
        if not (self.folder / "new").is_dir() or not (self.folder / "cur").is_dir():
            raise DeliveryFailed(
                "收信文件夹不是 Maildir", retry=True, found=str(self.folder), expected="含 new、cur 的文件夹",
                remedy="核对 DUCHA_INBOX_MAILDIR 和读取权限",
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.clear()

    def look(self, since: date) -> list[Waiting]:
        """Return the files younger than a day; what somebody else took away meanwhile is left out."""
        oldest = datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp()
        found: list[tuple[float, Waiting]] = []
        for name in ("new", "cur"):
            for path in self._files(name):
                try:
                    told = path.stat()
                except FileNotFoundError:
                    continue
                if told.st_mtime < oldest:
                    continue
                key, _colon, flags = path.name.partition(":2,")
                self._places[key] = path
                found.append((told.st_mtime, Waiting(key, told.st_size, name == "cur" and "S" in flags)))
        return [one for _when, one in sorted(found, key=lambda pair: (pair[0], pair[1].key))]

    def _files(self, name: str) -> list[Path]:
        try:
            return [one for one in (self.folder / name).iterdir() if not one.name.startswith(".")]
        except OSError as error:
            raise DeliveryFailed(
                "收信文件夹读不到", retry=True, found=f"{self.folder}：{error.strerror}",
                expected="可读取的 Maildir", remedy="核对读取权限",
            ) from error  # fmt: skip

    def fetch(self, key: str, limit: int) -> bytes:
        """Return the first bytes of a mail; raise Unreadable when its file is gone or may not be read."""
        path = self._places[key]
        try:
            if path.is_symlink() or not path.is_file():
                raise Unreadable("不是普通文件")
            with path.open("rb") as stream:
                return stream.read(limit)
        except OSError as error:
            raise Unreadable(error.strerror or "读不到") from error

    def mark(self, keys: Sequence[str]) -> None:
        """Move handled mails to `cur` with the flag S; one that is gone or may not be moved stays as it is."""
        for key in keys:
            path = self._places[key]
            _name, _colon, flags = path.name.partition(":2,")
            target = self.folder / "cur" / f"{key}:2,{''.join(sorted({*flags, 'S'}))}"
            try:
                path.rename(target)
            except OSError:  # handled all the same: the table knows its key
                continue
            self._places[key] = target
