"""Checks of the mark that tells where a rule comes from and how far it was checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from core.errors import Problem
from core.rulebook.checks_law import VERIFIED_BY
from core.rulebook.fields import Marked
from core.rulebook.mistakes import near
from core.rulebook.parts import Part
from core.text.yamltext import Path

BY_CHECK = {**VERIFIED_BY, "建议": False}


def check_file_mark(part: Part[Any], rule: Marked, sources: Collection[str] | None) -> Iterator[Problem]:
    """Yield the mistakes of a file's own mark; a file without one is told, for its parts have no other."""
    if rule.checked is None:
        message = "没有写明核验方式；请写 verified 和 checked，本地建议值写 checked: 建议、verified: false"
        yield part.problem((), "W707", message)
    yield from check_mark(part, (), rule, sources)


def check_mark(
    part: Part[Any], path: Path, rule: Marked, sources: Collection[str] | None
) -> Iterator[Problem]:
    """Yield the mistakes of a mark: its halves must agree, and its source must exist.

    sources   the codes that exist, or None while they are not known
    """
    fits = rule.checked is None or rule.verified is BY_CHECK[rule.checked]
    if rule.checked is not None and not fits:
        wanted = "true" if BY_CHECK[rule.checked] else "false"
        spot = (*path, "verified") if rule.verified is not None else (*path, "checked")
        yield part.problem(spot, "E602", f"核验方式为“{rule.checked}”，verified 应为 {wanted}")
    if rule.verified and fits and rule.source is None:
        yield part.problem((*path, "verified"), "E603", "已核验的规则应写明来源编号 source")
    if rule.source is not None and sources is not None and rule.source not in sources:
        message = f"来源编号“{rule.source}”没有出处{near(rule.source, sources)}；请在 sources 中补登"
        yield part.problem((*path, "source"), "E403", message)
