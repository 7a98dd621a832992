"""A power cut without cutting the power: what a dead process had not brought to the disk is torn, the rest is kept.

A child keeps a witness: after each commit it notes up to where the write-ahead log is on the disk (SQLite waits for the
disk at every commit, `synchronous=full`), and after each os.fsync of its own which bytes and names are there to stay.
After the kill everything else is fair game: the log behind the last commit is cut or overwritten, pages that a
checkpoint may have been writing are torn, other files lose their tails and new names their files.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from models.database import sqlite_module
from tests.proof.county import World
from tests.proof.writelog import HEAD, WriteLog

NOTE = "witness.json"
ACCEPTED = "SELECT message_id FROM message WHERE state = 'accepted'"
KEPT = ("witness.json", "witness.part", "sealed.pdf", "robots")


class Witness:
    """In the child: notes what is on the disk for good, in a file that outlives it.

    lies   tells of each commit that it is on the disk when only the one before is, as a disk without `fsync` would
    """

    def __init__(self, world: World, *, lies: bool = False) -> None:
        self._world = world
        self._lies = lies
        self._lock = threading.Lock()
        self._reader: Any = None
        self._files: dict[str, int] = {}  # {inode: bytes that stay}
        self._names: dict[str, list[str]] = {}  # {folder: names that stay}
        self._log = WriteLog(world.database).read()
        self._end = self._next = (self._log.salts, self._log.end)
        self._written = world.database.stat().st_mtime_ns
        self._accepted: list[str] = []
        os.fsync = self._noting(os.fsync)
        os.fdatasync = self._noting(os.fdatasync)  # brings the new length to the disk too
        for path in _files(world):  # what was there before is on the disk
            self._keep(path)
        self._write()

    def committed(self) -> None:
        """Note that everything up to here is on the disk, as after a commit."""
        with self._lock:
            if self._reader is None:  # stays open: the last one to close would empty the log
                self._reader = sqlite_module().connect(self._world.database, check_same_thread=False)
            self._written = self._world.database.stat().st_mtime_ns
            self._log.read()
            self._end, self._next = self._next, (self._log.salts, self._log.end)
            if not self._lies:
                self._end = self._next
            self._accepted = [message for (message,) in self._reader.execute(ACCEPTED).fetchall()]
            self._write()

    def _keep(self, path: Path) -> None:
        self._files[str(path.stat().st_ino)] = path.stat().st_size
        self._names.setdefault(str(path.parent), []).append(path.name)

    def _noting(self, flush: Callable[[int], None]) -> Callable[[int], None]:
        def noting(handle: int) -> None:
            flush(handle)
            path = Path(f"/proc/self/fd/{handle}").readlink()
            with self._lock:
                if path.is_dir():
                    self._names[str(path)] = sorted(one.name for one in path.iterdir())
                elif path.exists():
                    self._keep(path)
                self._write()

        return noting

    def _write(self) -> None:
        note = {
            "salts": self._end[0], "end": self._end[1], "accepted": self._accepted, "written": self._written,
            "files": self._files, "names": self._names,
        }  # fmt: skip
        part = self._world.path / "witness.part"
        part.write_text(json.dumps(note), encoding="utf-8")
        part.replace(self._world.path / NOTE)


def cut(world: World, dice: Random) -> tuple[list[str], int]:
    """Tear what a dead child had not brought to the disk.

    returns  the Message-IDs that must still be accepted, and how many tears there are
    """
    said = json.loads((world.path / NOTE).read_text("utf-8"))
    (world.path / "ducha.db-shm").unlink(missing_ok=True)
    log, end = WriteLog(world.database).read(), int(said["end"])
    # A checkpoint since the last note: SQLite has waited for the log before it wrote a page of it into the database.
    if log.salts != tuple(said["salts"]) or world.database.stat().st_mtime_ns != said["written"]:
        end = log.end
    torn = _tear_checkpoint(log, dice) if end == log.end else 0
    torn += _tear_log(log.path, max(end, HEAD), dice)
    torn += _tear_files(world, said, dice)
    return said["accepted"], torn


def _tear_log(log: Path, keep: int, dice: Random) -> int:
    size = log.stat().st_size if log.exists() else 0
    if size <= keep:
        return 0
    with log.open("r+b") as stream:
        if dice.random() < 0.5:
            stream.truncate(dice.randint(keep, size))
        else:
            _scribble(stream.fileno(), keep, size, dice)
    return 1


def _tear_checkpoint(log: WriteLog, dice: Random) -> int:
    """Tear pages whose committed content stands in the log: a checkpoint may have been writing them."""
    pages = sorted(log.pages - {1})
    if not pages or dice.random() < 0.5:
        return 0
    with log.database.open("r+b") as stream:
        size = struct.unpack(">H", stream.read(18)[16:18])[0]
        for page in dice.sample(pages, min(3, len(pages))):
            start = (page - 1) * size
            if start + size <= log.database.stat().st_size:
                _scribble(stream.fileno(), start, start + size, dice)
    return 1


def _scribble(handle: int, start: int, end: int, dice: Random) -> None:
    begin = dice.randint(start, end - 1)
    os.pwrite(handle, dice.randbytes(min(end - begin, dice.randint(1, 6000))), begin)


def _tear_files(world: World, said: dict[str, Any], dice: Random) -> int:
    torn = 0
    for path in _files(world):
        durable: int = said["files"].get(str(path.stat().st_ino), 0)
        if path.name not in said["names"].get(str(path.parent), []) and dice.random() < 0.7:
            path.unlink()
        elif path.stat().st_size > durable:
            os.truncate(path, dice.randint(durable, path.stat().st_size))
        else:
            continue
        torn += 1
    return torn


def _files(world: World) -> Iterator[Path]:
    """Yield every file that is neither the database nor our own."""
    for path in sorted(world.path.rglob("*")):
        ours = (
            path.name in KEPT or "inbox" in path.parts or path.name.startswith(("ducha.db", "life-", "佐证"))
        )
        if path.is_file() and not ours:
            yield path
