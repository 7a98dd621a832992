"""Checks of legal bases and of dates: what may be cited, and from when until when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from core.errors import Problem
from core.rulebook.catalog import Basis
from core.rulebook.fields import Dated
from core.rulebook.mistakes import near
from core.rulebook.parts import Part
from core.text.yamltext import Path

VERIFIED_BY = {"条文": True, "内容": True, "名称": False, "记忆": False}


def check_bases(
    part: Part[Any], path: Path, bases: Sequence[Basis], sources: Collection[str] | None
) -> Iterator[Problem]:
    """Yield the mistakes of a list of bases; at least one must be verified.

    sources   the codes that exist, or None while they are not known
    """
    if not any(basis.verified for basis in bases):
        yield part.problem(path, "E601", "没有一条已核验的依据；印发文书至少须有一条 verified: true 的依据")
    for index, basis in enumerate(bases):
        yield from _check_basis(part, (*path, index), basis, sources)


def _check_basis(
    part: Part[Any], path: Path, basis: Basis, sources: Collection[str] | None
) -> Iterator[Problem]:
    if basis.verified is not VERIFIED_BY[basis.checked]:
        wanted = "true" if VERIFIED_BY[basis.checked] else "false"
        message = f"核验方式为“{basis.checked}”，verified 应为 {wanted}"
        yield part.problem((*path, "verified"), "E602", message)
    if basis.verified and basis.source is None:
        yield part.problem(path, "E603", "已核验的依据应写明来源编号 source")
    if basis.article is not None and basis.checked != "条文":
        message = f"核验方式为“{basis.checked}”，未读到条文，不得写条号；请删去 article 或补核条文"
        yield part.problem((*path, "article"), "E604", message)
    if basis.source is not None and sources is not None and basis.source not in sources:
        message = f"来源编号“{basis.source}”没有出处{near(basis.source, sources)}；请在 sources 中补登"
        yield part.problem((*path, "source"), "E403", message)
    first, last = basis.in_force_from, basis.in_force_until
    if first and last and first > last:
        yield part.problem((*path, "in_force_until"), "E501", f"失效日期早于施行日期（{first}）")


def check_dates(part: Part[Any], path: Path, rule: Dated) -> Iterator[Problem]:
    """Yield a mistake when a rule ends before it begins."""
    first, last = rule.effective_from, rule.effective_until
    if first and last and first > last:
        yield part.problem((*path, "effective_until"), "E501", f"停用日期早于起用日期（{first}）")
