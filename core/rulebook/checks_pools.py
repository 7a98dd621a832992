"""Checks of talent pools: specialities that exist, seats that add up to a team, core seats of the core."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Problem
from core.rulebook.checks_marks import check_file_mark
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.rulebook.pools import PoolRules
from core.text.yamltext import Path

MIN_TEAM = 2
MAX_TEAM = 20


def check_pools(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of the pools."""
    words = _specialties(parts)
    for part in parts.pools.values():
        if part.model.key != part.key:
            yield part.problem(("key",), "E302", f"key“{part.model.key}”应与文件名“{part.key}”一致")
        yield from check_file_mark(part, part.model, parts.known_sources())
        yield from _check_words(part, words)
        yield from _check_seats(part)


def _specialties(parts: Parts) -> set[str]:
    heads = [part.model.vocabularies for part in parts.heads.values()]
    return {word for vocabularies in heads if vocabularies for word in vocabularies.specialties}


def _check_words(part: Part[PoolRules], words: set[str]) -> Iterator[Problem]:
    rules = part.model
    used: list[tuple[Path, str]] = [
        (("core_specialties", at), word) for at, word in enumerate(rules.core_specialties)
    ]
    used += [(("composition", "each_of", at), word) for at, word in enumerate(rules.composition.each_of)]
    used += [(("composition", "at_least", word), word) for word in rules.composition.at_least]
    for path, word in used:
        if words and word not in words:
            yield part.problem(path, "E402", f"词表 specialties 中没有“{word}”{near(word, words)}")


def _check_seats(part: Part[PoolRules]) -> Iterator[Problem]:
    rules = part.model
    seats = len(rules.composition.each_of) + rules.composition.plus_by_functions
    if not MIN_TEAM <= seats <= MAX_TEAM:
        message = f"组成规则共{seats}席；应为{MIN_TEAM}至{MAX_TEAM}席（each_of 的个数加 plus_by_functions）"
        yield part.problem(("composition",), "E206", message)
    for at, word in enumerate(rules.composition.each_of):
        spot = ("composition", "each_of", at)
        if word in rules.composition.each_of[:at]:
            yield part.problem(spot, "E301", f"“{word}”列了两次；要两人的写在 at_least")
        elif word not in rules.core_specialties:
            yield part.problem(spot, "E410", f"“{word}”不是本库的核心专业 core_specialties")
    for word, count in rules.composition.at_least.items():
        if count > seats:
            message = f"要求{word}{count}人，多于督察组的{seats}席"
            yield part.problem(("composition", "at_least", word), "E206", message)
