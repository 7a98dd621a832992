"""A rule file with changes laid over it: every value still knows the file and place it was written in."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.text.yamltext import Path, Place, Tree, YamlText


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a branch was written."""

    text: YamlText
    path: Path


class PatchedText(YamlText):
    """A text whose branches may come from several files; the longest known path decides."""

    def __init__(self, file: str, tree: Tree, origins: dict[Path, Origin]) -> None:
        super().__init__(file, "", tree)
        self.origins = origins

    def origin(self, path: Sequence[str | int]) -> Origin:
        """Return where the value at a path was written."""
        spot = tuple(path)
        for length in range(len(spot), -1, -1):
            found = self.origins.get(spot[:length])
            if found is not None:
                return Origin(found.text, (*found.path, *spot[length:]))
        raise KeyError(spot)

    def place(self, path: Sequence[str | int], *, of_key: bool = False) -> Place:
        """Return where the value (or its key) stands in the file it was written in."""
        found = self.origin(path)
        return found.text.place(found.path, of_key=of_key)

    def problem(self, path: Sequence[str | int], code: str, message: str, *, of_key: bool = False) -> Problem:
        """Return a mistake in the file in which the value was written."""
        found = self.origin(path)
        return found.text.problem(found.path, code, message, of_key=of_key)

    def problem_inside(self, path: Sequence[str | int], column: int, code: str, message: str) -> Problem:
        """Return a mistake at a character of a text, in the file in which it was written."""
        found = self.origin(path)
        return found.text.problem_inside(found.path, column, code, message)


@dataclass(slots=True)
class Patch:
    """A copy of a file's tree that is being changed."""

    text: YamlText
    tree: Any
    origins: dict[Path, Origin]

    @classmethod
    def of(cls, text: YamlText) -> Patch:
        """Return an unchanged copy."""
        start: dict[Path, Origin] = {(): Origin(text, ())}
        known = dict(text.origins) if isinstance(text, PatchedText) else start
        return cls(text, copy.deepcopy(text.tree), known)

    def put(self, path: Path, value: Tree, origin: Origin) -> None:
        """Set the value at a path; a new key of a group is added."""
        here = self.tree
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = copy.deepcopy(value)
        self._forget(path)
        self.origins[path] = origin

    def insert(self, path: Path, at: int, entries: Sequence[tuple[Tree, Origin]]) -> None:
        """Insert entries into a list; what follows moves down with its place."""
        size = len(self._list(path))
        self._relist(path, [*range(at), *entries, *range(at, size)])

    def keep(self, path: Path, indexes: Sequence[int]) -> None:
        """Keep only these entries of a list; what follows a dropped one moves up with its place."""
        self._relist(path, list(indexes))

    def _relist(self, path: Path, plan: Sequence[int | tuple[Tree, Origin]]) -> None:
        """Make a list anew from entries that were there, by their indexes, and from new ones."""
        here, text, depth = self._list(path), self.done(), len(path) + 1
        origins: dict[Path, Origin] = {}
        entries = []
        for new, entry in enumerate(plan):
            if isinstance(entry, int):
                entries.append(here[entry])
                old: Path = (*path, entry)
                origins[*path, new] = text.origin(old)
                inside = (spot for spot in self.origins if len(spot) > depth and spot[:depth] == old)
                origins |= {(*path, new, *spot[depth:]): self.origins[spot] for spot in inside}
            else:
                entries.append(copy.deepcopy(entry[0]))
                origins[*path, new] = entry[1]
        here[:] = entries
        for spot in [spot for spot in self.origins if len(spot) >= depth and spot[: depth - 1] == path]:
            del self.origins[spot]
        self.origins |= origins

    def _list(self, path: Path) -> list[Any]:
        here = self.tree
        for step in path:
            here = here[step]
        found: list[Any] = here
        return found

    def done(self) -> PatchedText:
        """Return the changed text."""
        return PatchedText(self.text.file, self.tree, dict(self.origins))

    def _forget(self, path: Path) -> None:
        for spot in [spot for spot in self.origins if spot[: len(path)] == path]:
            del self.origins[spot]
