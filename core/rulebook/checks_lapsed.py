"""Checks that no rule begins on law that had already lapsed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from core.errors import Problem
from core.rulebook.bases import Basis
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path


def check_lapsed(parts: Parts) -> Iterator[Problem]:
    """Yield the bases that had lapsed before their rule begins; an item begins with its class or its catalogue."""
    for document in parts.documents.values():
        rule = document.model
        yield from _check_bases(document, ("basis",), rule.basis, rule.effective_from)
    for linkage in parts.linkage.values():
        yield from _check_bases(linkage, ("basis",), linkage.model.basis, linkage.model.effective_from)
    for key, head in parts.heads.items():
        for part in parts.classes.get(key, ()):
            category = part.model.category
            outer = (category.effective_from if category else None) or head.model.effective_from
            for index, item in enumerate(part.model.items):
                path: Path = ("items", index, "legal_basis")
                yield from _check_bases(part, path, item.legal_basis, item.effective_from or outer)


def _check_bases(
    part: Part[Any], path: Path, bases: Sequence[Basis], first: date | None
) -> Iterator[Problem]:
    for index, basis in enumerate(bases):
        last = basis.in_force_until
        if first is not None and last is not None and last < first:
            message = f"依据在{last}已失效，规则自{first}才起用；请换用起用时有效的依据，或改正日期"
            yield part.problem((*path, index, "in_force_until"), "E607", message)
