"""One fault in one run: the Nth statement, commit, file call, answer of the mail server or reading of the clock."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import sqlalchemy as sa

from delivery.sinkrules import Answer, Occasion

# commit: it fails and nothing was written; told_wrong: it is written, and the caller hears that it failed
KINDS = ("sql", "commit", "told_wrong", "file", "smtp_refused", "smtp_silent", "clock_on", "clock_back")
JUMPS = {"clock_on": timedelta(minutes=20), "clock_back": timedelta(minutes=-20)}


@dataclass(slots=True)
class Fault:
    """Strikes once, at the Nth occasion of its kind; with n = 0 never."""

    kind: str = ""
    n: int = 0
    count: int = 0
    hit: bool = False

    def strikes(self, kind: str) -> bool:
        """Count an occasion and tell whether this is the one."""
        if kind != self.kind:
            return False
        self.count += 1
        struck = self.count == self.n
        self.hit = self.hit or struck
        return struck


@dataclass(slots=True)
class Hooks:
    """Where the fault that is armed comes in; put on an engine once, and over the files of one folder."""

    engine: sa.Engine
    folder: Path
    fault: Fault = field(default_factory=Fault)

    def on_engine(self) -> None:
        """Listen to every statement and every commit of the engine."""
        sa.event.listen(self.engine, "before_cursor_execute", self._before_statement)
        dialect: Any = self.engine.dialect
        commit = dialect.do_commit
        failure = dialect.loaded_dbapi.OperationalError

        def do_commit(connection: Any) -> None:
            if self.fault.strikes("commit"):
                raise failure("injected: the commit has failed")
            commit(connection)
            if self.fault.strikes("told_wrong"):
                raise failure("injected: the commit has succeeded, and nobody hears of it")

        dialect.do_commit = do_commit

    def _before_statement(self, _link: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.fault.strikes("sql"):
            dialect: Any = self.engine.dialect
            failure = dialect.loaded_dbapi.OperationalError("injected: the statement has failed")
            raise sa.exc.OperationalError(statement, {}, failure)

    def answer(self, _occasion: Occasion) -> Answer | None:
        """Answer as a mail server: badly when the fault strikes."""
        if self.fault.strikes("smtp_refused"):
            return Answer("451 4.3.2 injected: try again later", keep=False)
        return Answer(drop=True) if self.fault.strikes("smtp_silent") else None

    def jump(self) -> timedelta:
        """Return by how much a reading of the clock is wrong."""
        struck = [kind for kind in JUMPS if self.fault.strikes(kind)]
        return JUMPS[struck[0]] if struck else timedelta(0)

    def _file(self, path: object) -> None:
        if isinstance(path, Path) and path.is_relative_to(self.folder) and self.fault.strikes("file"):
            raise OSError(errno.ENOSPC, "injected: no space left on device", str(path))

    @contextmanager
    def over_files(self) -> Iterator[None]:
        """Let open for writing, write, fsync, rename and mkdir come past the fault."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", self._opening(Path.open))
            for name in ("replace", "mkdir", "hardlink_to"):
                patch.setattr(Path, name, self._guarded(getattr(Path, name)))
            patch.setattr(os, "fsync", self._flushing(os.fsync))
            yield

    def _opening(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def opened(path: Path, mode: str = "r", *args: Any, **more: Any) -> Any:
            if set(mode).isdisjoint("wxa+"):
                return original(path, mode, *args, **more)
            self._file(path)
            return Writing(original(path, mode, *args, **more), lambda: self._file(path))

        return opened

    def _guarded(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Path, *args: Any, **more: Any) -> Any:
            self._file(path)
            return original(path, *args, **more)

        return call

    def _flushing(self, original: Callable[[int], None]) -> Callable[[int], None]:
        def fsync(handle: int) -> None:
            self._file(Path(f"/proc/self/fd/{handle}").readlink())
            original(handle)

        return fsync


class Writing:
    """A file open for writing, each of whose writes comes past the fault."""

    def __init__(self, stream: Any, past: Callable[[], None]) -> None:
        self._stream, self._past = stream, past

    def write(self, data: Any) -> int:
        self._past()
        return int(self._stream.write(data))

    def __enter__(self) -> Self:
        self._stream.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@dataclass(slots=True)
class Jumpy:
    """A clock that a person has set, one of whose readings may be wrong."""

    day: date
    instant: datetime
    hooks: Hooks
    explicit: bool = True

    def today(self) -> date:
        return (self.now() + timedelta(hours=8)).date()

    def now(self) -> datetime:
        return self.instant + self.hooks.jump()
