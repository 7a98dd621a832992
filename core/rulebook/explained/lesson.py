"""One mistake as it is taught: why it matters, what to do, and a wrong and a right way of writing it that are tried."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from core.rulebook.titles import CODES
from core.text.characters import UNDECODED

MARK = "▸"
"""Stands in a wrong sample right before the character at which the mistake is told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that stands for `was` in a shipped file; `was` None for the whole file, `text` None for no file at all."""

    file: str
    text: str | None
    was: str | None = None

    def applied(self, files: Mapping[str, str]) -> dict[str, str]:
        """Return the files with the sample in its place; raise KeyError when its place is not there."""
        if self.text is None:
            kept = self.file + "/"
            return {
                path: text for path, text in files.items() if path != self.file and not path.startswith(kept)
            }
        plain = self.text.replace(MARK, "")
        if self.was is None:
            return {**files, self.file: plain}
        if self.was not in files[self.file]:
            raise KeyError(self.was)
        return {**files, self.file: files[self.file].replace(self.was, plain, 1)}

    def place(self, files: Mapping[str, str]) -> tuple[int, int] | None:
        """Return the line and column of the mark in the file with the sample in its place; None without a mark."""
        if self.text is None or MARK not in self.text:
            return None
        before = "" if self.was is None else files[self.file].partition(self.was)[0]
        return position(before + self.text.partition(MARK)[0])

    def mark(self) -> tuple[int, int] | None:
        """Return the line and column of the mark in the sample itself."""
        return position(self.text.partition(MARK)[0]) if self.text and MARK in self.text else None

    @property
    def shown(self) -> str | None:
        """The sample without its mark, fit to print; None for no file."""
        return None if self.text is None else UNDECODED.sub("\ufffd", self.text.replace(MARK, ""))

    def lines(self) -> list[str]:
        """Return the sample as it is shown, with a caret under the marked character."""
        if self.text is None:
            return [f"（没有 {self.file}）"]
        shown: list[str] = []
        for line in UNDECODED.sub("\ufffd", self.text).rstrip("\n").split("\n"):
            before, mark, after = line.partition(MARK)
            shown.append(before + after)
            if mark:
                shown.append(" " * sum(_width(letter) for letter in before) + "^")
        return shown


def position(before: str) -> tuple[int, int]:
    """Return the line and column, from 1, of what follows a text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a code means; `told_in` names the file of the problem where it is not the file of the sample."""

    code: str
    why: str
    remedy: str
    wrong: Sample
    right: Sample
    told_in: str = ""

    @property
    def title(self) -> str:
        return CODES[self.code]


def lesson(
    code: str,
    file: str,
    was: str | None,
    wrong: str | None,
    right: str | None = None,
    *,
    why: str,
    remedy: str,
    told_in: str = "",
) -> Mistake:
    """Return a mistake from the text of a shipped file, a wrong text in its stead, and a right one.

    right   None for the shipped text itself
    """
    good = was if right is None else right
    return Mistake(code, why, remedy, Sample(file, wrong, was), Sample(file, good, was), told_in or file)
