"""Pictures of pages as they will print: made once for each content, kept for a while, shown to whoever may see it.

Typesetting takes a tenth of a second; a page asks for as many pictures as the document has pages.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from casework.desk import Desk
from core.errors import DuchaError, NotFound
from delivery.paper import Paper, write_paper

PPI = 96
MOST_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page needs to show a document: under which key its pictures lie and how many there are, or why not."""

    key: str = ""
    count: int = 0
    trouble: DuchaError | None = None

    @property
    def pages(self) -> range:
        return range(1, self.count + 1)


@dataclass(slots=True)
class _Entry:
    pages: list[bytes]
    owners: set[int] = field(default_factory=set)  # accounts that may ask for it by its key alone

    @property
    def size(self) -> int:
        return sum(len(page) for page in self.pages)


@dataclass(slots=True)
class Pictures:
    """The pictures of this process; what was not asked for longest goes first."""

    _known: OrderedDict[str, _Entry] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)

    def look(self, desk: Desk, paper: Paper | None, owner: int | None = None) -> Preview:
        """Return the preview of a paper; `owner` may ask for its pictures without a document that holds it."""
        if paper is None:
            return Preview()
        try:
            key, entry = self._of(desk, paper)
        except DuchaError as error:
            return Preview(trouble=error)
        if owner is not None:
            entry.owners.add(owner)
        return Preview(key, len(entry.pages))

    def page(self, desk: Desk, paper: Paper, number: int) -> bytes:
        """Return the picture of one page, from 1; raise NotFound beyond the last."""
        _key, entry = self._of(desk, paper)
        return self._one(entry, number)

    def kept(self, owner: int, key: str, number: int) -> bytes:
        """Return a picture by its key, for the account that had it made; raise NotFound."""
        with self._lock:
            entry = self._known.get(key)
        if entry is None or owner not in entry.owners:
            raise NotFound("没有这份预览", found=key[:12], expected="刚生成的预览", remedy="重新生成预览")
        return self._one(entry, number)

    def _one(self, entry: _Entry, number: int) -> bytes:
        if not 1 <= number <= len(entry.pages):
            raise NotFound(
                "没有这一页", found=str(number), expected=f"1至{len(entry.pages)}", remedy="回到文书页面"
            )
        return entry.pages[number - 1]

    def _of(self, desk: Desk, paper: Paper) -> tuple[str, _Entry]:
        from casework.paperwork.papers import fonts_of  # the typesetter is heavy
        from delivery.typeset import render_png

        fonts = fonts_of(desk)
        key = hashlib.sha256(write_paper(paper) + repr(dict(fonts.family)).encode()).hexdigest()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return key, known
        entry = _Entry(render_png(paper, fonts, ppi=PPI))
        with self._lock:
            entry = self._known.setdefault(key, entry)
            self._size = sum(one.size for one in self._known.values())
            while self._size > MOST_BYTES and len(self._known) > 1:
                _old, gone = self._known.popitem(last=False)
                self._size -= gone.size
        return key, entry


PICTURES = Pictures()
