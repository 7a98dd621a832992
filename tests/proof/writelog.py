"""The write-ahead log of SQLite as it lies on the disk: which of its frames are committed and whole.

source   sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import array
import os
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

HEAD, FRAME_HEAD = 32, 24
BIG_ENDIAN = 0x377F0683
WORD = 0xFFFFFFFF


@dataclass(slots=True)
class WriteLog:
    """Reads on from where it stopped; a log that has begun anew is read from its beginning.

    end     where the last committed frame ends, 0 for a log without one
    pages   pages of the database whose newest committed content stands here
    """

    database: Path
    salts: tuple[int, int] = (0, 0)
    end: int = 0
    pages: set[int] = field(default_factory=set)
    _sum: tuple[int, int] = (0, 0)
    _at: int = 0

    @property
    def path(self) -> Path:
        return self.database.with_name(self.database.name + "-wal")

    def read(self) -> WriteLog:
        """Take in what was committed since the last time."""
        if not self.path.exists() or self.path.stat().st_size < HEAD:
            self._begin((0, 0), (0, 0), 0)
            return self
        with self.path.open("rb") as stream:
            raw = stream.read(HEAD)
            magic, _version, size, _number, one, two, *_sums = struct.unpack(">8I", raw)
            big = magic == BIG_ENDIAN
            if (one, two) != self.salts or not self._at:
                self._begin((one, two), _add(raw[:24], (0, 0), big=big), HEAD)
            # What was read beyond the last commit may have been rolled back and overwritten: it is read again.
            self._read_frames(stream.fileno(), size, big=big)
        return self

    def _begin(self, salts: tuple[int, int], first: tuple[int, int], at: int) -> None:
        self.salts, self.end, self.pages = salts, 0, set()
        self._sum, self._at = first, at

    def _read_frames(self, handle: int, size: int, *, big: bool) -> None:
        at, total, seen = self._at, self._sum, set[int]()
        while len(frame := os.pread(handle, FRAME_HEAD + size, at)) == FRAME_HEAD + size:
            page, pages_after, one, two, *sums = struct.unpack(">6I", frame[:FRAME_HEAD])
            total = _add(frame[:8] + frame[FRAME_HEAD:], total, big=big)
            if (one, two) != self.salts or total != tuple(sums):
                return
            at += FRAME_HEAD + size
            seen.add(page)
            if pages_after:
                self._at, self._sum, self.end = at, total, at
                self.pages |= seen
                seen = set()


def _add(data: bytes, total: tuple[int, int], *, big: bool) -> tuple[int, int]:
    words = array.array("I", data)
    if big != (sys.byteorder == "big"):
        words.byteswap()
    one, two = total
    pairs = iter(words)
    for first, second in zip(pairs, pairs, strict=True):
        one = (one + first + two) & WORD
        two = (two + second + one) & WORD
    return one, two
