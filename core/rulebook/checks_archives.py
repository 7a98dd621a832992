"""Checks of the file plan: its key, its document kinds, and that every kind has a place in it."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Problem
from core.rulebook.archives import ArchiveRules
from core.rulebook.checks_marks import check_file_mark
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts


def check_archives(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every file plan."""
    for part in parts.archives.values():
        if part.model.key != part.key:
            yield part.problem(("key",), "E302", f"key“{part.model.key}”应与文件名“{part.key}”一致")
        yield from check_file_mark(part, part.model, parts.known_sources())
        yield from _check_kinds(part, parts)


def _check_kinds(part: Part[ArchiveRules], parts: Parts) -> Iterator[Problem]:
    known = parts.names("documents")
    placed: dict[str, str] = {}
    for code, one in part.model.classes.items():
        for at, kind in enumerate(one.documents):
            path = ("classes", code, "documents", at)
            if kind not in known:
                yield part.problem(path, "E404", f"没有文书种类“{kind}”{near(kind, known)}")
            elif kind in placed:
                yield part.problem(path, "E301", f"文书种类“{kind}”重复，已归入“{placed[kind]}”")
            placed.setdefault(kind, one.name)
